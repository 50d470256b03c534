//! A record to test on: a database of its own with every migration applied, a vault, an event store.

use std::sync::atomic::{AtomicU32, Ordering};

use healthcare_infrastructure::{
    database::{Database, migrate, migrate_vault},
    embedded::roles,
    event_store::PgEventStore,
    vault::{MasterKey, Vault},
};

use crate::postgres::{DatabaseUrls, TestDatabase, database};

/// How often the template was migrated in this test process.
pub static MIGRATIONS: AtomicU32 = AtomicU32::new(0);

/// A record that one test has to itself.
pub struct Record {
    /// How to connect.
    pub database: TestDatabase,
    /// Its event store, as the application's role.
    pub store: PgEventStore,
    /// Where its master key is.
    pub directory: tempfile::TempDir,
}

/// A fresh record.
///
/// # Panics
/// When PostgreSQL or a migration fails: no test could go on.
pub async fn record() -> Record {
    let database = database(apply_migrations).await;
    let directory = tempfile::tempdir().expect("a directory");
    let store = Record::open(&database.urls, &directory);
    Record { database, store, directory }
}

/// Applies every migration, to the record and to the vault.
///
/// # Errors
/// When one fails.
pub async fn apply_migrations(urls: &DatabaseUrls) -> anyhow::Result<()> {
    MIGRATIONS.fetch_add(1, Ordering::SeqCst);
    migrate(&mut roles::connect(&urls.owner.clone().into()).await?).await?;
    migrate_vault(&mut roles::connect(&urls.keys_owner.clone().into()).await?).await?;
    Ok(())
}

impl Record {
    /// Another store over the same record, as another process would open it.
    pub fn another_store(&self) -> PgEventStore {
        Self::open(&self.database.urls, &self.directory)
    }

    /// A session as the database's owner.
    ///
    /// # Panics
    /// When the owner cannot sign in.
    pub async fn owner(&self) -> tokio_postgres::Client {
        roles::connect(&self.database.urls.owner.clone().into()).await.expect("the owner signs in")
    }

    fn open(urls: &DatabaseUrls, directory: &tempfile::TempDir) -> PgEventStore {
        let db = Database::connect(&urls.app.clone().into(), 24).expect("a URL");
        let keys = Database::connect(&urls.keys.clone().into(), 4).expect("a URL");
        let master = MasterKey::load_or_create(&directory.path().join("master.key")).expect("a master key");
        PgEventStore::new(db, Vault::new(keys, master))
    }
}
