//! A record without its server: the adapters over databases of their own, for tests of what stands below HTTP.

use std::path::Path;

use healthcare_application::App;
use healthcare_domain::id::AccountId;
use healthcare_infrastructure::{
    embedded::roles,
    event_store::PgEventStore,
    platform::{Platform, PlatformSettings},
};
use tempfile::TempDir;
use tokio_postgres::Client;
use uuid::Uuid;

use crate::{
    bare_record::apply_migrations,
    postgres::{TestDatabase, database},
};

/// The adapters over a fresh pair of databases.
pub struct Record {
    /// The adapters.
    pub platform: Platform,
    /// The use cases' ports.
    pub app: App,
    /// The event store behind them.
    pub store: PgEventStore,
    /// A session of the owner, to look and to disturb.
    pub owner: Client,
    /// The databases; dropped with the value.
    pub database: TestDatabase,
    /// Where the keys lie.
    pub keys: TempDir,
}

/// The adapters over databases that are migrated already, with the keys in this directory.
///
/// # Panics
/// When they cannot be opened.
pub async fn platform(record: &str, keys: &str, directory: &Path, connections: usize) -> Platform {
    let settings = PlatformSettings {
        database_url: record.into(),
        owner_url: None,
        keys_url: keys.into(),
        keys_owner_url: None,
        sealer_url: None,
        data_dir: directory.to_owned(),
        redis_url: None,
        pool_size: connections,
    };
    Platform::open(&settings).await.expect("the adapters open")
}

impl Record {
    /// A fresh one.
    ///
    /// # Panics
    /// When the databases cannot be made.
    pub async fn new() -> Self {
        let database = database(apply_migrations).await;
        let keys = tempfile::tempdir().expect("a directory");
        let platform = platform(&database.urls.app, &database.urls.keys, keys.path(), 16).await;
        let owner = roles::connect(&database.urls.owner.clone().into()).await.expect("the owner signs in");
        Self { app: platform.app.clone(), store: platform.store.clone(), platform, owner, database, keys }
    }

    /// An enabled account of a role.
    ///
    /// # Panics
    /// When it cannot be stored.
    pub async fn account(&self, role: &str) -> AccountId {
        let id = self.id();
        let name = format!("{role}-{}", id.simple());
        self.owner
            .execute("insert into auth.account (id, username, role) values ($1, $2, $3)", &[&id, &name, &role])
            .await
            .expect("an account");
        AccountId(id)
    }

    /// Counts rows; `of` is a test's own text.
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
