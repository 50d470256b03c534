//! Streams while a batch is applied to them.

use std::{borrow::Cow, collections::HashMap};

use healthcare_application::store::{Change, NewEvent, Recorded, Source};
use healthcare_domain::{AnyState, DomainEvent, StreamType, id::PatientId, medication::MedicationOrderEvent};
use uuid::Uuid;

use crate::fhir::Dated;

/// The streams a batch touches.
#[derive(Default)]
pub struct Working {
    streams: HashMap<Uuid, Stream>,
    /// In the order they were first written to.
    order: Vec<Uuid>,
}

struct Stream {
    state: AnyState,
    expected: i32,
    patient: Option<PatientId>,
    events: Vec<NewEvent>,
    source: Option<Source>,
    ended_here: bool,
}

impl Working {
    /// Takes in what was read of streams that exist.
    pub fn load(&mut self, recorded: Vec<Recorded>) {
        for one in recorded {
            let stream = self.streams.entry(one.stream_id).or_insert_with(|| Stream::empty(one.stream, one.patient));
            stream.state.apply(&one.event);
            stream.expected = one.version;
            if let DomainEvent::MedicationOrder(
                MedicationOrderEvent::MedicationEnded { .. }
                | MedicationOrderEvent::MedicationOrderEnteredInError { .. },
            ) = &one.event
            {
                stream.ended_here = one.meta.source.is_none();
            }
        }
    }

    /// Opens a stream that does not exist yet.
    pub fn open(&mut self, id: Uuid, kind: StreamType) {
        self.streams.entry(id).or_insert_with(|| Stream::empty(kind, None));
    }

    /// The state of a stream, if it was read or opened.
    pub fn known(&self, id: Uuid) -> Option<&AnyState> {
        self.streams.get(&id).map(|stream| &stream.state)
    }

    /// Whether an order was stopped or struck out here, and not at its source.
    pub fn was_ended_here(&self, id: Uuid) -> bool {
        self.streams.get(&id).is_some_and(|stream| stream.ended_here)
    }

    /// The state of a stream; empty if it was not read.
    pub fn state(&self, id: Uuid, kind: StreamType) -> Cow<'_, AnyState> {
        self.known(id).map_or_else(|| Cow::Owned(AnyState::empty(kind)), Cow::Borrowed)
    }

    /// Adds events to a stream.
    pub fn append(
        &mut self,
        id: Uuid,
        kind: StreamType,
        patient: Option<PatientId>,
        events: Vec<Dated>,
        source: Source,
    ) {
        if events.is_empty() {
            return;
        }
        let stream = self.streams.entry(id).or_insert_with(|| Stream::empty(kind, patient));
        stream.patient = patient;
        if stream.events.is_empty() {
            self.order.push(id);
            stream.source = Some(source);
        }
        for Dated { event, times } in events {
            stream.state.apply(&event);
            if let Some(source) = &mut stream.source {
                source.known_at_assumed |= times.assumed;
            }
            let (occurred_at, known_at) = (times.occurred_at, times.known_at);
            stream.events.push(NewEvent { event, occurred_at, known_at });
        }
    }

    /// The changes, in the order they were made.
    pub fn changes(mut self) -> Vec<Change> {
        let change = |id: Uuid| {
            let stream = self.streams.remove(&id)?;
            Some(Change {
                id,
                patient: stream.patient,
                expected: stream.expected,
                events: stream.events,
                state: stream.state,
                source: stream.source,
            })
        };
        self.order.into_iter().filter_map(change).collect()
    }
}

impl Stream {
    fn empty(kind: StreamType, patient: Option<PatientId>) -> Self {
        Self { state: AnyState::empty(kind), expected: 0, patient, events: vec![], source: None, ended_here: false }
    }
}
