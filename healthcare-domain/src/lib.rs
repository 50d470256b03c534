//! The clinical record: what may be decided about a patient, an order, an alert, and what was decided.
//!
//! Everything here is pure. An aggregate is the fold of its events; a decision reads the state and answers with
//! new events or with the reason why not. Time, identity and facts from elsewhere are passed in.

pub mod account;
pub mod alarm_limits;
pub mod alert;
pub mod allergy;
pub mod break_glass;
pub mod by_name;
pub mod care_team;
pub mod cds_client;
pub mod code;
pub mod consent;
pub mod device;
pub mod encounter;
pub mod entry;
pub mod event;
pub mod id;
pub mod identity;
pub mod lifetime;
pub mod medication;
pub mod note;
pub mod observation;
pub mod partial_date;
pub mod party;
pub mod patient;
pub mod plan;
pub mod problem;
pub mod quantity;
pub mod reference;
pub mod rule;
pub mod scheduling;
pub mod score;
pub mod service_account;
pub mod signing;
pub mod suggestion;
#[cfg(test)]
mod taken;
pub mod template;
pub mod text;
pub mod vitals;
pub mod ward;

pub use event::{AnyState, DomainEvent, StreamType};

/// An aggregate: the fold of one stream of events. The default is the state before the first event.
pub trait EventSourced: Default + Clone + Send + Sync + Into<AnyState> + 'static {
    /// The typed identity of the stream.
    type Id: Copy + Send + Sync + Into<uuid::Uuid> + From<uuid::Uuid>;
    /// What can have happened to it.
    type Event: Clone + Send + Sync + Into<DomainEvent> + TryFrom<DomainEvent>;
    /// Why a decision is refused. Business reasons only.
    type Error: std::error::Error + Send + Sync + 'static;
    /// The kind of stream.
    const STREAM: StreamType;
    /// Takes one event into the state. Total: an event that happened is never refused.
    fn apply(&mut self, event: &Self::Event);

    /// The state after `events`.
    fn fold<'a>(events: impl IntoIterator<Item = &'a Self::Event>) -> Self
    where
        Self::Event: 'a,
    {
        let mut state = Self::default();
        for event in events {
            state.apply(event);
        }
        state
    }
}

/// What every event enum can say about its variants.
pub trait Event {
    /// The CloudEvents type, e.g. `patient.allergy.added`.
    fn kind(&self) -> &'static str;
    /// The FHIR R4 resource the event is about.
    fn fhir_type(&self) -> &'static str;
}
