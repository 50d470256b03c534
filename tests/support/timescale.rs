//! PostgreSQL with TimescaleDB, as far as it runs without a container: in WebAssembly, for one session at a time, and
//! without background workers. COPY does not work over its socket.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use healthcare_infrastructure::{database::Database, embedded::roles};
use nix::sys::signal::Signal;
use tempfile::TempDir;
use tokio_postgres::Client;

use crate::{free_port, packages, process::Guarded};

/// The first time ever npm downloads.
const START_LIMIT: Duration = Duration::from_secs(180);

/// Under which licence the extension behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    /// With columnstore and policies.
    Community,
    /// Without them: what Debian and most clouds ship.
    Apache,
}

/// A server; stopped when dropped.
pub struct Timescale {
    url: String,
    _process: Guarded,
    _directory: TempDir,
}

impl Timescale {
    /// Starts one with the extension and our roles, but no schema.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(edition: Edition) -> Self {
        let directory = tempfile::Builder::new().prefix("healthcare-timescale-").tempdir().expect("a directory");
        let port = free_port();
        let mut node = Command::new("node");
        node.arg(packages("pglite").join("server.mjs")).arg(port.to_string());
        node.arg(if edition == Edition::Apache { "apache" } else { "community" });
        let log = directory.path().join("output");
        let mut process = Guarded::spawn(&mut node, Signal::SIGKILL, &log, Some(directory.path()));
        let begun = Instant::now();
        while !process.log().contains("ready") {
            let late = begun.elapsed() > START_LIMIT;
            assert!(!process.has_ended() && !late, "TimescaleDB did not start:\n{}", process.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let url = format!("postgres://postgres:postgres@127.0.0.1:{port}/template1");
        let server = Self { url, _process: process, _directory: directory };
        let session = server.session().await;
        let (owner, app, report) = (roles::OWNER, roles::APP, roles::REPORT);
        let (sealer, backup) = (roles::SEALER, roles::BACKUP);
        session
            .batch_execute(&format!(
                "create role {owner} login; create role {app} login; create role {report}; create role {sealer};
                 create role {backup}; alter database template1 owner to {owner}; grant all on schema public to {owner}"
            ))
            .await
            .expect("the roles");
        server
    }

    /// A session of the superuser, who may take any role by `set role`. One at a time: end it before the next.
    ///
    /// # Panics
    /// When it cannot be had.
    pub async fn session(&self) -> Client {
        roles::connect(&self.url.clone().into()).await.expect("the superuser signs in")
    }

    /// A pool of the one session.
    ///
    /// # Panics
    /// Never: the URL is one.
    pub fn pool(&self) -> Database {
        Database::connect(&self.url.clone().into(), 1).expect("a URL")
    }
}
