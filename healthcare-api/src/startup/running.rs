//! A server that runs, and how it is stopped in order.

use std::net::{SocketAddr, TcpListener};

use actix_web::dev::ServerHandle;
use healthcare_infrastructure::platform::{Platform, PlatformSettings};
use healthcare_telemetry_gateway::transport::Transport;
use tokio::task::JoinHandle;

use super::{Background, Http, Parts, StartError};
use crate::config::Settings;

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
        let (background, telemetry) = Background::start(&platform, places, settings, &parts).await?;
        let http = Http { platform: platform.clone(), parts, telemetry: telemetry.clone(), workers: WORKERS };
        let server = http.serve(listener)?;
        let handle = server.handle();
        let serving = tokio::spawn(server);
        Ok(Self { address, platform, background, telemetry, handle, serving })
    }

    /// Answers what was begun, ends the background, and closes the connections.
    ///
    /// # Errors
    /// When the server had failed.
    pub async fn stop(self) -> Result<(), StartError> {
        self.handle.stop(true).await;
        let served = self.serving.await.map_err(std::io::Error::other)?;
        self.background.end().await;
        self.platform.db.close();
        Ok(served?)
    }
}
