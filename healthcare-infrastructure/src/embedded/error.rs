use std::path::{Path, PathBuf};

/// Why the embedded database cannot be used; every message names the remedy.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// No PostgreSQL server programs on this machine.
    #[error(
        "no PostgreSQL found (looked for initdb and postgres in PATH and /usr/lib/postgresql/*/bin). \
         Install it with `apt-get install postgresql`, or set DATABASE_URL"
    )]
    NotInstalled,
    /// The data belong to a major version that is not installed.
    #[error(
        "the cluster in {} was made by PostgreSQL {wanted}, which is not installed. \
         Install it with `apt-get install postgresql-{wanted}`", .data_dir.display()
    )]
    OtherVersion {
        /// The data directory.
        data_dir: PathBuf,
        /// Major version that made the cluster.
        wanted: String,
    },
    /// Root runs us, and there is nobody to hand PostgreSQL to.
    #[error(
        "PostgreSQL refuses to run as root, and this machine has no user `postgres` to run it. \
         Install it with `apt-get install postgresql`, or run healthcare as an ordinary user"
    )]
    NoServiceUser,
    /// A directory on the way to the data is closed to the user who runs PostgreSQL.
    #[error(
        "PostgreSQL runs as the user `{user}`, who may not pass through {} to the data directory {}. \
         Set HEALTHCARE_DATA_DIR to a directory that user can reach, such as /var/lib/healthcare, \
         or let others pass: chmod o+x {}", .closed.display(), .data_dir.display(), .closed.display()
    )]
    Unreachable {
        /// The user who would run PostgreSQL.
        user: String,
        /// The directory that user cannot enter.
        closed: PathBuf,
        /// The data directory asked for.
        data_dir: PathBuf,
    },
    /// The cluster is there, its passwords are not.
    #[error(
        "the cluster in {} has lost its passwords ({}): restore that file from a backup", .cluster.display(), .file.display()
    )]
    CredentialsLost {
        /// The cluster's directory.
        cluster: PathBuf,
        /// The missing file.
        file: PathBuf,
    },
    /// The file of passwords cannot be read as such.
    #[error("{} is damaged: restore it from a backup", .0.display())]
    CredentialsDamaged(PathBuf),
    /// `initdb` failed.
    #[error("initdb failed: {0}")]
    NotInitialised(String),
    /// PostgreSQL ended instead of starting, or did not become ready in time.
    #[error("PostgreSQL did not start: {0}")]
    DidNotStart(String),
    /// The cluster had to be started again, and its port had meanwhile gone to another program.
    #[error("another program took port {0} while PostgreSQL was down; it now listens on another: restart healthcare")]
    PortTaken(u16),
    /// PostgreSQL did not end in time.
    #[error("PostgreSQL (process {0}) did not stop within a minute of being asked")]
    DidNotStop(i32),
    /// The operating system refused.
    #[error("{doing} {}: {source}", .path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// To which file.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// Roles or databases could not be prepared.
    #[error("preparing the database's roles: {0}")]
    Roles(#[from] tokio_postgres::Error),
    /// The work was abandoned because the process is ending.
    #[error("interrupted")]
    Interrupted,
}

impl EmbeddedError {
    /// Adds to a system error what was being done, and to which file.
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }
}
