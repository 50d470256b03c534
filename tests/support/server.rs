//! The real binary as a process of its own.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

use nix::sys::signal::Signal;
use serde_json::Value;

use crate::{app::Ask, free_port, process::Guarded};

/// Longer than a first start takes on a busy machine: it makes a cluster, and an account for each role.
const START_LIMIT: Duration = Duration::from_secs(120);

/// The built `healthcare` next to this test program; `HEALTHCARE_BIN` names another.
///
/// # Panics
/// When it cannot be built.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| std::env::var_os("HEALTHCARE_BIN").map_or_else(|| built().join("healthcare"), Into::into))
}

/// The built `healthcare-gateway` beside it.
///
/// # Panics
/// When it cannot be built.
pub fn gateway_binary() -> PathBuf {
    built().join("healthcare-gateway")
}

/// Where the programs are. They are built first, so that a test never runs yesterday's.
fn built() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let this_program = std::env::current_exe().expect("this program");
        let profile = this_program.ancestors().nth(2).expect("target/PROFILE/deps/PROGRAM").to_owned();
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--locked", "--workspace", "--bin", "healthcare", "--bin", "healthcare-gateway"]);
        cargo.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        cargo.env("CARGO_TARGET_DIR", profile.parent().expect("target"));
        if profile.ends_with("release") {
            cargo.arg("--release");
        }
        let built = cargo.stdin(Stdio::null()).output().expect("cargo runs");
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        profile
    })
}

/// A server in a process of its own; stopped when dropped.
pub struct Server {
    /// Where it listens, without a slash at the end.
    pub url: String,
    /// How long it took until it was ready.
    pub ready_after: Duration,
    process: Guarded,
    metrics: u16,
    environment: Vec<(String, String)>,
}

impl Server {
    /// Starts `healthcare serve` with these arguments and this environment, and waits until it is ready. Nothing of the
    /// test's own environment that could configure it is passed on.
    ///
    /// # Panics
    /// When it ends or is not ready in time; its log says why.
    pub async fn start(arguments: &[&str], environment: &[(&str, &str)], data_dir: &Path) -> Self {
        let arguments = [&["serve"], arguments].concat();
        Self::launch(binary(), &arguments, "readyz", environment, data_dir).await
    }

    /// Starts `healthcare-gateway`, the same way.
    ///
    /// # Panics
    /// As [`Server::start`].
    pub async fn start_gateway(environment: &[(&str, &str)], data_dir: &Path) -> Self {
        Self::launch(&gateway_binary(), &[], "readyz", environment, data_dir).await
    }

    async fn launch(
        program: &Path,
        arguments: &[&str],
        probe: &str,
        environment: &[(&str, &str)],
        data_dir: &Path,
    ) -> Self {
        let (port, metrics) = (free_port(), free_port());
        let mut environment: Vec<_> = environment.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        environment.push(("HEALTHCARE_DATA_DIR".into(), data_dir.display().to_string()));
        environment.push(("HEALTHCARE_PORT".into(), port.to_string()));
        environment.push(("HEALTHCARE_METRICS_PORT".into(), metrics.to_string()));
        let mut command = command(program, &environment);
        command.args(arguments);
        let log = data_dir.join(format!("serve-{port}.log"));
        let (url, begun) = (format!("http://127.0.0.1:{port}"), Instant::now());
        let mut process = Guarded::spawn(&mut command, Signal::SIGTERM, &log, Some(data_dir));
        while status(&format!("{url}/{probe}")).await != Some(200) {
            let late = begun.elapsed() > START_LIMIT;
            assert!(!process.has_ended() && !late, "the server is not ready:\n{}", process.log());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Self { url, ready_after: begun.elapsed(), process, metrics, environment }
    }

    /// Runs another command of the binary beside it, in the same environment.
    ///
    /// # Panics
    /// When it cannot be started.
    pub async fn run(&self, arguments: &[&str]) -> Output {
        run(arguments, &self.environment).await
    }

    /// The environment it was started in, for commands after its end.
    pub fn environment(&self) -> Vec<(String, String)> {
        self.environment.clone()
    }

    /// Where its metrics are.
    pub fn metrics_url(&self) -> String {
        format!("http://127.0.0.1:{}/metrics", self.metrics)
    }

    /// What it wrote.
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// Ends it as a power cut does: SIGKILL, and nothing of it is left to say goodbye. What it started itself, its own
    /// PostgreSQL, is not touched.
    pub async fn kill(mut self) {
        self.process.signal(Signal::SIGKILL);
        while !self.process.has_ended() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Ends it as an operator does, waits, and answers all that it wrote.
    pub fn stop_and_log(mut self) -> String {
        self.process.stop();
        self.process.log()
    }

    /// Ends it as an operator does, and waits.
    pub fn stop(mut self) {
        self.process.stop();
    }
}

/// Runs a command of the binary to its end.
///
/// # Panics
/// When it cannot be started.
pub async fn run(arguments: &[&str], environment: &[(String, String)]) -> Output {
    let mut command = command(binary(), environment);
    command.args(arguments).stdin(Stdio::null());
    tokio::task::spawn_blocking(move || command.output().expect("the binary runs")).await.expect("not interrupted")
}

fn command(program: &Path, environment: &[(String, String)]) -> Command {
    let mut command = Command::new(program);
    for name in ["DATABASE_URL", "DATABASE_OWNER_URL", "KEYS_DATABASE_URL", "KEYS_DATABASE_OWNER_URL"] {
        command.env_remove(name);
    }
    command.env_remove("KAFKA_BROKERS").env_remove("REDIS_URL");
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    command
}

/// The status that an address answers with; none when nobody answers.
pub async fn status(url: &str) -> Option<u16> {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).build().expect("a client");
    client.get(url).send().await.ok().map(|answer| answer.status().as_u16())
}

/// Waits until something holds, and answers it.
///
/// # Panics
/// When it does not hold in time.
pub async fn until<T>(what: &str, limit: Duration, mut holds: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(value) = holds().await {
            return value;
        }
        assert!(Instant::now() < deadline, "still not: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What an address answers to a bearer.
pub async fn get(url: &str, token: &str) -> Value {
    reqwest::Client::new().get(url).bearer_auth(token).answer().await.expect(200).body
}
