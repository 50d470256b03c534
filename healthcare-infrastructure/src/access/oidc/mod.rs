//! Single sign-on for staff by OpenID Connect: authorization code with PKCE, against one configured issuer. The issuer
//! says who somebody is; whether they may sign in here, and as what, is said here.

mod answer;
mod back_channel;
mod begin;
mod fetch;
mod finish;
mod id_token;
mod link;
mod logout_token;
mod provider;
mod settings;

pub use answer::{Answer, SsoError};
pub(in crate::access) use back_channel::has_ended;
pub use begin::Begun;
pub use settings::{AtIssuer, OidcSettings, OidcSettingsError};

use std::sync::Arc;

use healthcare_application::clock::Clock;

use super::Access;
use crate::database::Database;

/// Single sign-on. Cheap to clone.
#[derive(Clone)]
pub struct SingleSignOn {
    settings: Arc<OidcSettings>,
    provider: Arc<provider::Provider>,
    db: Database,
    access: Access,
    clock: Arc<dyn Clock>,
}

impl SingleSignOn {
    /// Single sign-on at the configured issuer, which is not asked before somebody signs in.
    ///
    /// # Errors
    /// When there can be no HTTP client.
    pub fn new(
        settings: OidcSettings,
        db: Database,
        access: Access,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OidcSettingsError> {
        let settings = Arc::new(settings);
        let provider = Arc::new(provider::Provider::new(settings.clone())?);
        Ok(Self { settings, provider, db, access, clock })
    }

    /// Where the issuer sends people back to.
    fn redirect_uri(&self) -> String {
        format!("{}/api/v1/auth/oidc/callback", self.settings.redirect_base)
    }

    /// Whether the people's browsers come over TLS, so that a cookie can be bound to it.
    pub fn is_secure(&self) -> bool {
        self.settings.redirect_base.starts_with("https://")
    }

    /// Where somebody ends their session at the issuer too, when it has such a place.
    ///
    /// # Errors
    /// When the issuer does not answer.
    pub async fn logout_url(&self) -> Result<Option<String>, SsoError> {
        let metadata = self.provider.metadata().await?;
        let Some(end) = &metadata.end_session_endpoint else { return Ok(None) };
        let mut url = self.provider.trusted(end)?;
        url.query_pairs_mut()
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("post_logout_redirect_uri", &self.settings.redirect_base);
        Ok(Some(url.into()))
    }
}
