//! Sends a browser to the issuer.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use sha2::{Digest, Sha256};

use super::{SingleSignOn, SsoError};
use crate::{access::token, database::unavailable};

/// How long somebody may take at the issuer.
const MINUTES: i64 = 10;

/// A sign-in that has begun.
pub struct Begun {
    /// Where the browser goes.
    pub location: String,
    /// What the browser keeps: only where it began can it end.
    pub browser: String,
    /// Seconds until it has to be over.
    pub expires_in: i64,
}

impl SingleSignOn {
    /// Begins a sign-in.
    ///
    /// # Errors
    /// When the issuer or the database does not answer.
    pub async fn begin(&self) -> Result<Begun, SsoError> {
        let metadata = self.provider.metadata().await?;
        let (state, state_hash) = token::secret();
        let (browser, browser_hash) = token::secret();
        let ((nonce, _), (verifier, _)) = (token::secret(), token::secret());
        let now = self.clock.now();
        let sql = "with over as (delete from auth.oidc_login where expires_at < $5)
                   insert into auth.oidc_login (state_hash, browser_hash, nonce, verifier, expires_at)
                   values ($1, $2, $3, $4, $6)";
        let expires_at = now + Duration::minutes(MINUTES);
        let client = self.db.get().await?;
        client
            .execute(sql, &[&state_hash, &browser_hash, &nonce, &verifier, &now, &expires_at])
            .await
            .map_err(unavailable)?;
        let mut location = self.provider.trusted(&metadata.authorization_endpoint)?;
        location
            .query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", &self.redirect_uri())
            .append_pair("scope", "openid profile email")
            .append_pair("state", &state)
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier)))
            .append_pair("code_challenge_method", "S256");
        Ok(Begun { location: location.into(), browser, expires_in: MINUTES * 60 })
    }
}
