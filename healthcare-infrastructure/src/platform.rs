//! The adapters put together: what every binary, every command line and every test starts from.

use std::{path::PathBuf, sync::Arc};

use healthcare_application::{App, access::AccessPolicy, clock::Clock, patient::PatientPolicy, rule::Rules};
use secrecy::{ExposeSecret, SecretString};
use tokio_postgres::NoTls;

use crate::{
    access::{
        Access, SigningKeyError, TokenKeys,
        service::{ServiceAccounts, ServiceKey, ServiceKeyError},
    },
    audit::PgAuditTrail,
    care::PgCareRelations,
    clock::SystemClock,
    database::{BadUrl, Database, MigrateError, migrate, migrate_vault},
    event_store::PgEventStore,
    shared::{Shared, SharedError},
    vault::{MasterKey, MasterKeyError, Vault},
    views::PgReadModel,
};

/// Where the record and its keys are.
#[derive(Debug, Clone)]
pub struct PlatformSettings {
    /// The record, as the application's role.
    pub database_url: SecretString,
    /// The record, as its owner; none where somebody else migrates.
    pub owner_url: Option<SecretString>,
    /// The key vault, as the application's role.
    pub keys_url: SecretString,
    /// The key vault, as its owner.
    pub keys_owner_url: Option<SecretString>,
    /// The record, as the sealer's role; nothing is sealed without it.
    pub sealer_url: Option<SecretString>,
    /// Where the master key and the token key are.
    pub data_dir: PathBuf,
    /// Redis, where nodes share counters and tickets.
    pub redis_url: Option<SecretString>,
    /// Connections to the record at once.
    pub pool_size: usize,
}

/// The adapters, ready. Cheap to clone.
#[derive(Clone)]
pub struct Platform {
    /// The use cases' ports.
    pub app: App,
    /// Signing in.
    pub access: Access,
    /// Accounts of programs.
    pub services: ServiceAccounts,
    /// The record, as the application's role.
    pub db: Database,
    /// What the nodes of the site share for a short while.
    pub shared: Shared,
    /// The event store itself, for readers of the log.
    pub store: PgEventStore,
}

/// Why the platform cannot start.
#[derive(Debug, thiserror::Error)]
pub enum PlatformError {
    /// A URL cannot be read.
    #[error(transparent)]
    Url(#[from] BadUrl),
    /// The schema could not be brought up to date.
    #[error("the schema cannot be brought up to date")]
    Migrate(#[from] MigrateError),
    /// The owner cannot connect.
    #[error("the database cannot be reached as its owner")]
    Owner(#[source] tokio_postgres::Error),
    /// There is no master key.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
    /// There is no token key.
    #[error(transparent)]
    TokenKey(#[from] SigningKeyError),
    /// There is no key of service accounts.
    #[error(transparent)]
    ServiceKey(#[from] ServiceKeyError),
    /// Redis is not usable as configured.
    #[error(transparent)]
    Shared(#[from] SharedError),
    /// The pathways that ship with the program do not load.
    #[error(transparent)]
    Pathways(#[from] healthcare_domain::patient::BadPathways),
    /// The rules that ship with the program do not load.
    #[error("the rules cannot be loaded: {0}")]
    Rules(String),
}

impl Platform {
    /// Migrates where an owner is given, and opens everything.
    ///
    /// # Errors
    /// When the database cannot be reached or brought up to date, or a key cannot be read.
    pub async fn open(settings: &PlatformSettings) -> Result<Self, PlatformError> {
        Self::open_at(settings, Arc::new(SystemClock)).await
    }

    /// As [`Platform::open`], with a clock of the caller's.
    ///
    /// # Errors
    /// As [`Platform::open`].
    pub async fn open_at(settings: &PlatformSettings, clock: Arc<dyn Clock>) -> Result<Self, PlatformError> {
        migrate_as_owner(settings).await?;
        let db = Database::connect_for_service(&settings.database_url, settings.pool_size)?;
        let keys = Database::connect(&settings.keys_url, 4)?;
        let vault = Vault::new(keys, MasterKey::load_or_create(&settings.data_dir.join("master.key"))?);
        let store = PgEventStore::new(db.clone(), vault);
        let token_keys = TokenKeys::open(&settings.data_dir)?;
        let app = App {
            care: Arc::new(PgCareRelations::new(&store)),
            policy: AccessPolicy::default(),
            store: Arc::new(store.clone()),
            read: Arc::new(PgReadModel::new(db.clone())),
            audit: Arc::new(PgAuditTrail::start(db.clone())),
            clock: clock.clone(),
            patients: Arc::new(PatientPolicy::embedded()?),
            rules: Arc::new(Rules::embedded().map_err(|e| PlatformError::Rules(e.to_string()))?),
        };
        let shared = match &settings.redis_url {
            Some(url) => Shared::over(url)?,
            None => Shared::local(),
        };
        let access = Access::new(store.clone(), token_keys, clock, shared.clone());
        let service_key = ServiceKey::load_or_create(&settings.data_dir.join("service.key"))?;
        let services = ServiceAccounts::new(db.clone(), service_key, app.clone(), access.clone());
        Ok(Self { app, access, services, db, shared, store })
    }
}

/// Brings both schemas up to date, as their owners.
///
/// # Errors
/// When an owner cannot connect or a migration fails.
pub async fn migrate_as_owner(settings: &PlatformSettings) -> Result<(), PlatformError> {
    if let Some(url) = &settings.owner_url {
        let mut owner = connect(url).await?;
        migrate(&mut owner).await?;
    }
    if let Some(url) = &settings.keys_owner_url {
        let mut owner = connect(url).await?;
        migrate_vault(&mut owner).await?;
    }
    Ok(())
}

async fn connect(url: &SecretString) -> Result<tokio_postgres::Client, PlatformError> {
    let (client, connection) =
        tokio_postgres::connect(url.expose_secret(), NoTls).await.map_err(PlatformError::Owner)?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "the owner's connection ended");
        }
    });
    Ok(client)
}
