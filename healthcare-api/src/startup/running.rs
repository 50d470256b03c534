//! A server that runs, and how it is stopped in order.

use std::net::{SocketAddr, TcpListener};

use actix_web::dev::ServerHandle;
use healthcare_infrastructure::platform::{Platform, PlatformSettings};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{Background, Http, Parts, StartError, background::Started};
use crate::config::Settings;

/// Threads that serve requests; two cores are plenty for a ward, and each costs memory.
const WORKERS: usize = 2;

/// A server with all its parts.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    platform: Platform,
    background: Background,
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
        let Started { background, telemetry, hub } = Background::start(&platform, places, settings, &parts).await?;
        let live = hub.stop().clone();
        let http = Http { platform: platform.clone(), parts, telemetry, hub, workers: WORKERS };
        let server = http.serve(listener)?;
        let handle = server.handle();
        let serving = tokio::spawn(server);
        Ok(Self { address, platform, background, live, handle, serving })
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
