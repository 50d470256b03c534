//! The private PostgreSQL cluster: what `healthcare` uses when no `DATABASE_URL` is set.
//!
//! An installed PostgreSQL keeps its files under the data directory, listens on a loopback port of its own, and admits
//! only by SCRAM passwords that were generated at its first start. Whoever uses the cluster holds a shared lock; the
//! last one to leave stops it, so that `healthcare import` works beside a running server and without one, and a
//! cluster left behind by a killed server is taken over.
//!
//! ```text
//! DATA_DIR/                mode 0711: others may pass, not look
//!   postgres/              the cluster, owned by the user who runs it, mode 0700
//!   database.json          passwords and port, mode 0600
//!   postgres.log           PostgreSQL's own log (no statements, no values)
//!   cluster.lock           held while the cluster is being started or stopped
//!   users.lock             held, shared, by every process that uses the cluster
//! ```

mod cluster;
mod credentials;
mod error;
mod installation;
mod locks;
mod postmaster;
pub mod roles;
mod service_user;
mod settings;

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use cluster::Cluster;
use credentials::Credentials;
pub use error::EmbeddedError;
use locks::Lock;
use roles::{KEYS_DATABASE, MAIN_DATABASE, Purpose, RolePasswords};
use service_user::ServiceUser;
pub use settings::{ClusterOptions, Durability};

/// A running private cluster and the right to use it. End it with [`EmbeddedPostgres::stop`]; a value merely dropped
/// asks for the same without waiting.
pub struct EmbeddedPostgres {
    cluster: Cluster,
    credentials: Credentials,
    users: Option<Lock>,
}

/// What became of the cluster when one of its users left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departure {
    /// Nobody else used it: it was shut down.
    Stopped,
    /// Another process still uses it, and will stop it in its turn.
    StillUsed,
}

/// Where data lives when `HEALTHCARE_DATA_DIR` says nothing: `/var/lib/healthcare` for root, else `.healthcare` here.
pub fn default_data_dir() -> PathBuf {
    if nix::unistd::geteuid().is_root() { PathBuf::from("/var/lib/healthcare") } else { PathBuf::from(".healthcare") }
}

impl EmbeddedPostgres {
    /// Uses the cluster of this data directory: makes it at the first time, starts it when it does not run, joins it
    /// when it does (started by another process, or left behind by a killed one). Returns once it answers.
    ///
    /// # Errors
    /// PostgreSQL missing or of another major version than the data, a directory its user cannot reach, or a start
    /// that failed: each message says what to do.
    pub async fn start(data_dir: &Path) -> Result<Self, EmbeddedError> {
        Self::start_with(data_dir, ClusterOptions::default()).await
    }

    /// As [`EmbeddedPostgres::start`], with settings other than the product's own: for tests and measurements.
    ///
    /// # Errors
    /// As [`EmbeddedPostgres::start`].
    pub async fn start_with(data_dir: &Path, options: ClusterOptions) -> Result<Self, EmbeddedError> {
        let data_dir = data_dir.to_owned();
        let (mut postgres, starting) = blocking(move || Self::launch(&data_dir, options)).await?;
        if !postgres.credentials.prepared {
            postgres.prepare().await?;
            postgres.credentials.prepared = true;
            postgres.credentials.save(&postgres.cluster.data_dir)?;
        }
        drop(starting);
        Ok(postgres)
    }

    /// Locks, initialises where needed, and starts or joins. The returned lock still keeps other starters out.
    fn launch(data_dir: &Path, options: ClusterOptions) -> Result<(Self, Lock), EmbeddedError> {
        let service_user = ServiceUser::of_this_process()?;
        let data_dir = service_user.prepare_data_dir(data_dir)?;
        let starting = locks::lock_cluster(&data_dir)?;
        let users = locks::join_users(&data_dir)?;
        let mut credentials = Credentials::load_or_generate(&data_dir)?;
        let cluster = Cluster::open(data_dir, service_user, options, &credentials)?;
        let port = cluster.start(credentials.port)?;
        if credentials.port != Some(port) {
            credentials.port = Some(port);
            credentials.save(&cluster.data_dir)?;
        }
        Ok((Self { cluster, credentials, users: Some(users) }, starting))
    }

    /// Makes roles and databases. Idempotent, so that a first start which was killed is completed by the second.
    async fn prepare(&self) -> Result<(), EmbeddedError> {
        let session = roles::connect(&self.superuser_url("postgres")).await?;
        let passwords = RolePasswords {
            owner: &self.credentials.owner,
            app: &self.credentials.app,
            report: &self.credentials.report,
            sealer: &self.credentials.sealer,
        };
        roles::prepare_roles(&session, &passwords).await?;
        roles::prepare_database(&session, MAIN_DATABASE, Purpose::Clinical).await?;
        roles::prepare_database(&session, KEYS_DATABASE, Purpose::Keys).await?;
        Ok(())
    }

    /// Starts the cluster again, on the same port, if its postmaster has died under a living server (the kernel's
    /// out-of-memory killer does that). True if it had to. Cheap when all is well: one file and one link are read.
    ///
    /// # Errors
    /// As [`EmbeddedPostgres::start`].
    pub async fn ensure_running(&self) -> Result<bool, EmbeddedError> {
        if self.postmaster_pid().is_some() {
            return Ok(false);
        }
        let (cluster, kept) = (self.cluster.clone(), self.credentials.port);
        let port = blocking(move || {
            let _starting = locks::lock_cluster(&cluster.data_dir)?;
            cluster.start(kept)
        })
        .await?;
        if Some(port) != kept {
            // The pools of every living process know the old port; a restart of those finds the new one.
            return Err(EmbeddedError::PortTaken(kept.unwrap_or_default()));
        }
        Ok(true)
    }

    /// Leaves the cluster; the last of its users shuts it down ("fast": sessions are ended, what was committed stays)
    /// and waits until it has ended.
    ///
    /// # Errors
    /// [`EmbeddedError::DidNotStop`] when it still runs after a minute.
    pub async fn stop(mut self) -> Result<Departure, EmbeddedError> {
        let (cluster, users) = (self.cluster.clone(), self.users.take());
        blocking(move || {
            let _stopping = locks::lock_cluster(&cluster.data_dir)?;
            drop(users);
            if !locks::nobody_uses(&cluster.data_dir)? {
                return Ok(Departure::StillUsed);
            }
            cluster.stop()?;
            Ok(Departure::Stopped)
        })
        .await
    }

    /// Connection string of the owner, who migrates (`DATABASE_OWNER_URL`).
    pub fn owner_url(&self) -> SecretString {
        self.url(roles::OWNER, &self.credentials.owner, MAIN_DATABASE)
    }

    /// Connection string of the application's role, which owns nothing (`DATABASE_URL`).
    pub fn app_url(&self) -> SecretString {
        self.url(roles::APP, &self.credentials.app, MAIN_DATABASE)
    }

    /// Connection string of the reporting role.
    pub fn report_url(&self) -> SecretString {
        self.url(roles::REPORT, &self.credentials.report, MAIN_DATABASE)
    }

    /// Connection string of the sealer's role (`DATABASE_SEALER_URL`).
    pub fn sealer_url(&self) -> SecretString {
        self.url(roles::SEALER, &self.credentials.sealer, MAIN_DATABASE)
    }

    /// Connection string of the application's role to the database of the patients' keys (`KEYS_DATABASE_URL`).
    pub fn keys_url(&self) -> SecretString {
        self.url(roles::APP, &self.credentials.app, KEYS_DATABASE)
    }

    /// Connection string of the owner to the database of the patients' keys.
    pub fn keys_owner_url(&self) -> SecretString {
        self.url(roles::OWNER, &self.credentials.owner, KEYS_DATABASE)
    }

    /// Connection string of the cluster's superuser, for operations that nobody else may do (tests make databases).
    pub fn superuser_url(&self, database: &str) -> SecretString {
        self.url(settings::SUPERUSER, &self.credentials.superuser, database)
    }

    /// Connection string of the role to a database of this cluster; none for a role that has no password.
    pub fn url_of(&self, role: &str, database: &str) -> Option<SecretString> {
        let password = match role {
            roles::OWNER => &self.credentials.owner,
            roles::APP => &self.credentials.app,
            roles::REPORT => &self.credentials.report,
            roles::SEALER => &self.credentials.sealer,
            _ => return None,
        };
        Some(self.url(role, password, database))
    }

    fn url(&self, role: &str, password: &str, database: &str) -> SecretString {
        let port = self.credentials.port.unwrap_or_default();
        format!("postgres://{role}:{password}@127.0.0.1:{port}/{database}").into()
    }

    /// The absolute data directory in use.
    pub fn data_dir(&self) -> &Path {
        &self.cluster.data_dir
    }

    /// Process id of the running postmaster; none if it has died.
    pub fn postmaster_pid(&self) -> Option<i32> {
        self.cluster.running().map(|postmaster| postmaster.pid)
    }
}

impl Drop for EmbeddedPostgres {
    fn drop(&mut self) {
        if self.users.take().is_some() && locks::nobody_uses(&self.cluster.data_dir).unwrap_or(false) {
            self.cluster.ask_to_stop();
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, EmbeddedError> + Send + 'static,
) -> Result<T, EmbeddedError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| EmbeddedError::Interrupted)?
}

#[cfg(test)]
mod tests;
