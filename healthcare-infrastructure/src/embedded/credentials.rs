//! The passwords of the embedded cluster: generated once, kept in `database.json`, readable by its owner alone.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rand::distr::{Alphanumeric, SampleString};
use serde::{Deserialize, Serialize};

use super::EmbeddedError;

/// Letters and digits only, so that a password needs no escaping in a connection string: 40 carry 238 bits.
const PASSWORD_LENGTH: usize = 40;

/// Passwords by role, and the port the cluster keeps. No `Debug`: these are secrets.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Credentials {
    pub(super) superuser: String,
    pub(super) owner: String,
    pub(super) app: String,
    pub(super) report: String,
    /// Empty in a file of before there were seals: then the roles are prepared anew.
    #[serde(default)]
    pub(super) sealer: String,
    /// Loopback port; none before the first start.
    pub(super) port: Option<u16>,
    /// Whether roles and databases have been made.
    pub(super) prepared: bool,
}

impl Credentials {
    fn generate() -> Self {
        let password = || Alphanumeric.sample_string(&mut rand::rng(), PASSWORD_LENGTH);
        Self {
            superuser: password(),
            owner: password(),
            app: password(),
            report: password(),
            sealer: password(),
            port: None,
            prepared: false,
        }
    }

    /// Reads them, or generates and saves them when there is no cluster yet that would need older ones.
    pub(super) fn load_or_generate(data_dir: &Path) -> Result<Self, EmbeddedError> {
        let file = file_in(data_dir);
        match std::fs::read(&file) {
            Ok(bytes) => {
                let known: Self =
                    serde_json::from_slice(&bytes).map_err(|_| EmbeddedError::CredentialsDamaged(file))?;
                Ok(if known.sealer.is_empty() {
                    let sealer = Alphanumeric.sample_string(&mut rand::rng(), PASSWORD_LENGTH);
                    Self { sealer, prepared: false, ..known }
                } else {
                    known
                })
            }
            Err(missing) if missing.kind() == ErrorKind::NotFound => {
                let cluster = super::cluster::directory_in(data_dir);
                if cluster.exists() {
                    return Err(EmbeddedError::CredentialsLost { cluster, file });
                }
                let credentials = Self::generate();
                credentials.save(data_dir)?;
                Ok(credentials)
            }
            Err(source) => Err(EmbeddedError::Io { doing: "reading", path: file, source }),
        }
    }

    /// Replaces the file as a whole and durably, so that a crash leaves the old one or the new one.
    pub(super) fn save(&self, data_dir: &Path) -> Result<(), EmbeddedError> {
        let file = file_in(data_dir);
        let draft = file.with_extension("json.new");
        let write = || -> std::io::Result<()> {
            match std::fs::remove_file(&draft) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {} // left by a crash, or not there
            }
            let mut out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
            out.write_all(&serde_json::to_vec_pretty(self)?)?;
            out.sync_all()?;
            std::fs::rename(&draft, &file)?;
            File::open(data_dir)?.sync_all()
        };
        write().map_err(EmbeddedError::io("writing", &file))
    }
}

fn file_in(data_dir: &Path) -> PathBuf {
    data_dir.join("database.json")
}
