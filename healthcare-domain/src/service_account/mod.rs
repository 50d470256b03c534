//! Accounts of programs: integrations, gateways, devices. Each is one program's own; nobody signs in as one with a
//! password.

mod change;
mod create;
#[cfg(test)]
mod properties;

pub use create::NewServiceAccount;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Event, EventSourced, StreamType,
    id::{DeviceId, ServiceAccountId},
    text::Remark,
};

/// How many secrets may be valid at once: the one in use, and the one that is being rolled out.
pub const SECRETS_AT_ONCE: usize = 2;

/// The state of a service account.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum ServiceAccount {
    /// Not known.
    #[default]
    Uncreated,
    /// It may ask for tokens.
    Enabled(Details),
    /// It may not.
    Disabled(Details),
}

/// What is known of a service account.
#[derive(Debug, Clone, PartialEq)]
pub struct Details {
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// The role in whose bounds it acts.
    pub role: String,
    /// What it may at the most, by the names of permissions.
    pub scopes: BTreeSet<String>,
    /// The one device it speaks for.
    pub device: Option<DeviceId>,
    /// Its secrets, and until when each is valid. What the secrets are is kept nowhere.
    pub secrets: BTreeMap<Uuid, DateTime<Utc>>,
    /// SHA-256 of the client certificate it may show instead of a secret, in hexadecimal.
    pub certificate: Option<String>,
    /// By what the tokens are known that it got by showing that certificate.
    pub binding: Option<Uuid>,
}

/// What can happen to a service account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum ServiceAccountEvent {
    /// It was made.
    ServiceAccountCreated {
        /// What it is called.
        name: String,
        /// What it is for.
        purpose: String,
        /// The role in whose bounds it acts.
        role: String,
        /// What it may at the most.
        scopes: BTreeSet<String>,
        /// The one device it speaks for.
        device: Option<DeviceId>,
    },
    /// It was given a secret.
    ServiceSecretIssued {
        /// Which.
        secret: Uuid,
        /// Until when it is valid.
        expires_at: DateTime<Utc>,
    },
    /// A secret was taken back.
    ServiceSecretRevoked {
        /// Which.
        secret: Uuid,
    },
    /// It may show a certificate from now on, or none any more.
    ServiceCertificateBound {
        /// SHA-256 of the certificate, in hexadecimal.
        sha256: Option<String>,
        /// By what tokens are known that are got with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        binding: Option<Uuid>,
        /// The binding that ended with it, and the tokens that were got by that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ended: Option<Uuid>,
    },
    /// It may no longer ask for tokens; those it has end.
    ServiceAccountDisabled {
        /// Why.
        reason: Remark,
    },
    /// It may again.
    ServiceAccountEnabled {
        /// Why.
        reason: Remark,
    },
}

/// Why a decision about a service account is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ServiceAccountError {
    /// There is none.
    #[error("there is no such service account")]
    Uncreated,
    /// It is known already.
    #[error("the service account exists already")]
    AlreadyCreated,
    /// It is called nothing.
    #[error("a service account has a name and a purpose")]
    Unnamed,
    /// It may do nothing.
    #[error("a service account has at least one scope")]
    NoScope,
    /// A scope is more than its role may, or is a person's to decide.
    #[error("a scope is not one that a program of this role may have")]
    ScopeTooWide,
    /// Two are valid.
    #[error("two secrets are valid; revoke one first")]
    TwoSecrets,
    /// The end lies in the past or more than 400 days ahead.
    #[error("a secret is valid for 1 to 400 days")]
    BadExpiry,
    /// There is no such secret.
    #[error("the service account has no such secret")]
    NoSuchSecret,
    /// It is none.
    #[error("a fingerprint is SHA-256 in 64 hexadecimal digits")]
    BadFingerprint,
    /// It is disabled.
    #[error("the service account is disabled")]
    Disabled,
    /// It is not disabled.
    #[error("the service account is not disabled")]
    NotDisabled,
}

impl Event for ServiceAccountEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::ServiceAccountCreated { .. } => "access.service-account.created",
            Self::ServiceSecretIssued { .. } => "access.service-account.secret-issued",
            Self::ServiceSecretRevoked { .. } => "access.service-account.secret-revoked",
            Self::ServiceCertificateBound { .. } => "access.service-account.certificate-bound",
            Self::ServiceAccountDisabled { .. } => "access.service-account.disabled",
            Self::ServiceAccountEnabled { .. } => "access.service-account.enabled",
        }
    }
    // FHIR knows a program as a device.
    fn fhir_type(&self) -> &'static str {
        "Device"
    }
}

impl EventSourced for ServiceAccount {
    type Id = ServiceAccountId;
    type Event = ServiceAccountEvent;
    type Error = ServiceAccountError;
    const STREAM: StreamType = StreamType::ServiceAccount;

    fn apply(&mut self, event: &ServiceAccountEvent) {
        use ServiceAccountEvent as E;
        if let E::ServiceAccountCreated { name, purpose, role, scopes, device } = event {
            *self = Self::Enabled(Details {
                name: name.clone(),
                purpose: purpose.clone(),
                role: role.clone(),
                scopes: scopes.clone(),
                device: *device,
                secrets: BTreeMap::new(),
                certificate: None,
                binding: None,
            });
            return;
        }
        let (Self::Enabled(details) | Self::Disabled(details)) = self else { return };
        match event {
            E::ServiceAccountCreated { .. } => {}
            E::ServiceSecretIssued { secret, expires_at } => {
                details.secrets.insert(*secret, *expires_at);
            }
            E::ServiceSecretRevoked { secret } => {
                details.secrets.remove(secret);
            }
            E::ServiceCertificateBound { sha256, binding, ended: _ } => {
                details.certificate.clone_from(sha256);
                details.binding = *binding;
            }
            E::ServiceAccountDisabled { .. } => *self = Self::Disabled(details.clone()),
            E::ServiceAccountEnabled { .. } => *self = Self::Enabled(details.clone()),
        }
    }
}

impl ServiceAccount {
    /// What is known of it, unless it was never made.
    pub fn details(&self) -> Option<&Details> {
        match self {
            Self::Uncreated => None,
            Self::Enabled(details) | Self::Disabled(details) => Some(details),
        }
    }

    /// What is known of it, while it may ask for tokens: the one check of every way in.
    pub fn active(&self) -> Option<&Details> {
        match self {
            Self::Enabled(details) => Some(details),
            Self::Uncreated | Self::Disabled(_) => None,
        }
    }
}

impl Details {
    /// Whether a secret is valid at a time.
    pub fn takes_secret(&self, secret: Uuid, at: DateTime<Utc>) -> bool {
        self.secrets.get(&secret).is_some_and(|expires_at| at < *expires_at)
    }

    /// Whether a certificate of this fingerprint is its own.
    pub fn takes_certificate(&self, sha256: &str) -> bool {
        self.certificate.as_deref() == Some(sha256)
    }
}
