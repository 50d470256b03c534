//! Who asks, and with which request.

use std::net::IpAddr;

use healthcare_domain::id::{AccountId, DeviceId, PatientId};
use uuid::Uuid;

use super::{Purpose, Role};

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
    /// Whether it is the system acting on its own: rules, timers, imports.
    pub system: bool,
}

impl Actor {
    /// The system acting on its own, e.g. an escalation. It may do what its workers do; nobody can sign in as it.
    pub fn system() -> Self {
        Self { account: AccountId(Uuid::nil()), role: Role::Admin, patient: None, device: None, system: true }
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
    /// The request, as it appears in logs and errors.
    pub request_id: Uuid,
    /// W3C trace context, carried into the event's metadata.
    pub traceparent: Option<String>,
    /// Makes a repeat of the same command answer as the first did.
    pub idempotency: Option<Idempotency>,
    /// The version the caller has seen (`If-Match`).
    pub if_match: Option<i32>,
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
        Self { actor, purpose, address: None, request_id, traceparent: None, idempotency: None, if_match: None }
    }
}
