//! `healthcare serve`.

use tokio::signal::unix::{SignalKind, signal};

use crate::{
    config::Settings,
    startup::{self, Http, Part, Parts, Started},
};

/// Threads that serve requests; two cores are plenty for a ward, and each costs memory.
const WORKERS: usize = 2;

/// Starts the server and runs it until SIGTERM or Ctrl-C; then it drains and stops all it started.
///
/// # Errors
/// When it cannot start.
pub async fn run(settings: Settings, demo: bool, only: Vec<Part>) -> anyhow::Result<()> {
    let listener = startup::listen(&settings)?;
    let address = listener.local_addr()?;
    startup::export_metrics((settings.bind, settings.metrics_port).into())?;
    let opened = startup::open(&settings).await?;
    let parts = Parts::only(only);
    let started = startup::background(&opened.platform, &opened.places, &settings, &parts);
    let Started { background, telemetry, hub } = started;
    let live = hub.stop().clone();
    let http = Http { platform: opened.platform.clone(), telemetry, hub, parts, workers: WORKERS };
    let server = http.serve(listener)?;
    let handle = server.handle();
    let serving = tokio::spawn(server);
    if demo {
        crate::cli::user::demo_accounts(&opened).await?;
    }
    tracing::info!(%address, docs = %format!("http://{address}/docs/"), "serving");

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("draining");
    // Live connections would outlast the draining: they are told to come back.
    live.cancel();
    handle.stop(true).await;
    serving.await??;
    background.end().await;
    opened.platform.db.close();
    if let Some(embedded) = opened.embedded {
        embedded.stop().await?;
    }
    tracing::info!("stopped");
    Ok(())
}
