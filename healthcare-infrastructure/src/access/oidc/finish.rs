//! Signs in who the issuer has answered for.

use chrono::{DateTime, Utc};
use healthcare_application::access::Strength;

use super::{
    Answer, AtIssuer, OidcSettings, SingleSignOn, SsoError,
    id_token::{self, Claims, Expected},
    link::Person,
};
use crate::{
    access::{Origin, Tokens, session::AtProvider, token},
    database::unavailable,
};

impl SingleSignOn {
    /// Takes the issuer's answer. `browser` is what [`super::Begun`] gave the browser to keep. An answer is taken once,
    /// whatever comes of it.
    ///
    /// # Errors
    /// When the answer is not to a sign-in of this browser, the person has no account that may sign in, or the issuer or
    /// the database does not answer.
    pub async fn finish(&self, answer: Answer, browser: Option<&str>, origin: &Origin) -> Result<Tokens, SsoError> {
        let sql =
            "delete from auth.oidc_login where state_hash = $1 returning browser_hash, nonce, verifier, expires_at";
        let state = token::digest(&answer.state).to_vec();
        let row = self.db.get().await?.query_opt(sql, &[&state]).await.map_err(unavailable)?;
        let row = row.ok_or(SsoError::Refused("its state is not known, or was used"))?;
        let (kept, nonce, verifier): (Vec<u8>, String, String) = (row.get(0), row.get(1), row.get(2));
        let now = self.clock.now();
        if row.get::<_, DateTime<Utc>>(3) <= now {
            return Err(SsoError::Refused("it came too late"));
        }
        if browser.map(|browser| token::digest(browser).to_vec()) != Some(kept) {
            return Err(SsoError::Refused("another browser began it"));
        }
        let metadata = self.provider.metadata().await?;
        let must_say_who = metadata.authorization_response_iss_parameter_supported;
        match answer.iss.as_deref() {
            None if must_say_who => return Err(SsoError::Refused("it does not say who answers")),
            Some(iss) if iss != self.settings.issuer => return Err(SsoError::Refused("another issuer answers")),
            Some(_) | None => {}
        }
        let code = answer.code.filter(|_| answer.error.is_none());
        let code = code.ok_or(SsoError::Refused("the issuer did not let the person in"))?;
        let exchanged = self.provider.exchange(&code, &verifier, &self.redirect_uri()).await?;
        let header = id_token::header(&exchanged.id_token)?;
        let key = self.provider.key(header.kid.as_deref()).await?;
        let (issuer, client_id) = (self.settings.issuer.as_str(), self.settings.client_id.as_str());
        let expected = Expected { issuer, client_id, nonce: &nonce, now };
        let claims = id_token::verify(&exchanged.id_token, &header, &key, &expected)?;
        let Person { account, linked } = self.account_of(&claims).await?;
        let issued_at = DateTime::from_timestamp(claims.iat, 0).unwrap_or(now);
        let (subject, sid) = (claims.sub.as_str(), claims.sid.as_deref());
        let at_provider = AtProvider { issuer, subject, sid, issued_at };
        let strength = strength(&self.settings, &claims, now);
        let required = self.access.policy.requires(account.role);
        if !is_strong_enough(strength, required, self.settings.second_factor) {
            return Err(SsoError::SecondFactorNeeded(account.id));
        }
        // Who is not let in has not come.
        if !linked {
            self.link(subject, account.id).await?;
        }
        let opened = self.access.open_session_from(account.id, strength, origin, Some(&at_provider)).await?;
        opened.ok_or(SsoError::NoAccount("the account is disabled, or its session at the issuer has ended"))
    }
}

/// Whether a session may be opened: where the role needs a second factor, single sign-on is no way around it.
fn is_strong_enough(strength: Strength, required: bool, told: AtIssuer) -> bool {
    match strength {
        Strength::SecondFactor { .. } => true,
        Strength::Password => !required || told == AtIssuer::Assumed,
    }
}

/// How surely the issuer knows who it is. When a second factor was shown is what it says of the sign-in there: an old
/// session at the issuer is no step-up here.
fn strength(settings: &OidcSettings, claims: &Claims, now: DateTime<Utc>) -> Strength {
    if !claims.amr.iter().chain(&claims.acr).any(|said| settings.strong.contains(said)) {
        return Strength::Password;
    }
    match claims.auth_time.and_then(|at| DateTime::from_timestamp(at, 0)) {
        Some(at) => Strength::SecondFactor { at: at.min(now) },
        // It does not say when: not lately enough for a step-up.
        None => Strength::SecondFactor { at: DateTime::UNIX_EPOCH },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// SECURITY 10: who needs a second factor has none by single sign-on unless the issuer tells of it, or the house says
    /// that it asks for one.
    #[test]
    fn a_second_factor_is_needed_through_the_issuer_as_well() {
        let (strong, weak) = (Strength::SecondFactor { at: DateTime::UNIX_EPOCH }, Strength::Password);
        assert!(is_strong_enough(strong, true, AtIssuer::Told));
        assert!(!is_strong_enough(weak, true, AtIssuer::Told));
        assert!(is_strong_enough(weak, true, AtIssuer::Assumed));
        assert!(is_strong_enough(weak, false, AtIssuer::Told));
    }

    #[test]
    fn what_the_issuer_says_of_the_sign_in_decides_how_strong_it_is() {
        let settings =
            OidcSettings::new("https://a.example", "hc", "s".to_owned().into(), "https://b.example").unwrap();
        let now = DateTime::from_timestamp(1_000, 0).unwrap();
        let of = |more: serde_json::Value| {
            let mut claims = json!({ "sub": "1", "exp": 1, "iat": 1, "aud": "hc" });
            claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            strength(&settings, &serde_json::from_value(claims).unwrap(), now)
        };
        assert_eq!(of(json!({})), Strength::Password);
        assert_eq!(of(json!({ "amr": ["pwd"], "auth_time": 990 })), Strength::Password);
        let at = DateTime::from_timestamp(990, 0).unwrap();
        assert_eq!(of(json!({ "amr": ["pwd", "otp"], "auth_time": 990 })), Strength::SecondFactor { at });
        assert_eq!(of(json!({ "acr": "mfa", "auth_time": 9_999 })), Strength::SecondFactor { at: now });
        assert_eq!(of(json!({ "amr": ["mfa"] })), Strength::SecondFactor { at: DateTime::UNIX_EPOCH });
    }
}
