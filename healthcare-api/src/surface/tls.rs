//! TLS by rustls, HTTP/1.1 only. The certificate is read anew on SIGHUP and when its file changes; connections that are
//! open keep the old one. Devices may show a certificate of their own.

use std::{
    fmt, fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::rt::net::TcpStream;
use rustls::{
    RootCertStore, ServerConfig,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier},
    sign::CertifiedKey,
};
use sha2::{Digest, Sha256};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(5);

/// Where the certificate is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The chain, PEM, the server's own certificate first.
    pub certificate: PathBuf,
    /// Its private key, PEM; nobody but the server may read it.
    pub key: PathBuf,
    /// Who signs the certificates of devices, PEM; none are asked for if absent.
    pub client_ca: Option<PathBuf>,
}

/// Why TLS cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// Others can read the private key.
    #[error("the private key {0} can be read by others; run: chmod 600 {0}")]
    Exposed(String),
    /// A file cannot be read.
    #[error("{0} cannot be read")]
    File(String, #[source] io::Error),
    /// A file is not what it should be.
    #[error("{0} holds no {1} in PEM")]
    Malformed(String, &'static str),
    /// The key is not the certificate's, or of a kind that is not known.
    #[error("the certificate and its key cannot be used")]
    Unusable(#[from] rustls::Error),
    /// The client CA cannot be used.
    #[error("the client CA cannot be used")]
    ClientCa(#[from] rustls::server::VerifierBuilderError),
}

/// SHA-256 of the certificate that a client showed and that the client CA signed, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate(pub String);

impl ClientCertificate {
    /// The certificate that the other end of a connection showed.
    pub fn of(connection: &dyn std::any::Any) -> Option<Self> {
        let stream = connection.downcast_ref::<TlsStream<TcpStream>>()?;
        let shown = stream.get_ref().1.peer_certificates()?.first()?;
        Some(Self(Sha256::digest(shown).iter().map(|byte| format!("{byte:02x}")).collect()))
    }
}

/// The certificate in use. Cheap to clone.
#[derive(Clone)]
pub struct Tls {
    files: TlsFiles,
    current: Arc<Current>,
}

struct Current(RwLock<Arc<CertifiedKey>>);

impl fmt::Debug for Current {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the current certificate")
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// When the key can be read by others, or something is missing or does not fit.
    pub fn open(files: TlsFiles) -> Result<Self, TlsError> {
        let current = Arc::new(Current(RwLock::new(read(&files)?)));
        Ok(Self { files, current })
    }

    /// What a listener serves with.
    ///
    /// # Errors
    /// When the client CA cannot be read.
    pub fn server_config(&self) -> Result<ServerConfig, TlsError> {
        let builder = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
        let builder = match &self.files.client_ca {
            None => builder.with_no_client_auth(),
            Some(path) => {
                let mut roots = RootCertStore::empty();
                for certificate in certificates(path)? {
                    roots.add(certificate)?;
                }
                let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider());
                builder.with_client_cert_verifier(verifier.allow_unauthenticated().build()?)
            }
        };
        Ok(builder.with_cert_resolver(self.current.clone()))
    }

    /// Reads the files anew when they change and on SIGHUP. What cannot be used is told and left aside.
    pub async fn follow(self, stop: CancellationToken) {
        let Ok(mut hangup) = signal(SignalKind::hangup()) else { return };
        let mut look = tokio::time::interval(LOOK);
        let mut known = self.changed_at();
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = hangup.recv() => {}
                _ = look.tick() => if self.changed_at() == known { continue },
            }
            known = self.changed_at();
            match read(&self.files) {
                Ok(fresh) => {
                    *self.current.0.write().unwrap_or_else(PoisonError::into_inner) = fresh;
                    tracing::info!("the certificate was read anew");
                }
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(error, "the new certificate cannot be used; the old one stays");
                }
            }
        }
    }

    fn changed_at(&self) -> [Option<SystemTime>; 2] {
        [&self.files.certificate, &self.files.key].map(|path| fs::metadata(path).ok()?.modified().ok())
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn read(files: &TlsFiles) -> Result<Arc<CertifiedKey>, TlsError> {
    let name = files.key.display().to_string();
    let mode = fs::metadata(&files.key).map_err(|e| TlsError::File(name.clone(), e))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(TlsError::Exposed(name));
    }
    let pem = fs::read(&files.key).map_err(|e| TlsError::File(name.clone(), e))?;
    let key = PrivateKeyDer::from_pem_slice(&pem).map_err(|_| TlsError::Malformed(name, "private key"))?;
    let key = CertifiedKey::new(certificates(&files.certificate)?, provider().key_provider.load_private_key(key)?);
    key.keys_match()?;
    Ok(Arc::new(key))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let name = || path.display().to_string();
    let pem = fs::read(path).map_err(|e| TlsError::File(name(), e))?;
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match all {
        Ok(all) if !all.is_empty() => Ok(all),
        _ => Err(TlsError::Malformed(name(), "certificate")),
    }
}
