//! The settings, read once from the environment. What is not set has an embedded default.

use std::{net::IpAddr, path::PathBuf};

use chrono::Duration;
use healthcare_application::access::AccessPolicy;
use healthcare_infrastructure::{
    access::{SecondFactorPolicy, oidc::OidcSettings},
    embedded,
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{
    access::oidc::{SsoSettingsError, read_settings},
    cds_hooks::{CdsHooksConfig, CdsHooksConfigError},
    surface::{SurfaceError, SurfaceSettings},
};

pub use crate::patient::{PatientSettings, PatientSettingsError};

/// How the server runs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `HEALTHCARE_PORT`: the REST port.
    pub port: u16,
    /// `HEALTHCARE_METRICS_PORT`: Prometheus scrapes here.
    pub metrics_port: u16,
    /// `HEALTHCARE_BIND`: the address both listen on.
    pub bind: IpAddr,
    /// `HEALTHCARE_DATA_DIR`: keys, and the embedded database.
    pub data_dir: PathBuf,
    /// `HEALTHCARE_TIME_ZONE`: the site's zone, for local dates in reports, and for the days that an age is counted in.
    pub time_zone: chrono_tz::Tz,
    /// `DATABASE_URL`: the record as the application's role; embedded if absent.
    pub database_url: Option<SecretString>,
    /// `DATABASE_OWNER_URL`: the record as its owner, for migrations.
    pub database_owner_url: Option<SecretString>,
    /// `DATABASE_SEALER_URL`: the record as the sealer's role; nothing is sealed without it.
    pub database_sealer_url: Option<SecretString>,
    /// `HEALTHCARE_SEAL_KEY`: the file of the Ed25519 key that seals; `seal.key` in the data directory if absent.
    pub seal_key: PathBuf,
    /// `HEALTHCARE_ANCHOR_FILE`: where anchors are appended; `anchors.ndjson` in the data directory if absent. It belongs
    /// on another machine's disk.
    pub anchor_file: PathBuf,
    /// `HEALTHCARE_ANCHOR_URL`: where anchors are posted as well.
    pub anchor_url: Option<String>,
    /// `KEYS_DATABASE_URL`: the key vault as the application's role.
    pub keys_database_url: Option<SecretString>,
    /// `KEYS_DATABASE_OWNER_URL`: the key vault as its owner.
    pub keys_database_owner_url: Option<SecretString>,
    /// `KAFKA_BROKERS`: the event backbone; in process if absent.
    pub kafka_brokers: Option<String>,
    /// `HEALTHCARE_GRACE_DAYS`, `HEALTHCARE_BREAK_GLASS_MINUTES`: how long a care relationship goes on after a discharge,
    /// and how long a break-glass grant lasts.
    pub access_policy: AccessPolicy,
    /// `REDIS_URL`: the cache that nodes share; in process if absent.
    pub redis_url: Option<SecretString>,
    /// `HEALTHCARE_SECOND_FACTOR`: `required` of all of the staff (the default), or `optional`.
    pub second_factor: SecondFactorPolicy,
    /// How patients are numbered, and which pathways there are.
    pub patients: PatientSettings,
    /// How the HTTP surface is bounded.
    pub surface: SurfaceSettings,
    /// Single sign-on, where it is configured.
    pub oidc: Option<OidcSettings>,
    /// How other systems may ask our decision support.
    pub cds_hooks: CdsHooksConfig,
    /// `HEALTHCARE_KNOWLEDGE`: the folder of what the site lays over the shipped knowledge of decision support.
    pub knowledge: Option<PathBuf>,
}

/// The environment as it is written.
#[derive(Deserialize)]
struct Raw {
    healthcare_port: Option<u16>,
    healthcare_metrics_port: Option<u16>,
    healthcare_bind: Option<IpAddr>,
    healthcare_data_dir: Option<PathBuf>,
    healthcare_time_zone: Option<String>,
    healthcare_second_factor: Option<SecondFactorPolicy>,
    database_url: Option<SecretString>,
    database_owner_url: Option<SecretString>,
    database_sealer_url: Option<SecretString>,
    healthcare_seal_key: Option<PathBuf>,
    healthcare_anchor_file: Option<PathBuf>,
    healthcare_anchor_url: Option<String>,
    keys_database_url: Option<SecretString>,
    keys_database_owner_url: Option<SecretString>,
    kafka_brokers: Option<String>,
    healthcare_grace_days: Option<u16>,
    healthcare_break_glass_minutes: Option<u16>,
    redis_url: Option<SecretString>,
    healthcare_knowledge: Option<PathBuf>,
}

/// A setting that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A value is not of its type.
    #[error("a setting cannot be read: {0}")]
    Unreadable(#[from] config::ConfigError),
    /// There is no such time zone.
    #[error("HEALTHCARE_TIME_ZONE: {0:?} is no zone of the IANA database, e.g. Europe/Zurich")]
    NoSuchZone(String),
    /// One of the HTTP surface.
    #[error(transparent)]
    Surface(#[from] SurfaceError),
    /// A grant that lasts no time or longer than a day.
    #[error("HEALTHCARE_BREAK_GLASS_MINUTES is 1 to 1440")]
    BreakGlass,
    /// One about patients.
    #[error(transparent)]
    Patients(#[from] PatientSettingsError),
    /// One of single sign-on.
    #[error(transparent)]
    SingleSignOn(#[from] SsoSettingsError),
    /// One of CDS Hooks.
    #[error(transparent)]
    CdsHooks(#[from] CdsHooksConfigError),
    /// Half of a pair.
    #[error("{0} is set, so {1} must be set too")]
    Alone(&'static str, &'static str),
}

impl Settings {
    /// The defaults over a data directory: everything embedded.
    pub fn embedded(data_dir: PathBuf) -> Self {
        Self {
            port: 8080,
            metrics_port: 9090,
            bind: IpAddr::from([127, 0, 0, 1]),
            seal_key: data_dir.join("seal.key"),
            anchor_file: data_dir.join("anchors.ndjson"),
            anchor_url: None,
            database_sealer_url: None,
            data_dir,
            time_zone: chrono_tz::UTC,
            second_factor: SecondFactorPolicy::default(),
            database_url: None,
            database_owner_url: None,
            keys_database_url: None,
            keys_database_owner_url: None,
            kafka_brokers: None,
            access_policy: AccessPolicy::default(),
            redis_url: None,
            patients: PatientSettings::default(),
            surface: SurfaceSettings::default(),
            oidc: None,
            cds_hooks: CdsHooksConfig::default(),
            knowledge: None,
        }
    }

    /// Reads the environment.
    ///
    /// # Errors
    /// When a value is not of its type, names no time zone, or lacks the one it goes with.
    pub fn from_env() -> Result<Self, SettingsError> {
        let environment = config::Environment::default().try_parsing(false).ignore_empty(true);
        let environment = config::Config::builder().add_source(environment).build()?;
        let surface = SurfaceSettings::read(&environment)?;
        let patients = PatientSettings::read(&environment)?;
        let oidc = read_settings(&environment)?;
        let cds_hooks = CdsHooksConfig::read(&environment)?;
        let raw: Raw = environment.try_deserialize()?;
        if raw.database_url.is_some() && raw.keys_database_url.is_none() {
            return Err(SettingsError::Alone("DATABASE_URL", "KEYS_DATABASE_URL"));
        }
        let zone = raw.healthcare_time_zone.unwrap_or_else(|| "UTC".into());
        let defaults = Self::embedded(raw.healthcare_data_dir.unwrap_or_else(embedded::default_data_dir));
        let mut access_policy = defaults.access_policy;
        if let Some(days) = raw.healthcare_grace_days {
            access_policy.grace = Duration::days(days.into());
        }
        if let Some(minutes) = raw.healthcare_break_glass_minutes {
            if !(1..=1440).contains(&minutes) {
                return Err(SettingsError::BreakGlass);
            }
            access_policy.break_glass = Duration::minutes(minutes.into());
        }
        Ok(Self {
            access_policy,
            port: raw.healthcare_port.unwrap_or(defaults.port),
            metrics_port: raw.healthcare_metrics_port.unwrap_or(defaults.metrics_port),
            bind: raw.healthcare_bind.unwrap_or(defaults.bind),
            data_dir: defaults.data_dir,
            second_factor: raw.healthcare_second_factor.unwrap_or_default(),
            time_zone: zone.parse().map_err(|_| SettingsError::NoSuchZone(zone))?,
            database_url: raw.database_url,
            database_owner_url: raw.database_owner_url,
            database_sealer_url: raw.database_sealer_url,
            seal_key: raw.healthcare_seal_key.unwrap_or(defaults.seal_key),
            anchor_file: raw.healthcare_anchor_file.unwrap_or(defaults.anchor_file),
            anchor_url: raw.healthcare_anchor_url,
            keys_database_url: raw.keys_database_url,
            keys_database_owner_url: raw.keys_database_owner_url,
            kafka_brokers: raw.kafka_brokers,
            redis_url: raw.redis_url,
            patients,
            surface,
            oidc,
            cds_hooks,
            knowledge: raw.healthcare_knowledge,
        })
    }
}
