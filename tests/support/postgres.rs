//! One real PostgreSQL a test process, made by the product's own `embedded` module, and a database of its own for each
//! test: a copy of a template that was migrated once.

use std::sync::atomic::{AtomicU32, Ordering};

use healthcare_infrastructure::embedded::roles::{self, Purpose};
use healthcare_infrastructure::embedded::{ClusterOptions, Durability, EmbeddedPostgres};
use nix::sys::signal::Signal;
use secrecy::ExposeSecret;
use tokio::sync::OnceCell;
use tokio_postgres::Client;

use crate::process::Watcher;

const TEMPLATE: &str = "template_record";
const TEMPLATE_KEYS: &str = "template_keys";

struct Cluster {
    postgres: EmbeddedPostgres,
    _watcher: Watcher,
}

static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();
static MIGRATED: OnceCell<()> = OnceCell::const_new();
static COUNT: AtomicU32 = AtomicU32::new(0);

/// The connection strings of one pair of databases, record and keys, by role.
#[derive(Clone)]
pub struct DatabaseUrls {
    /// The owner, who migrates.
    pub owner: String,
    /// The application's role.
    pub app: String,
    /// The reporting role.
    pub report: String,
    /// The sealer's role.
    pub sealer: String,
    /// The superuser, who can do anything to the record.
    pub superuser: String,
    /// The owner, in the database of keys.
    pub keys_owner: String,
    /// The application's role, in the database of keys.
    pub keys: String,
}

/// A pair of databases that one test has to itself; dropped with the value.
pub struct TestDatabase {
    /// How to connect.
    pub urls: DatabaseUrls,
    /// Name of the database of the record.
    pub name: String,
    superuser: String,
}

/// A fresh pair of databases. `migrate` runs once in a test process, on the template that all are copied from.
///
/// # Panics
/// When PostgreSQL or the migration fails: no test could go on.
pub async fn database<M>(migrate: M) -> TestDatabase
where
    M: AsyncFnOnce(&DatabaseUrls) -> anyhow::Result<()>,
{
    let postgres = cluster().await;
    MIGRATED.get_or_init(|| make_templates(postgres, migrate)).await;
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let (name, keys) = (format!("test_{number}"), format!("test_{number}_keys"));
    let session = superuser(postgres).await;
    for (copy, template, purpose) in [(&name, TEMPLATE, Purpose::Clinical), (&keys, TEMPLATE_KEYS, Purpose::Keys)] {
        let owner = roles::OWNER;
        let copying = format!("create database {copy} template {template} owner {owner}");
        session.batch_execute(&copying).await.expect("a copy of the template");
        roles::restrict_connections(&session, copy, purpose).await.expect("rights to connect");
    }
    let superuser = postgres.superuser_url("postgres").expose_secret().to_owned();
    TestDatabase { urls: urls(postgres, &name, &keys), name, superuser }
}

/// The cluster of this test process, for tests that look at the whole of it.
pub async fn cluster() -> &'static EmbeddedPostgres {
    let start = async || {
        let directory = tempfile::Builder::new().prefix("healthcare-tests-").tempdir().expect("a directory").keep();
        let options = ClusterOptions { durability: Durability::ForTests, max_connections: 500 };
        let postgres = EmbeddedPostgres::start_with(&directory, options).await.expect("PostgreSQL starts");
        let postmaster = postgres.postmaster_pid().expect("a started PostgreSQL has a process");
        // SIGQUIT: an immediate end, nothing of it is needed any more.
        let watcher = Watcher::of_process(postmaster, Signal::SIGQUIT, Some(postgres.data_dir()));
        Cluster { postgres, _watcher: watcher }
    };
    &CLUSTER.get_or_init(start).await.postgres
}

async fn make_templates<M>(postgres: &EmbeddedPostgres, migrate: M)
where
    M: AsyncFnOnce(&DatabaseUrls) -> anyhow::Result<()>,
{
    let session = superuser(postgres).await;
    roles::prepare_database(&session, TEMPLATE, Purpose::Clinical).await.expect("a template");
    roles::prepare_database(&session, TEMPLATE_KEYS, Purpose::Keys).await.expect("a template");
    migrate(&urls(postgres, TEMPLATE, TEMPLATE_KEYS)).await.expect("the template is migrated");
    // A database with sessions cannot be copied.
    let closing = format!(
        "alter database {TEMPLATE} allow_connections false;
         alter database {TEMPLATE_KEYS} allow_connections false;
         select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname in ('{TEMPLATE}', '{TEMPLATE_KEYS}')"
    );
    session.batch_execute(&closing).await.expect("the template is closed");
}

async fn superuser(postgres: &EmbeddedPostgres) -> Client {
    roles::connect(&postgres.superuser_url("postgres")).await.expect("the superuser signs in")
}

fn urls(postgres: &EmbeddedPostgres, record: &str, keys: &str) -> DatabaseUrls {
    let url = |role: &str, database: &str| {
        postgres.url_of(role, database).expect("a role that signs in").expose_secret().to_owned()
    };
    DatabaseUrls {
        owner: url(roles::OWNER, record),
        app: url(roles::APP, record),
        report: url(roles::REPORT, record),
        sealer: url(roles::SEALER, record),
        superuser: postgres.superuser_url(record).expose_secret().to_owned(),
        keys_owner: url(roles::OWNER, keys),
        keys: url(roles::APP, keys),
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (name, url) = (self.name.clone(), self.superuser.clone());
        // On a thread of its own: a destructor cannot wait inside the test's runtime.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let session = roles::connect(&url.into()).await?;
                session.batch_execute(&format!("drop database if exists {name} with (force)")).await?;
                session.batch_execute(&format!("drop database if exists {name}_keys with (force)")).await
            })
        });
        if !matches!(dropping.join(), Ok(Ok(()))) && !std::thread::panicking() {
            panic!("the database {} of a test could not be dropped", self.name);
        }
    }
}
