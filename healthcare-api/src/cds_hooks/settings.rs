//! The settings of CDS Hooks.

use serde::Deserialize;

use crate::surface::{Origin, OriginError};

/// Whether clients have to say who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClientPolicy {
    /// Whoever shows no token of a registered client is refused.
    Required,
    /// Whoever shows no token is answered on what they send alone: never by our record, never by a FHIR server. For
    /// demonstrations and development.
    Optional,
}

/// Which pages of other origins may ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origins {
    /// Every one.
    Any,
    /// These.
    Listed(Vec<Origin>),
}

/// How other systems may ask.
#[derive(Debug, Clone)]
pub struct CdsHooksConfig {
    /// `HEALTHCARE_CDS_HOOKS_BASE`: this server as clients reach it, e.g. `https://cds.example.org`: what their tokens are
    /// for. The address it listens on if absent.
    pub base: Option<String>,
    /// `HEALTHCARE_CDS_HOOKS_CLIENTS`: `required` (the default) or `optional` (the default of `serve --demo`).
    pub clients: Option<ClientPolicy>,
    /// `HEALTHCARE_CDS_HOOKS_ORIGINS`: pages that may ask, separated by commas, or `*`; none by default.
    pub origins: Origins,
}

impl Default for CdsHooksConfig {
    fn default() -> Self {
        Self { base: None, clients: None, origins: Origins::Listed(vec![]) }
    }
}

/// The environment as it is written.
#[derive(Deserialize)]
struct Raw {
    healthcare_cds_hooks_base: Option<String>,
    healthcare_cds_hooks_clients: Option<ClientPolicy>,
    healthcare_cds_hooks_origins: Option<String>,
}

/// A setting of CDS Hooks that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CdsHooksConfigError {
    /// A value is not of its type.
    #[error("a setting cannot be read: {0}")]
    Unreadable(#[from] config::ConfigError),
    /// The base is none.
    #[error("HEALTHCARE_CDS_HOOKS_BASE: an address such as https://cds.example.org is expected")]
    Base,
    /// An origin is none.
    #[error("HEALTHCARE_CDS_HOOKS_ORIGINS: {0}")]
    Origin(#[from] OriginError),
}

impl CdsHooksConfig {
    /// Reads them from the environment.
    ///
    /// # Errors
    /// When a value is not of its type.
    pub fn read(environment: &config::Config) -> Result<Self, CdsHooksConfigError> {
        let raw: Raw = environment.clone().try_deserialize()?;
        let base = raw.healthcare_cds_hooks_base.map(|base| base.trim_end_matches('/').to_owned());
        let is_web = |base: &String| {
            let rest = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://"));
            rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(['?', '#', '@', ' ']))
        };
        if base.as_ref().is_some_and(|base| !is_web(base)) {
            return Err(CdsHooksConfigError::Base);
        }
        let origins = match raw.healthcare_cds_hooks_origins.as_deref().map(str::trim) {
            Some("*") => Origins::Any,
            listed => {
                let all = listed.unwrap_or_default().split(',').map(str::trim).filter(|one| !one.is_empty());
                Origins::Listed(all.map(str::parse).collect::<Result<_, _>>()?)
            }
        };
        Ok(Self { base, clients: raw.healthcare_cds_hooks_clients, origins })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(of: &[(&str, &str)]) -> Result<CdsHooksConfig, CdsHooksConfigError> {
        let environment = of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let source = config::Environment::default().source(Some(environment));
        CdsHooksConfig::read(&config::Config::builder().add_source(source).build().unwrap())
    }

    #[test]
    fn clients_say_who_they_are_unless_the_house_says_otherwise() {
        let defaults = read(&[]).unwrap();
        assert_eq!((defaults.clients, defaults.origins), (None, Origins::Listed(vec![])));
        let some = read(&[
            ("HEALTHCARE_CDS_HOOKS_BASE", "https://cds.example.org/"),
            ("HEALTHCARE_CDS_HOOKS_CLIENTS", "optional"),
            ("HEALTHCARE_CDS_HOOKS_ORIGINS", "*"),
        ]);
        let some = some.unwrap();
        assert_eq!(some.base.as_deref(), Some("https://cds.example.org"));
        assert_eq!((some.clients, some.origins), (Some(ClientPolicy::Optional), Origins::Any));
        for (name, value) in [
            ("HEALTHCARE_CDS_HOOKS_BASE", "cds.example.org"),
            ("HEALTHCARE_CDS_HOOKS_CLIENTS", "none"),
            ("HEALTHCARE_CDS_HOOKS_ORIGINS", "https://*.example.org"),
        ] {
            assert!(read(&[(name, value)]).is_err(), "{name}");
        }
    }
}
