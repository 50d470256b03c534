//! A certificate authority of a test's own, by Debian's openssl.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

/// A certificate authority with the certificates it has signed.
pub struct Authority {
    directory: TempDir,
}

/// A certificate and its private key, in PEM files; the key's mode is 0600.
#[derive(Debug, Clone)]
pub struct Issued {
    /// The certificate.
    pub certificate: PathBuf,
    /// The key.
    pub key: PathBuf,
}

impl Authority {
    /// A new one.
    ///
    /// # Panics
    /// When openssl does not make it.
    pub fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=authority \
                       -addext basicConstraints=critical,CA:true -keyout ca.key -out ca.pem";
        openssl(directory.path(), &request.split_whitespace().collect::<Vec<_>>());
        Self { directory }
    }

    /// Its own certificate.
    pub fn certificate(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }

    /// Signs a certificate for the loopback interface under a name.
    ///
    /// # Panics
    /// When openssl does not.
    pub fn issue(&self, name: &str) -> Issued {
        let at = self.directory.path();
        let (key, request, certificate) = (format!("{name}.key"), format!("{name}.csr"), format!("{name}.pem"));
        let wish = format!(
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN={name} -keyout {key} -out {request}"
        );
        openssl(at, &wish.split_whitespace().collect::<Vec<_>>());
        fs::write(at.join("san"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n").expect("written");
        let sign = format!(
            "x509 -req -in {request} -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile san -out {certificate}"
        );
        openssl(at, &sign.split_whitespace().collect::<Vec<_>>());
        let issued = Issued { certificate: at.join(certificate), key: at.join(key) };
        fs::set_permissions(&issued.key, fs::Permissions::from_mode(0o600)).expect("its mode is set");
        issued
    }

    /// Trusts this authority and nobody else.
    ///
    /// # Panics
    /// When its certificate cannot be read.
    pub fn client(&self) -> reqwest::ClientBuilder {
        let pem = fs::read(self.certificate()).expect("the authority's certificate");
        let root = reqwest::Certificate::from_pem(&pem).expect("a certificate");
        reqwest::Client::builder().tls_built_in_root_certs(false).add_root_certificate(root)
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl Issued {
    /// For a client that shows it.
    ///
    /// # Panics
    /// When the files cannot be read.
    pub fn identity(&self) -> reqwest::Identity {
        let mut pem = fs::read(&self.key).expect("a key");
        pem.extend(fs::read(&self.certificate).expect("a certificate"));
        reqwest::Identity::from_pem(&pem).expect("an identity")
    }

    /// SHA-256 of the certificate, in hexadecimal.
    ///
    /// # Panics
    /// When openssl cannot read it.
    pub fn fingerprint(&self) -> String {
        let path = self.certificate.display().to_string();
        let told = openssl(Path::new("."), &["x509", "-in", &path, "-noout", "-fingerprint", "-sha256"]);
        told.trim().rsplit('=').next().unwrap_or_default().replace(':', "").to_lowercase()
    }
}

fn openssl(at: &Path, arguments: &[&str]) -> String {
    let output =
        Command::new("openssl").args(arguments).current_dir(at).stdin(Stdio::null()).output().expect("openssl");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
