//! `healthcare serve`.

use tokio::signal::unix::{SignalKind, signal};

use crate::{
    config::Settings,
    startup::{self, Part, Parts, Running},
};

/// Starts the server and runs it until SIGTERM or Ctrl-C; then it drains and stops all it started.
///
/// # Errors
/// When it cannot start.
pub async fn run(settings: Settings, demo: bool, only: Vec<Part>) -> anyhow::Result<()> {
    // From the beginning: who is told to stop while it starts stops in order once it has started.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let listener = startup::listen(&settings)?;
    startup::export_metrics((settings.bind, settings.metrics_port).into())?;
    let opened = startup::open(&settings).await?;
    let platform = opened.platform.clone();
    let running = Running::start(platform, &opened.places, &settings, Parts::only(only), listener).await?;
    let address = running.address;
    if demo {
        super::user::demo_accounts(&opened).await?;
    }
    tracing::info!(%address, docs = %format!("http://{address}/docs/"), "serving");

    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("draining");
    running.stop().await?;
    if let Some(embedded) = opened.embedded {
        embedded.stop().await?;
    }
    tracing::info!("stopped");
    Ok(())
}
