//! `healthcare serve`.

use std::{convert::Infallible, time::Duration};

use healthcare_infrastructure::embedded::EmbeddedPostgres;
use tokio::signal::unix::{SignalKind, signal};

use crate::{
    cds_hooks::ClientPolicy,
    config::Settings,
    demo,
    startup::{self, Opened, Part, Parts, Running},
};

/// How often the embedded PostgreSQL is looked after.
const LOOK: Duration = Duration::from_secs(1);

/// Starts the server and runs it until SIGTERM or Ctrl-C; then it drains and stops all it started.
///
/// # Errors
/// When it cannot start, or `demo` is asked of a database that holds real data.
pub async fn run(settings: Settings, demo: bool, only: Vec<Part>) -> anyhow::Result<()> {
    // From the beginning: who is told to stop while it starts stops in order once it has started.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut settings = settings;
    if demo {
        // A demonstration holds nobody's data: whoever tries it out need not register first.
        settings.cds_hooks.clients.get_or_insert(ClientPolicy::Optional);
    }
    let listener = startup::listen(&settings)?;
    startup::export_metrics((settings.bind, settings.metrics_port).into())?;
    let Opened { platform, embedded, places } = startup::open(&settings).await?;
    let opened = Opened { platform: platform.clone(), embedded, places };
    let parts = Parts::only(only);
    let demonstration = if demo { Some(demo::prepare(&opened).await?) } else { None };
    let running = Running::start(platform.clone(), &opened.places, &settings, parts.clone(), listener).await?;
    if let Some(demonstration) = demonstration.filter(|_| parts.has(Part::Gateway)) {
        let telemetry = running.telemetry.clone();
        running.background.spawn(|stop| demo::run(platform, telemetry, demonstration, stop));
    }
    announce(running.address, &parts, if settings.surface.tls.is_some() { "https" } else { "http" });

    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        never = look_after(opened.embedded.as_ref()) => match never {},
    }
    tracing::info!("draining");
    running.stop().await?;
    if let Some(embedded) = opened.embedded {
        embedded.stop().await?;
    }
    tracing::info!("stopped");
    Ok(())
}

/// Starts the gateway alone, over a record that others keep and migrate, and runs it as [`run`] does.
///
/// # Errors
/// As [`run`], and when no record is named: a gateway that starts an empty one of its own would take readings that nobody
/// ever sees.
pub async fn serve_gateway() -> anyhow::Result<()> {
    let settings = Settings::from_env()?;
    anyhow::ensure!(
        settings.database_url.is_some(),
        "DATABASE_URL is not set: a gateway on its own needs the record of the servers beside it"
    );
    let settings = Settings { database_owner_url: None, keys_database_owner_url: None, ..settings };
    run(settings, false, vec![Part::Gateway]).await
}

/// Says where what can be found.
fn announce(address: std::net::SocketAddr, parts: &Parts, scheme: &str) {
    tracing::info!(%address, "serving");
    if parts.has(Part::Query) {
        println!("REST        {scheme}://{address}/api/v1");
        println!("Swagger UI  {scheme}://{address}/docs/");
    }
    println!("Readiness   {scheme}://{address}/readyz");
}

/// Starts the embedded PostgreSQL again when it has died under us (the kernel's out-of-memory killer does that). The
/// pools and workers then find it by themselves, at the same port.
async fn look_after(embedded: Option<&EmbeddedPostgres>) -> Infallible {
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        look.tick().await;
        let Some(embedded) = embedded else {
            std::future::pending::<()>().await;
            continue;
        };
        match embedded.ensure_running().await {
            Ok(false) => {}
            Ok(true) => {
                metrics::counter!("healthcare_embedded_restarts_total").increment(1);
                tracing::error!("PostgreSQL had died and was started again");
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "PostgreSQL cannot be started again")
            }
        }
    }
}
