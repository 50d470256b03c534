//! A record without its server: the application core over databases of its own, for tests of what stands below HTTP.

use std::{path::Path, sync::Arc};

use healthcare_application::App;
use healthcare_domain::id::AccountId;
use healthcare_infrastructure::{
    clock::SystemClock,
    database::{Database, migrate, migrate_vault},
    embedded::roles,
    event_store::PgEventStore,
    vault::{MasterKey, Vault},
    views::PgReadModel,
};
use tempfile::TempDir;
use tokio_postgres::Client;
use uuid::Uuid;

use crate::postgres::{DatabaseUrls, TestDatabase, database};

/// The application core over a fresh pair of databases.
pub struct Record {
    /// The use cases' ports.
    pub app: App,
    /// The event store behind them.
    pub store: PgEventStore,
    /// A session of the owner, to look and to disturb.
    pub owner: Client,
    /// The databases; dropped with the value.
    pub database: TestDatabase,
    /// Where the master key lies.
    pub keys: TempDir,
}

/// Brings a pair of databases to the present schema.
///
/// # Errors
/// When a migration fails.
pub async fn migrated(urls: &DatabaseUrls) -> anyhow::Result<()> {
    migrate(&mut roles::connect(&urls.owner.clone().into()).await?).await?;
    migrate_vault(&mut roles::connect(&urls.keys_owner.clone().into()).await?).await?;
    Ok(())
}

/// The store over these databases, with the master key in this directory.
///
/// # Panics
/// When the key cannot be read or written.
pub fn store_at(record: &str, keys: &str, directory: &Path, connections: usize) -> PgEventStore {
    let pool = |url: &str| Database::connect(&url.into(), connections).expect("a connection string");
    let master = MasterKey::load_or_create(&directory.join("master.key")).expect("a master key");
    PgEventStore::new(pool(record), Vault::new(pool(keys), master))
}

/// The application core over a store.
pub fn app(store: &PgEventStore) -> App {
    App {
        store: Arc::new(store.clone()),
        read: Arc::new(PgReadModel::new(store.database().clone())),
        clock: Arc::new(SystemClock),
        rules: Arc::new(Default::default()),
    }
}

impl Record {
    /// A fresh one.
    ///
    /// # Panics
    /// When the databases cannot be made.
    pub async fn new() -> Self {
        let database = database(migrated).await;
        let keys = tempfile::tempdir().expect("a directory");
        let store = store_at(&database.urls.app, &database.urls.keys, keys.path(), 16);
        let owner = roles::connect(&database.urls.owner.clone().into()).await.expect("the owner signs in");
        Self { app: app(&store), store, owner, database, keys }
    }

    /// An enabled account of a role.
    ///
    /// # Panics
    /// When it cannot be stored.
    pub async fn account(&self, role: &str) -> AccountId {
        let id = self.app.clock.new_id();
        let name = format!("{role}-{}", id.simple());
        self.owner
            .execute("insert into auth.account (id, username, role) values ($1, $2, $3)", &[&id, &name, &role])
            .await
            .expect("an account");
        AccountId(id)
    }

    /// Counts rows; `condition` is a test's own text.
    ///
    /// # Panics
    /// When it is not SQL.
    pub async fn count(&self, of: &str) -> i64 {
        self.owner.query_one(&format!("select count(*) from {of}"), &[]).await.expect("a count").get(0)
    }

    /// A new identity.
    pub fn id(&self) -> Uuid {
        self.app.clock.new_id()
    }
}
