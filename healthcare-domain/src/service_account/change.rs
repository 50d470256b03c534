//! What is changed of a service account: its secrets, its certificate, whether it may ask for tokens.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::{Details, SECRETS_AT_ONCE, ServiceAccount, ServiceAccountError, ServiceAccountEvent};
use crate::text::Remark;

/// How long a secret may be valid.
const LONGEST_DAYS: i64 = 400;

type Decided = Result<Vec<ServiceAccountEvent>, ServiceAccountError>;

impl ServiceAccount {
    /// Gives it a secret. Two are valid at a time at most, so that one can be rolled out while the other is in use.
    ///
    /// # Errors
    /// When it is not enabled, has two valid secrets, or the end is not 1 to 400 days after `now`.
    pub fn issue_secret(&self, secret: Uuid, expires_at: DateTime<Utc>, now: DateTime<Utc>) -> Decided {
        let details = self.enabled()?;
        if expires_at <= now || expires_at > now + Duration::days(LONGEST_DAYS) {
            return Err(ServiceAccountError::BadExpiry);
        }
        if details.secrets.keys().filter(|secret| details.takes_secret(**secret, now)).count() >= SECRETS_AT_ONCE {
            return Err(ServiceAccountError::TwoSecrets);
        }
        Ok(vec![ServiceAccountEvent::ServiceSecretIssued { secret, expires_at }])
    }

    /// Takes a secret back.
    ///
    /// # Errors
    /// When it has no such secret.
    pub fn revoke_secret(&self, secret: Uuid) -> Decided {
        let details = self.details().ok_or(ServiceAccountError::Uncreated)?;
        if !details.secrets.contains_key(&secret) {
            return Err(ServiceAccountError::NoSuchSecret);
        }
        Ok(vec![ServiceAccountEvent::ServiceSecretRevoked { secret }])
    }

    /// Lets it show a client certificate instead of a secret, or none any more. What it got by the one before ends;
    /// what it gets by this one is known by `binding`.
    ///
    /// # Errors
    /// When it is not enabled, or the fingerprint is none.
    pub fn bind_certificate(&self, sha256: Option<String>, binding: Uuid) -> Decided {
        let ended = self.enabled()?.binding;
        let sha256 = sha256.map(|text| text.replace(':', "").to_ascii_lowercase());
        if sha256.as_ref().is_some_and(|text| text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit())) {
            return Err(ServiceAccountError::BadFingerprint);
        }
        let binding = sha256.is_some().then_some(binding);
        Ok(vec![ServiceAccountEvent::ServiceCertificateBound { sha256, binding, ended }])
    }

    /// Ends what it may.
    ///
    /// # Errors
    /// When it is not enabled.
    pub fn disable(&self, reason: Remark) -> Decided {
        self.enabled()?;
        Ok(vec![ServiceAccountEvent::ServiceAccountDisabled { reason }])
    }

    /// Lets it ask for tokens again.
    ///
    /// # Errors
    /// When it is not disabled.
    pub fn enable(&self, reason: Remark) -> Decided {
        match self {
            Self::Uncreated => Err(ServiceAccountError::Uncreated),
            Self::Enabled(_) => Err(ServiceAccountError::NotDisabled),
            Self::Disabled(_) => Ok(vec![ServiceAccountEvent::ServiceAccountEnabled { reason }]),
        }
    }

    fn enabled(&self) -> Result<&Details, ServiceAccountError> {
        match self {
            Self::Uncreated => Err(ServiceAccountError::Uncreated),
            Self::Enabled(details) => Ok(details),
            Self::Disabled(_) => Err(ServiceAccountError::Disabled),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EventSourced, service_account::NewServiceAccount};

    fn laboratory() -> ServiceAccount {
        let new = NewServiceAccount {
            name: "Laboratory".into(),
            purpose: "Results of the analysers".into(),
            role: "lab_technician".into(),
            scopes: ["record_result".to_owned()].into(),
            device: None,
        };
        ServiceAccount::fold(&ServiceAccount::Uncreated.create(new).unwrap())
    }

    fn with(mut account: ServiceAccount, events: Vec<ServiceAccountEvent>) -> ServiceAccount {
        events.iter().for_each(|event| account.apply(event));
        account
    }

    #[test]
    fn two_secrets_are_valid_at_a_time() {
        let (now, day) = (DateTime::UNIX_EPOCH, Duration::days(1));
        let (a, b, c) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let account = laboratory();
        let account = with(account.clone(), account.issue_secret(a, now + day, now).unwrap());
        let account = with(account.clone(), account.issue_secret(b, now + day * 30, now).unwrap());
        assert_eq!(account.issue_secret(c, now + day, now), Err(ServiceAccountError::TwoSecrets));
        assert!(account.details().unwrap().takes_secret(a, now));
        // The first has run out: there is room again.
        let later = now + day;
        assert!(!account.details().unwrap().takes_secret(a, later));
        let account = with(account.clone(), account.issue_secret(c, later + day, later).unwrap());
        let account = with(account.clone(), account.revoke_secret(b).unwrap());
        assert!(!account.details().unwrap().takes_secret(b, later));
        assert_eq!(account.revoke_secret(b), Err(ServiceAccountError::NoSuchSecret));
        assert_eq!(account.issue_secret(a, later, later), Err(ServiceAccountError::BadExpiry));
        assert_eq!(account.issue_secret(a, later + day * 401, later), Err(ServiceAccountError::BadExpiry));
    }

    #[test]
    fn a_disabled_one_is_not_active_and_gets_nothing() {
        let account = laboratory();
        let because = || Remark::try_from("retired".to_owned()).unwrap();
        let disabled = with(account.clone(), account.disable(because()).unwrap());
        assert!(disabled.active().is_none() && disabled.details().is_some());
        assert_eq!(disabled.bind_certificate(None, Uuid::nil()), Err(ServiceAccountError::Disabled));
        assert_eq!(disabled.disable(because()), Err(ServiceAccountError::Disabled));
        assert_eq!(account.enable(because()), Err(ServiceAccountError::NotDisabled));
        assert_eq!(with(disabled.clone(), disabled.enable(because()).unwrap()), account);
    }

    #[test]
    fn a_fingerprint_is_taken_as_openssl_writes_it() {
        let account = laboratory();
        let events = account.bind_certificate(Some(["AB"; 32].join(":")), Uuid::from_u128(7)).unwrap();
        assert!(with(account.clone(), events).details().unwrap().takes_certificate(&"ab".repeat(32)));
        assert_eq!(account.bind_certificate(Some("ab".into()), Uuid::nil()), Err(ServiceAccountError::BadFingerprint));
    }
}
