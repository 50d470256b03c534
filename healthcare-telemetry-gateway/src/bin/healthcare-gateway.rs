//! The gateway as a process of its own, for sites that scale it apart from the rest: the door for readings, a reader of
//! the broker's topic, the alarm clock, and what carries alerts into the record. It needs the record that the servers
//! use, and their keys (`HEALTHCARE_DATA_DIR`); it migrates nothing.

use std::{
    net::{IpAddr, TcpListener},
    path::PathBuf,
};

use anyhow::Context as _;
use healthcare_domain::scheduling::zone::Zone;
use healthcare_infrastructure::{
    embedded,
    event_log::{Feed, Ticker, consume, ensure_ticks_go_on},
    log,
    platform::{Platform, PlatformSettings},
};
use healthcare_telemetry_gateway::{http, runtime::Ground, transport::kafka::Backbone};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use secrecy::SecretString;
use serde::Deserialize;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Connections to the record at the most.
const POOL_SIZE: usize = 16;
/// Seconds that latencies are counted by.
const BUCKETS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// The settings, from the same environment variables as the server's.
#[derive(Deserialize)]
struct Settings {
    #[serde(default = "port")]
    healthcare_port: u16,
    #[serde(default = "metrics_port")]
    healthcare_metrics_port: u16,
    #[serde(default = "loopback")]
    healthcare_bind: IpAddr,
    #[serde(default = "embedded::default_data_dir")]
    healthcare_data_dir: PathBuf,
    database_url: SecretString,
    keys_database_url: SecretString,
    kafka_brokers: Option<String>,
    redis_url: Option<SecretString>,
    /// The site's, as the server has it: ages are counted in its calendar.
    #[serde(default = "utc")]
    healthcare_time_zone: Zone,
    /// The server's. Readings are taken over plain HTTP here.
    healthcare_tls_certificate: Option<PathBuf>,
}

const fn port() -> u16 {
    8080
}

const fn metrics_port() -> u16 {
    9090
}

const fn utc() -> Zone {
    Zone::UTC
}

const fn loopback() -> IpAddr {
    IpAddr::V4(std::net::Ipv4Addr::LOCALHOST)
}

fn main() -> anyhow::Result<()> {
    log::begin();
    let environment = config::Environment::default().try_parsing(false).ignore_empty(true);
    let settings: Settings = config::Config::builder().add_source(environment).build()?.try_deserialize()?;
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(run(settings))
}

/// Runs until SIGTERM or Ctrl-C; then it answers what it has begun and stops.
async fn run(settings: Settings) -> anyhow::Result<()> {
    let bind = settings.healthcare_bind;
    let listener = TcpListener::bind((bind, settings.healthcare_port)).context("the port cannot be listened on")?;
    let address = listener.local_addr()?;
    if settings.healthcare_tls_certificate.is_some() {
        tracing::warn!(
            "HEALTHCARE_TLS_CERTIFICATE is the server's: this program speaks plain HTTP, to a proxy in front of it"
        );
    }
    PrometheusBuilder::new()
        .with_http_listener((bind, settings.healthcare_metrics_port))
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), BUCKETS)?
        .install()?;
    let platform = Platform::open(&PlatformSettings {
        database_url: settings.database_url.clone(),
        owner_url: None,
        keys_url: settings.keys_database_url,
        keys_owner_url: None,
        sealer_url: None,
        data_dir: settings.healthcare_data_dir,
        redis_url: settings.redis_url,
        pool_size: POOL_SIZE,
    })
    .await?;
    ensure_ticks_go_on(&platform.db).await?;

    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    // Whoever appends ticks.
    tasks.spawn(Ticker::new(&platform.store).run(stop.clone()));
    tasks.spawn(platform.access.clone().follow(settings.database_url, stop.clone()));
    let feed = Feed::start(platform.db.clone(), stop.clone());
    let mut ground = Ground::new(platform.app.clone(), platform.db.clone());
    ground.settings.policy.zone = settings.healthcare_time_zone;
    let mut workers = ground.workers(None, &stop);
    let transport = match &settings.kafka_brokers {
        Some(brokers) => {
            let backbone = Backbone::new(brokers);
            tasks.spawn(ground.reader(&backbone).run(stop.clone()));
            ground.over(&backbone)
        }
        None => {
            let (transport, writer) = ground.in_process(&stop);
            workers.push(writer);
            transport
        }
    };
    tasks.spawn(consume(ground.charted_vitals(), platform.store.clone(), feed.clone(), stop.clone()));
    tasks.spawn(consume(ground.patient_profile(), platform.store.clone(), feed, stop.clone()));
    let server = http::serve(listener, platform.app.clone(), platform.access.clone(), transport)?;
    let handle = server.handle();
    let serving = tokio::spawn(server);
    tracing::info!(%address, "taking readings");

    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("draining");
    handle.stop(true).await;
    serving.await??;
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    for worker in workers {
        worker.await?;
    }
    platform.db.close();
    tracing::info!("stopped");
    Ok(())
}
