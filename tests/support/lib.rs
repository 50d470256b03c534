//! What the integration tests stand on: a real PostgreSQL, a real Redis, a real Kafka, and child processes that never
//! outlive the tests.

pub mod app;
pub mod bare_record;
pub mod certificates;
pub mod kafka;
pub mod login;
pub mod oidc;
pub mod postgres;
pub mod process;
pub mod record;
pub mod redis;
pub mod server;
pub mod timescale;

use std::{
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

/// The folder of the npm packages that `tests/NAME` pins, installed once.
///
/// # Panics
/// When they cannot be installed.
pub fn packages(name: &str) -> PathBuf {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/npm-fetch.sh");
    let fetched = Command::new(script).arg(name).output().expect("the script runs");
    assert!(fetched.status.success(), "{}", String::from_utf8_lossy(&fetched.stderr));
    String::from_utf8(fetched.stdout).expect("a path").trim().into()
}

/// A loopback port that nobody uses at this moment.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free loopback port");
    listener.local_addr().expect("a bound listener has an address").port()
}

/// Waits until something listens on the loopback port; panics with the log's end when nothing does in time.
pub(crate) async fn until_listening(port: u16, process: &mut process::Guarded, limit: Duration) {
    let deadline = Instant::now() + limit;
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        if process.has_ended() || Instant::now() > deadline {
            panic!("nothing listens on port {port}:\n{}", process.log());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
