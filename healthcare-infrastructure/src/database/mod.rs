//! Connections to PostgreSQL.

mod error;
mod lane;
mod migrate;
mod pipeline;
mod read_as;
mod session;
mod signal;
mod together;

pub use error::{constraint, sqlstate, unavailable};
pub use migrate::{MigrateError, migrate, migrate_vault};
pub use pipeline::{Step, in_one_round_trip, step};
pub use read_as::Sight;
pub use session::Session;
pub use signal::signal;

use std::time::Duration;

use deadpool_postgres::{Config, ManagerConfig, Object, Pool, PoolConfig, RecyclingMethod, Runtime, Timeouts};
use healthcare_application::StoreError;
use secrecy::{ExposeSecret, SecretString};

/// A pool of connections under one role. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    pool: Pool,
    guarded: Pool,
    config: tokio_postgres::Config,
    lanes: lane::Lanes,
}

/// The pool could not be made: the connection string is not one.
#[derive(Debug, thiserror::Error)]
#[error("the database URL is not valid: {0}")]
pub struct BadUrl(String);

impl Database {
    /// A pool of at most `size` connections to `url`. Connects when first used.
    ///
    /// # Errors
    /// When the URL is not a connection string.
    pub fn connect(url: &SecretString, size: usize) -> Result<Self, BadUrl> {
        Self::with(url, size, "-c app.scope=system")
    }

    /// As [`Database::connect`], for who runs few and known statements all day: a plan that is made anew for each set of
    /// parameters costs more than most of them. What searches by parameters asks [`Database::guarded`].
    ///
    /// # Errors
    /// As [`Database::connect`].
    pub fn connect_for_service(url: &SecretString, size: usize) -> Result<Self, BadUrl> {
        Self::with(url, size, "-c app.scope=system -c plan_cache_mode=force_generic_plan")
    }

    fn with(url: &SecretString, size: usize, options: &str) -> Result<Self, BadUrl> {
        let mut config = Config::new();
        config.url = Some(url.expose_secret().to_owned());
        config.manager = Some(ManagerConfig { recycling_method: RecyclingMethod::Fast });
        config.pool = Some(PoolConfig {
            max_size: size,
            timeouts: Timeouts {
                wait: Some(Duration::from_secs(5)),
                create: Some(Duration::from_secs(5)),
                recycle: Some(Duration::from_secs(5)),
            },
            ..PoolConfig::default()
        });
        config.connect_timeout = Some(Duration::from_secs(5));
        // The errors may quote the URL, which holds a password.
        let bad = || BadUrl("it cannot be read as postgres://user:password@host:port/database".into());
        let create = |config: &Config| config.create_pool(Some(Runtime::Tokio1), tokio_postgres::NoTls);
        // To compile a statement takes longer than any of ours runs.
        config.options = Some("-c jit=off".into());
        let guarded = create(&config).map_err(|_| bad())?;
        // The system's own work: appends, projections, consumers, timers. See migration 0061.
        config.options = Some(format!("-c jit=off {options}"));
        let pool = create(&config).map_err(|_| bad())?;
        let mut config = config.get_pg_config().map_err(|_| bad())?;
        // A server that went without a word is given up in time: these sessions are nobody's to recycle.
        config.tcp_user_timeout(Duration::from_secs(10));
        Ok(Self { pool, guarded, config, lanes: lane::Lanes::default() })
    }

    /// The same database for who reads on behalf of somebody: its connections see of the patients' tables only what
    /// the statements say that they are permitted ([`Database::read_as`]).
    #[must_use]
    pub fn guarded(&self) -> Self {
        Self { pool: self.guarded.clone(), ..self.clone() }
    }

    /// A connection.
    ///
    /// # Errors
    /// When none is free or can be made in five seconds.
    pub async fn get(&self) -> Result<Object, StoreError> {
        self.pool.get().await.map_err(|e| StoreError::Unavailable(Box::new(e)))
    }

    /// How many connections are open, and how many callers wait for one.
    pub fn usage(&self) -> (usize, usize) {
        let status = self.pool.status();
        (status.size, status.waiting)
    }

    /// Closes all connections; later calls fail.
    pub fn close(&self) {
        self.pool.close();
        self.guarded.close();
        self.lanes.write().unwrap_or_else(std::sync::PoisonError::into_inner).clear();
    }
}
