//! Who asks, and with which request.

use std::{collections::BTreeSet, net::IpAddr};

use chrono::{DateTime, Utc};
use healthcare_domain::id::{AccountId, DeviceId, PatientId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ByGrant, Permission, Purpose, Role};

/// How surely it is known who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// One factor: a password, a client's secret.
    Password,
    /// A password and something the person has.
    SecondFactor {
        /// When the second factor was last shown. What is asked of a step-up is how long ago that was.
        at: DateTime<Utc>,
    },
}

/// An authenticated account, or the system itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The account.
    pub account: AccountId,
    /// What it is in the house.
    pub role: Role,
    /// The patient an account of role `patient` belongs to.
    pub patient: Option<PatientId>,
    /// The one device an account of role `device` belongs to, whose readings alone it may submit. None for a gateway,
    /// which submits for every device behind it.
    pub device: Option<DeviceId>,
    /// The session it signed in with: all that came of one sign-in, which ends as a whole. None for what has no session.
    pub session: Option<Uuid>,
    /// What a program showed to get its token: a secret, or the binding of a certificate. What it got by that ends with
    /// it. None for a person.
    pub credential: Option<Uuid>,
    /// How surely it is known who it is.
    pub strength: Strength,
    /// What a program may at the most, within its role. None for a person, who may what the role may.
    pub scopes: Option<BTreeSet<Permission>>,
    /// Whether it is the system acting on its own: rules, timers, imports.
    pub system: bool,
}

impl Actor {
    /// An account in a role, bound to nothing and without a session.
    pub fn of(account: AccountId, role: Role) -> Self {
        let strength = Strength::Password;
        Self {
            account,
            role,
            patient: None,
            device: None,
            session: None,
            credential: None,
            strength,
            scopes: None,
            system: false,
        }
    }

    /// Whether it may do something: its role may, and a program was given that scope too.
    pub fn may(&self, permission: Permission) -> bool {
        self.role.may(permission) && self.scopes.as_ref().is_none_or(|scopes| scopes.contains(&permission))
    }

    /// Whether it is somebody who waits for an answer, and not a program, a device or the system itself.
    pub fn is_person(&self) -> bool {
        !self.system && self.scopes.is_none() && self.role != Role::Device
    }

    /// The system acting on its own, e.g. an escalation. It may do what its workers do; nobody can sign in as it.
    pub fn system() -> Self {
        Self { system: true, ..Self::of(AccountId(Uuid::nil()), Role::Admin) }
    }
}

/// One request of an actor, with what makes it repeatable and traceable.
#[derive(Debug, Clone)]
pub struct Call {
    /// Who asks.
    pub actor: Actor,
    /// For what the record is used.
    pub purpose: Purpose,
    /// From where, as far as it is known.
    pub address: Option<IpAddr>,
    /// By which route: the method and the path, with the names of its parameters in place of their values.
    pub resource: Option<String>,
    /// The request, as it appears in logs and errors.
    pub request_id: Uuid,
    /// W3C trace context, carried into the event's metadata.
    pub traceparent: Option<String>,
    /// Makes a repeat of the same command answer as the first did.
    pub idempotency: Option<Idempotency>,
    /// The version the caller has seen (`If-Match`).
    pub if_match: Option<i32>,
    /// Whom a break-glass grant alone lets this call see in lists and live.
    pub by_grant: ByGrant,
}

/// An `Idempotency-Key` with the hash of the request it came with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// The key the client chose.
    pub key: String,
    /// SHA-256 over method, path and body.
    pub request_hash: Vec<u8>,
}

impl Call {
    /// A call of the system itself.
    pub fn system(request_id: Uuid) -> Self {
        Self::of(Actor::system(), request_id)
    }

    /// A plain call of an actor: for its usual purpose, from nowhere in particular, once, whatever the version.
    pub fn of(actor: Actor, request_id: Uuid) -> Self {
        let purpose = Purpose::usual(&actor);
        Self {
            actor,
            purpose,
            address: None,
            resource: None,
            request_id,
            traceparent: None,
            idempotency: None,
            if_match: None,
            by_grant: ByGrant::default(),
        }
    }
}
