//! What is measured: the real server in a process of its own over its own durable PostgreSQL, and the same adapters in
//! this process, over the same databases.

use std::{
    net::SocketAddr,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use healthcare_application::Role;
use healthcare_infrastructure::{
    access::NewAccount,
    care::{WHOLE_HOUSE, put_named_on_ward},
    database::migrate,
    embedded::{
        EmbeddedPostgres,
        roles::{self, Purpose},
    },
    platform::{Platform, PlatformSettings},
};
use healthcare_tests::{free_port, login::Login, process::Guarded};
use nix::sys::signal::Signal;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::http::{self, Connection};

/// Of whom the platform in this process holds connections; as many as the server does.
const POOL_SIZE: usize = 16;
/// The database that references write to: of the same schema, in the same cluster.
const REFERENCE: &str = "bench_reference";
/// How long what is done behind the log is waited for.
const PATIENCE: Duration = Duration::from_mins(2);
const PASSWORD: &str = "a password for one measurement";

/// A hospital to measure.
pub struct Hospital {
    /// The server.
    pub server: Server,
    /// The adapters, in this process.
    pub platform: Platform,
    /// A session of the record's owner.
    pub owner: tokio_postgres::Client,
    /// A doctor's access token.
    pub token: String,
    /// What it is renewed by.
    refresh: String,
    /// The record, as the application's role.
    pub record: SecretString,
    /// The references' database, as the application's role.
    pub reference: SecretString,
    /// How to open adapters over its databases.
    pub places: PlatformSettings,
    postgres: EmbeddedPostgres,
    directory: TempDir,
}

impl Hospital {
    /// Starts everything in a directory of its own.
    pub async fn open() -> anyhow::Result<Self> {
        let directory = directory()?;
        let server = Server::start(directory.path(), &[]).await?;
        let postgres = EmbeddedPostgres::start(directory.path()).await?;
        let places = PlatformSettings {
            database_url: postgres.app_url(),
            owner_url: None,
            keys_url: postgres.keys_url(),
            keys_owner_url: None,
            sealer_url: None,
            data_dir: postgres.data_dir().to_owned(),
            redis_url: None,
            pool_size: POOL_SIZE,
        };
        let platform = Platform::open(&places).await?;
        let superuser = roles::connect(&postgres.superuser_url("postgres")).await?;
        roles::prepare_database(&superuser, REFERENCE, Purpose::Clinical).await?;
        let of_reference = |role| postgres.url_of(role, REFERENCE).context("a role that signs in");
        migrate(&mut roles::connect(&of_reference(roles::OWNER)?).await?).await?;
        let reference = of_reference(roles::APP)?;
        let owner = roles::connect(&postgres.owner_url()).await?;
        let tokens = signed_in(&platform, &server, Role::Doctor, "bench-reader".to_owned()).await?;
        let Tokens { access_token: token, refresh_token: refresh } = tokens;
        let record = postgres.app_url();
        Ok(Self { server, platform, owner, token, refresh, record, reference, places, postgres, directory })
    }

    /// Renews the doctor's token, which lasts for fifteen minutes.
    pub async fn renew(&mut self) -> anyhow::Result<()> {
        let tokens = Tokens::asked(&self.server, "refresh", &json!({ "refresh_token": self.refresh })).await?;
        (self.token, self.refresh) = (tokens.access_token, tokens.refresh_token);
        Ok(())
    }

    /// Waits for what is done behind the log, so that little that came of making things up is measured with the rest, and
    /// has PostgreSQL look at what was stored on both sides, as it does by itself after a while.
    pub async fn settle(&self) -> anyhow::Result<()> {
        let begun = Instant::now();
        let behind = "select exists (select from es.checkpoint where tick_id < (select max(tick_id) from es.tick))";
        while self.owner.query_one(behind, &[]).await?.get(0) {
            if begun.elapsed() > PATIENCE {
                println!("what is done behind the log is not done after {PATIENCE:?}, and is measured with the rest");
                break;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        self.owner.batch_execute("vacuum analyze").await?;
        let reference = roles::connect(&self.reference_superuser_url()).await?;
        Ok(reference.batch_execute("vacuum analyze").await?)
    }

    /// The part that failed, with the end of what the server said.
    pub fn said(&self, part: &str) -> String {
        let log = self.server.process.log();
        let lines: Vec<&str> = log.lines().collect();
        format!("{part}; the server said at last:\n{}", lines[lines.len().saturating_sub(4)..].join("\n"))
    }

    /// The record, as the sealer's role.
    pub fn sealer_url(&self) -> SecretString {
        self.postgres.sealer_url()
    }

    /// The record, as the superuser.
    pub fn superuser_url(&self) -> SecretString {
        self.postgres.superuser_url("healthcare")
    }

    /// The references' database, as the superuser.
    pub fn reference_superuser_url(&self) -> SecretString {
        self.postgres.superuser_url(REFERENCE)
    }

    /// Where its data is.
    pub fn data_dir(&self) -> &Path {
        self.directory.path()
    }

    /// Stops everything and removes the directory.
    pub async fn close(self) -> anyhow::Result<()> {
        let Self { mut server, platform, owner, postgres, directory, .. } = self;
        server.process.stop();
        platform.db.close();
        drop((platform, owner));
        postgres.stop().await?;
        Ok(directory.close()?)
    }
}

/// A directory for a hospital, which the user PostgreSQL runs as can reach.
pub fn directory() -> anyhow::Result<TempDir> {
    Ok(tempfile::Builder::new().prefix("healthcare-bench-").tempdir()?)
}

/// What a server gives who signs in.
#[derive(Deserialize)]
pub struct Tokens {
    access_token: String,
    refresh_token: String,
}

impl Tokens {
    async fn asked(server: &Server, door: &str, body: &Value) -> anyhow::Result<Self> {
        let request = http::post(&format!("/api/v1/auth/{door}"), None, None, &body.to_string());
        let answer = server.connect().await?.exchange(&request).await?;
        ensure!(answer.status == 200, "no {door}: {}", String::from_utf8_lossy(&answer.body));
        Ok(serde_json::from_slice(&answer.body)?)
    }
}

/// A fresh account of a role; its access token as the server gives it.
pub async fn sign_in(platform: &Platform, server: &Server, role: Role) -> anyhow::Result<String> {
    sign_in_as(platform, server, role, format!("bench-{role}")).await
}

/// As [`sign_in`], under a name: where several people of a role are at work.
pub async fn sign_in_as(platform: &Platform, server: &Server, role: Role, username: String) -> anyhow::Result<String> {
    Ok(signed_in(platform, server, role, username).await?.access_token)
}

async fn signed_in(platform: &Platform, server: &Server, role: Role, username: String) -> anyhow::Result<Tokens> {
    let new = NewAccount { username: username.clone(), role, patient: None, device: None };
    let login = Login::made(&platform.access, new, PASSWORD).await;
    put_named_on_ward(&platform.db, &username, WHOLE_HOUSE).await?;
    Tokens::asked(server, "login", &login.body(0)).await
}

/// The product's server, as it is shipped.
pub struct Server {
    /// Its process.
    pub process: Guarded,
    /// Where it answers.
    pub address: SocketAddr,
    /// From its start to the moment it was ready.
    pub ready_after: Duration,
}

impl Server {
    /// Starts it and waits until it is ready.
    pub async fn start(data_dir: &Path, arguments: &[&str]) -> anyhow::Result<Self> {
        let port = free_port();
        let mut command = healthcare(data_dir)?;
        command.arg("serve").args(arguments);
        command.env("HEALTHCARE_PORT", port.to_string()).env("HEALTHCARE_METRICS_PORT", free_port().to_string());
        let started = Instant::now();
        let mut process = Guarded::spawn(&mut command, Signal::SIGTERM, &data_dir.join("server.log"), None);
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let readiness = http::get("/readyz", None);
        while started.elapsed() < Duration::from_secs(60) && !process.has_ended() {
            // Connection refused, or 503: not yet.
            if let Ok(mut connection) = Connection::open(address).await
                && connection.expect(200, &readiness).await.is_ok()
            {
                return Ok(Self { process, address, ready_after: started.elapsed() });
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        bail!("the server does not become ready:\n{}", process.log())
    }

    /// A connection to it.
    pub async fn connect(&self) -> anyhow::Result<Connection> {
        Connection::open(self.address).await
    }

    /// A figure of `/proc/PID/status` in MiB.
    pub fn memory_mib(&self, field: &str) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.pid()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
        let kib: f64 = line.context("no such figure")?.trim().trim_end_matches(" kB").parse()?;
        Ok(kib / 1024.0)
    }
}

/// The release binary beside this one, with the product's own defaults but for where its data is and its rate limits.
pub fn healthcare(data_dir: &Path) -> anyhow::Result<Command> {
    let binary = std::env::current_exe()?.with_file_name("healthcare");
    ensure!(binary.exists(), "the server is not built: cargo build --release --package healthcare-api");
    let mut command = Command::new(binary);
    for setting in ["DATABASE_URL", "KEYS_DATABASE_URL", "KAFKA_BROKERS", "REDIS_URL", "RUST_LOG", "HEALTHCARE_BIND"] {
        command.env_remove(setting);
    }
    command.env("HEALTHCARE_DATA_DIR", data_dir);
    // One loopback address and one account ask for more than any house does.
    command.env("HEALTHCARE_REQUESTS_PER_ADDRESS", "0").env("HEALTHCARE_REQUESTS_PER_ACCOUNT", "0");
    Ok(command)
}

/// The parts of a connection string, as PostgreSQL's own programs take them from their environment.
pub fn libpq(url: &SecretString) -> anyhow::Result<Vec<(&'static str, String)>> {
    let config: tokio_postgres::Config = url.expose_secret().parse()?;
    let password = config.get_password().map(|password| String::from_utf8_lossy(password).into_owned());
    Ok(vec![
        ("PGOPTIONS", "-c app.scope=system".into()),
        ("PGHOST", "127.0.0.1".into()),
        ("PGPORT", config.get_ports().first().context("no port")?.to_string()),
        ("PGUSER", config.get_user().context("no user")?.to_owned()),
        ("PGPASSWORD", password.context("no password")?),
        ("PGDATABASE", config.get_dbname().context("no database")?.to_owned()),
    ])
}
