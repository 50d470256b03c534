//! A real Redis server.

use std::process::Command;
use std::time::Duration;

use nix::sys::signal::Signal;
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::process::Guarded;
use crate::{free_port, until_listening};

const START_LIMIT: Duration = Duration::from_secs(20);

static SHARED: OnceCell<RedisServer> = OnceCell::const_new();

/// A `redis-server` without persistence on a loopback port of its own; stopped when dropped.
pub struct RedisServer {
    process: Guarded,
    port: u16,
    directory: TempDir,
}

/// The server that the tests of this process share: each uses keys of its own, and none flushes or stops it.
pub async fn shared() -> &'static RedisServer {
    SHARED.get_or_init(RedisServer::start).await
}

impl RedisServer {
    /// Starts one that a test has to itself, to flush, stop or hang it.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start() -> Self {
        let directory = tempfile::Builder::new().prefix("healthcare-redis-").tempdir().expect("a directory");
        let port = free_port();
        let mut server = Self { process: spawn(port, &directory), port, directory };
        until_listening(port, &mut server.process, START_LIMIT).await;
        server
    }

    /// What `REDIS_URL` is to be.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// The process: for SIGSTOP (hung) and SIGCONT.
    pub fn process(&self) -> &Guarded {
        &self.process
    }

    /// Stops it; what it held is lost.
    pub fn stop(&mut self) {
        self.process.stop();
    }

    /// Starts a stopped one again, empty, on the same port.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_again(&mut self) {
        self.process = spawn(self.port, &self.directory);
        until_listening(self.port, &mut self.process, START_LIMIT).await;
    }
}

fn spawn(port: u16, directory: &TempDir) -> Guarded {
    let mut command = Command::new("redis-server");
    command.args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--appendonly", "no"]);
    command.arg("--dir").arg(directory.path());
    Guarded::spawn(&mut command, Signal::SIGTERM, &directory.path().join("log"), Some(directory.path()))
}
