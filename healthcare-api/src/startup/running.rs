//! A server that runs, and how it is stopped in order.

use std::net::{SocketAddr, TcpListener};

use actix_web::dev::ServerHandle;
use healthcare_infrastructure::{
    access::oidc::SingleSignOn,
    cds_hooks::{CdsHooks, CdsHooksSettings},
    kafka::Kafka,
    platform::{Platform, PlatformSettings},
};
use healthcare_telemetry_gateway::transport::Transport;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{Background, Http, Parts, StartError, background::Started};
use crate::{
    cds_hooks::ClientPolicy,
    config::Settings,
    surface::{Rates, Tls},
};

/// Threads that serve requests; two cores are plenty for a ward, and each costs memory.
const WORKERS: usize = 2;

/// A server with all its parts.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    platform: Platform,
    /// What runs beside the requests.
    pub background: Background,
    /// The way in for readings.
    pub telemetry: Transport,
    live: CancellationToken,
    handle: ServerHandle,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Running {
    /// Starts the parts over an opened platform.
    ///
    /// # Errors
    /// When the log would not go on, or the listener cannot be used.
    pub async fn start(
        platform: Platform,
        places: &PlatformSettings,
        settings: &Settings,
        parts: Parts,
        listener: TcpListener,
    ) -> Result<Self, StartError> {
        let address = listener.local_addr()?;
        let tls = settings.surface.tls.clone().map(Tls::open).transpose()?;
        let (db, access, clock) = (platform.db.clone(), platform.access.clone(), platform.app.clock.clone());
        let sso = settings.oidc.clone().map(|oidc| SingleSignOn::new(oidc, db, access, clock)).transpose()?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let hooks = CdsHooksSettings {
            base: settings.cds_hooks.base.clone().unwrap_or_else(|| format!("{scheme}://{address}")),
            anonymous: settings.cds_hooks.clients == Some(ClientPolicy::Optional),
        };
        let cds_hooks =
            CdsHooks::new(platform.app.clone(), platform.db.clone(), hooks).map_err(StartError::CdsHooks)?;
        let kafka = settings.kafka_brokers.as_deref().map(Kafka::new).transpose()?;
        let Started { background, telemetry, hub } = Background::start(&platform, places, settings, &parts).await?;
        let live = hub.stop().clone();
        let surface = settings.surface.clone();
        let rates = Rates::new(&surface, &platform.shared);
        background.spawn(|stop| rates.clone().keep(stop));
        if let Some(tls) = &tls {
            background.spawn(|stop| tls.clone().follow(stop));
        }
        let http = Http {
            platform: platform.clone(),
            parts,
            telemetry: telemetry.clone(),
            hub,
            kafka,
            sso,
            cds_hooks,
            cds_origins: settings.cds_hooks.origins.clone(),
            surface,
            rates,
            tls,
            workers: WORKERS,
        };
        let server = http.serve(listener)?;
        let handle = server.handle();
        let serving = tokio::spawn(server);
        Ok(Self { address, platform, background, telemetry, live, handle, serving })
    }

    /// Answers what was begun, ends the background, and closes the connections.
    ///
    /// # Errors
    /// When the server had failed.
    pub async fn stop(self) -> Result<(), StartError> {
        // Live connections would outlast the draining: they are told to come back.
        self.live.cancel();
        self.handle.stop(true).await;
        let served = self.serving.await.map_err(std::io::Error::other)?;
        self.background.end().await;
        self.platform.db.close();
        Ok(served?)
    }
}
