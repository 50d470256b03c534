//! From settings to a running server, and back down in order.

mod http;
mod metrics;
mod parts;

pub use http::{Http, openapi};
pub use metrics::export as export_metrics;
pub use parts::{Part, Parts};

use std::net::TcpListener;

use healthcare_infrastructure::{
    embedded::{EmbeddedError, EmbeddedPostgres},
    escalation::EscalationWorker,
    live::{Hub, LiveVitals},
    platform::{Platform, PlatformError, PlatformSettings},
};
use healthcare_telemetry_gateway::{runtime::Ground, transport::Transport};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::config::Settings;

/// Connections to the record that one process holds at the most.
const POOL_SIZE: usize = 16;

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The embedded database.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    /// The adapters.
    #[error(transparent)]
    Platform(#[from] PlatformError),
    /// A port is taken or not ours to take.
    #[error("cannot listen on {0}")]
    Listen(String, #[source] std::io::Error),
    /// The server itself.
    #[error("the server stopped")]
    Server(#[from] std::io::Error),
}

/// The database that a process uses: its own embedded one, or somebody else's.
pub struct Opened {
    /// The adapters.
    pub platform: Platform,
    /// The embedded cluster, where it is used.
    pub embedded: Option<EmbeddedPostgres>,
    /// Where everything is.
    pub places: PlatformSettings,
}

/// Starts or joins the database, migrates, and opens the adapters.
///
/// # Errors
/// When the database cannot be started, reached or migrated, or a key cannot be read.
pub async fn open(settings: &Settings) -> Result<Opened, StartError> {
    let (embedded, places) = locate(settings).await?;
    let platform = Platform::open(&places).await?;
    Ok(Opened { platform, embedded, places })
}

/// Starts or joins the database and says where everything is.
///
/// # Errors
/// When the embedded database cannot be started.
pub async fn locate(settings: &Settings) -> Result<(Option<EmbeddedPostgres>, PlatformSettings), StartError> {
    if let (Some(database_url), Some(keys_url)) = (&settings.database_url, &settings.keys_database_url) {
        std::fs::create_dir_all(&settings.data_dir)?;
        let places = PlatformSettings {
            database_url: database_url.clone(),
            owner_url: settings.database_owner_url.clone(),
            keys_url: keys_url.clone(),
            keys_owner_url: settings.keys_database_owner_url.clone(),
            data_dir: settings.data_dir.clone(),
            redis_url: settings.redis_url.clone(),
            pool_size: POOL_SIZE,
        };
        return Ok((None, places));
    }
    let embedded = EmbeddedPostgres::start(&settings.data_dir).await?;
    let places = PlatformSettings {
        database_url: embedded.app_url(),
        owner_url: Some(embedded.owner_url()),
        keys_url: embedded.keys_url(),
        keys_owner_url: Some(embedded.keys_owner_url()),
        data_dir: embedded.data_dir().to_owned(),
        redis_url: settings.redis_url.clone(),
        pool_size: POOL_SIZE,
    };
    Ok((Some(embedded), places))
}

/// The background work of a process, ended together.
#[derive(Clone, Default)]
pub struct Background {
    /// Told to stop.
    pub stop: CancellationToken,
    /// Waited for.
    pub tasks: TaskTracker,
}

impl Background {
    /// Tells everything to stop and waits for it.
    pub async fn end(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// What runs in the background, and the ways into it.
pub struct Started {
    /// The work.
    pub background: Background,
    /// The way in for readings.
    pub telemetry: Transport,
    /// What is told, and the newest vitals.
    pub hub: Hub,
}

/// Starts the background parts over a platform. The hub reads in every process that answers queries.
pub fn background(platform: &Platform, places: &PlatformSettings, _settings: &Settings, parts: &Parts) -> Started {
    let background = Background::default();
    let Background { stop, tasks } = &background;
    let hub = Hub::new(platform.db.clone(), LiveVitals::default(), stop.child_token());
    let gateway = Ground::new(platform.app.clone(), platform.db.clone());
    let (telemetry, writer) = gateway.in_process(stop);
    tasks.spawn(ended(writer));
    if parts.has(Part::Gateway) {
        for worker in gateway.workers(None, stop) {
            tasks.spawn(ended(worker));
        }
    }
    if parts.has(Part::Worker) {
        let worker =
            EscalationWorker::new(platform.store.clone(), platform.app.clock.clone(), places.database_url.clone());
        tasks.spawn(worker.run(stop.clone()));
    }
    if parts.has(Part::Query) {
        tasks.spawn(hub.clone().run(places.database_url.clone()));
    }
    if parts.has(Part::Query) || parts.has(Part::Gateway) {
        tasks.spawn(hub.vitals().clone().run(platform.db.clone(), stop.clone()));
    }
    Started { background, telemetry, hub }
}

/// Waits for a task; one that panicked has said so in the log.
async fn ended(task: tokio::task::JoinHandle<()>) {
    if let Err(error) = task.await {
        tracing::error!(%error, "a worker ended badly");
    }
}

/// Binds a listener.
///
/// # Errors
/// When the address is taken or not ours to take.
pub fn listen(settings: &Settings) -> Result<TcpListener, StartError> {
    let address = (settings.bind, settings.port);
    TcpListener::bind(address).map_err(|e| StartError::Listen(format!("{}:{}", settings.bind, settings.port), e))
}
