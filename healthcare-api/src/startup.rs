//! From settings to a running server, and back down in order.

mod background;
mod elsewhere;
mod gate;
mod head;
mod http;
mod matrix;
mod metrics;
mod parameters;
mod parts;
mod requests;
mod routes;
mod running;

pub use background::Background;
pub use http::{Http, openapi};
pub use matrix::{Guard, ROUTES, access_matrix, guard_of, routes_of};
pub use metrics::export as export_metrics;
pub use parts::{Part, Parts};
pub use requests::resource;
pub use routes::Routes;
pub use running::Running;

use std::{net::TcpListener, sync::Arc};

use healthcare_application::{access::AccessPolicy, rule::Rules};
use healthcare_infrastructure::{
    access::SecondFactorPolicy,
    embedded::{EmbeddedError, EmbeddedPostgres},
    platform::{Platform, PlatformError, PlatformSettings},
    reporting::PseudonymKeyError,
    rule::site_rules,
    seal::SealKeyError,
};

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
    /// The key of pseudonyms.
    #[error(transparent)]
    Pseudonyms(#[from] PseudonymKeyError),
    /// The key that seals.
    #[error(transparent)]
    SealKey(#[from] SealKeyError),
    /// The directory does not answer: which numbers are one patient's alone could not be said.
    #[error("the directory of patients does not answer")]
    Systems(#[source] healthcare_application::StoreError),
    /// The rules of the house cannot be read.
    #[error("the rules of decision support cannot be read")]
    Rules(#[source] healthcare_application::StoreError),
    /// The knowledge of the site cannot be used.
    #[error("HEALTHCARE_KNOWLEDGE")]
    Knowledge(#[from] healthcare_infrastructure::rule::SiteFolderError),
    /// The log would not go on.
    #[error("the log cannot go on")]
    Log(#[source] healthcare_application::StoreError),
    /// The brokers cannot be read as such.
    #[error("KAFKA_BROKERS cannot be used: host:port, separated by commas, is expected")]
    Kafka(#[from] healthcare_infrastructure::kafka::BadBrokers),
    /// The certificate or its key.
    #[error(transparent)]
    Tls(#[from] crate::surface::TlsError),
    /// Single sign-on cannot be used as configured.
    #[error(transparent)]
    SingleSignOn(#[from] healthcare_infrastructure::access::oidc::OidcSettingsError),
    /// There is no HTTP client for the systems that ask our decision support.
    #[error("CDS Hooks has no HTTP client")]
    CdsHooks(#[source] reqwest::Error),
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
/// When the knowledge of the site cannot be used, the database cannot be started, reached or migrated, or a key cannot be
/// read.
pub async fn open(settings: &Settings) -> Result<Opened, StartError> {
    // Before anything is started: what is refused changes nothing.
    let rules = rules_of_site(settings)?;
    let (embedded, places) = locate(settings).await?;
    let mut platform = Platform::open(&places).await?;
    govern(&mut platform, settings);
    if let Some(rules) = rules {
        platform.app.rules = rules;
    }
    Ok(Opened { platform, embedded, places })
}

/// Has the adapters decide on who may what as the house does.
pub fn govern(platform: &mut Platform, settings: &Settings) {
    let second_factor = settings.second_factor == SecondFactorPolicy::Required;
    platform.app.policy = AccessPolicy { second_factor, ..settings.access_policy };
    platform.app.patients = Arc::new(settings.patients.over(&platform.app.patients, settings.time_zone.into()));
    platform.access = platform.access.clone().asking(settings.second_factor);
}

/// The rules over the knowledge of the site, where it has its own.
///
/// # Errors
/// When its folder cannot be read, or what it says is refused.
pub fn rules_of_site(settings: &Settings) -> Result<Option<Arc<Rules>>, StartError> {
    Ok(settings.knowledge.as_deref().map(site_rules).transpose()?)
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
            sealer_url: settings.database_sealer_url.clone(),
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
        sealer_url: Some(embedded.sealer_url()),
        data_dir: embedded.data_dir().to_owned(),
        redis_url: settings.redis_url.clone(),
        pool_size: POOL_SIZE,
    };
    Ok((Some(embedded), places))
}

/// Binds a listener, once the certificate that is to be served can be.
///
/// # Errors
/// When the certificate cannot be used, or the address is taken or not ours to take.
pub fn listen(settings: &Settings) -> Result<TcpListener, StartError> {
    settings.surface.tls.clone().map(crate::surface::Tls::open).transpose()?;
    let address = (settings.bind, settings.port);
    TcpListener::bind(address).map_err(|e| StartError::Listen(format!("{}:{}", settings.bind, settings.port), e))
}
