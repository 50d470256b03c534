//! Systems that ask our decision support by CDS Hooks: who they are, by which keys they are known, which FHIR servers may
//! be asked for them, and under which system they name patients whom we know too.

mod keep;
#[cfg(test)]
mod properties;
mod registration;

pub use registration::{FhirServer, RecordAccess, Registration};

use serde::{Deserialize, Serialize};

use crate::{Event, EventSourced, StreamType, id::CdsClientId};

/// The state of a client.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum CdsClient {
    /// Not known.
    #[default]
    Unregistered,
    /// It may ask.
    Registered(Box<Registration>),
    /// It may no longer ask; its identity is not given again.
    Removed,
}

/// What can happen to a client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum CdsClientEvent {
    /// It was registered.
    CdsClientRegistered {
        /// As what.
        registration: Box<Registration>,
    },
    /// It was described anew.
    CdsClientChanged {
        /// As what, from now on.
        registration: Box<Registration>,
    },
    /// It may no longer ask.
    CdsClientRemoved,
}

/// Why a decision about a client is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CdsClientError {
    /// There is none.
    #[error("there is no such client")]
    Unregistered,
    /// It is known already.
    #[error("the client is registered already")]
    AlreadyRegistered,
    /// It is called nothing, or by more than 100 characters.
    #[error("a client has a name of 1 to 100 characters")]
    Unnamed,
    /// Its tokens could not be told from others.
    #[error("an issuer is 1 to 255 characters without blanks, as `iss` of the client's tokens has it")]
    BadIssuer,
    /// There are no keys, or two places to look for them.
    #[error("a client has its keys either here (`jwks`) or at its own address (`jwks_url`)")]
    NoKeys,
    /// The keys are none that a client's token may be signed with.
    #[error("a key set has 1 to 20 public keys for ES384 or RS384, each with a `kid` of its own")]
    BadKeys,
    /// Something in it is a secret.
    #[error("a key set holds public keys alone")]
    PrivateKey,
    /// An address is not one that may be asked.
    #[error("an address is https, without user, query or fragment (http only on the loopback interface)")]
    BadUrl,
    /// More than 20 servers.
    #[error("a client has at most 20 FHIR servers")]
    TooManyServers,
    /// A system of identifiers is none.
    #[error("a system of identifiers is a URI of 1 to 255 characters")]
    BadSystem,
}

impl Event for CdsClientEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::CdsClientRegistered { .. } => "decision.client.registered",
            Self::CdsClientChanged { .. } => "decision.client.changed",
            Self::CdsClientRemoved => "decision.client.removed",
        }
    }
    // FHIR knows where a system is reached as its endpoint.
    fn fhir_type(&self) -> &'static str {
        "Endpoint"
    }
}

impl EventSourced for CdsClient {
    type Id = CdsClientId;
    type Event = CdsClientEvent;
    type Error = CdsClientError;
    const STREAM: StreamType = StreamType::CdsClient;

    fn apply(&mut self, event: &CdsClientEvent) {
        *self = match event {
            CdsClientEvent::CdsClientRegistered { registration }
            | CdsClientEvent::CdsClientChanged { registration } => Self::Registered(registration.clone()),
            CdsClientEvent::CdsClientRemoved => Self::Removed,
        };
    }
}

impl CdsClient {
    /// What is known of it, while it may ask.
    pub fn registration(&self) -> Option<&Registration> {
        match self {
            Self::Registered(registration) => Some(registration),
            Self::Unregistered | Self::Removed => None,
        }
    }
}
