//! What a resource says, held against the state of its stream: the events that are missing.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    AnyState, DomainEvent, Event, EventSourced, StreamType,
    entry::{Content, Entry, EntryError, EntryEvent},
    text::Remark,
};

use super::{
    allergy_intolerance::AllergySaid, appointment::AppointmentSaid, care_plan::PlanSaid, condition::ProblemSaid,
    consent::ConsentSaid, datatypes::Meta, date_time::FhirDateTime, document_reference::NoteSaid,
    encounter::EncounterSaid, medication_request::OrderSaid, observation::ObservationSaid, parse::Refused,
    patient::PatientSaid,
};

/// When something happened and when the hospital knew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// The clinical time.
    pub occurred_at: DateTime<Utc>,
    /// When the hospital knew.
    pub known_at: DateTime<Utc>,
    /// The source does not say when it knew: `known_at` is the clinical time, or for want of one the import's.
    pub assumed: bool,
}

/// The moments a resource offers, in the order they are believed.
#[derive(Debug, Clone, Copy)]
pub struct Moments<'a> {
    /// When it was true.
    pub clinical: Option<DateTime<Utc>>,
    /// When its source wrote it down.
    pub known: Option<FhirDateTime>,
    /// When its source last touched it: the last resort before `now`.
    pub meta: &'a Meta,
    /// The time of the import. Nothing was known later than that.
    pub now: DateTime<Utc>,
}

impl Moments<'_> {
    /// The times of the event they describe.
    pub fn times(self) -> Times {
        let known = self.known.map(|t| t.earliest());
        let touched = || self.meta.last_updated.map(|t| t.earliest());
        let occurred_at = self.clinical.or(known).or_else(touched).unwrap_or(self.now);
        let known_at = known.unwrap_or(occurred_at).min(self.now);
        Times { occurred_at, known_at, assumed: known.is_none() }
    }
}

impl Times {
    /// The times of something that followed at `at` and was, for all we are told, known at once.
    pub fn then(self, at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        let occurred_at = at.unwrap_or(self.occurred_at);
        Self { occurred_at, known_at: occurred_at.max(self.known_at).min(now), assumed: true }
    }
}

/// An event and its times.
#[derive(Debug, Clone, PartialEq)]
pub struct Dated {
    /// What happened.
    pub event: DomainEvent,
    /// When, and when it was known.
    pub times: Times,
}

/// The surroundings of a decision about an imported resource.
#[derive(Debug, Clone, Copy)]
pub struct Import {
    /// The time of the import.
    pub now: DateTime<Utc>,
    /// When the source last changed the resource, if it says so.
    pub changed: Option<DateTime<Utc>>,
}

impl Import {
    /// The times of a correction: true of the same moment, but known only since the source changed it, or since now.
    pub fn correction(&self, of: Times) -> Times {
        let known_at = self.changed.filter(|at| *at > of.known_at).unwrap_or(self.now).min(self.now);
        Times { known_at, assumed: self.changed.is_none(), ..of }
    }
}

/// Gives each event the same times.
pub fn dated<E: Into<DomainEvent>>(events: Vec<E>, times: Times) -> impl Iterator<Item = Dated> {
    events.into_iter().map(move |event| Dated { event: event.into(), times })
}

/// A state that follows its own events while a resource is taken in.
#[derive(Debug)]
pub struct Taking<A> {
    /// The state so far.
    pub state: A,
    /// The events so far.
    pub events: Vec<Dated>,
}

impl<A: EventSourced> Taking<A> {
    /// From a state as it was read.
    pub fn from(state: &A) -> Self {
        Self { state: state.clone(), events: vec![] }
    }

    /// Takes what was decided.
    pub fn take(&mut self, events: Vec<A::Event>, times: Times) {
        for event in &events {
            self.state.apply(event);
        }
        self.events.extend(dated(events, times));
    }
}

/// Our own words as a remark; they are short and never blank.
pub fn remark(words: &str) -> Result<Remark, Refused> {
    Remark::try_from(words.to_owned()).map_err(|_| Refused::at("", "the reason is blank or too long"))
}

/// An entry as its source tells it: step by step what it held, and whether it was struck out.
#[derive(Debug, Clone, PartialEq)]
pub struct EntrySaid<C> {
    /// The contents it had one after the other; the last holds now. Never empty.
    pub steps: Vec<(C, Times)>,
    /// Whether the source marked it as entered in error.
    pub struck: bool,
}

impl<C: Content> EntrySaid<C> {
    /// An entry that was written once.
    pub fn once(content: C, times: Times, struck: bool) -> Self {
        Self { steps: vec![(content, times)], struck }
    }
}

impl<C: Content> EntrySaid<C>
where
    Entry<C>: EventSourced<Event = EntryEvent<C>>,
    EntryEvent<C>: Event,
{
    pub(super) fn decide(&self, state: &Entry<C>, import: &Import) -> Result<Vec<Dated>, Refused> {
        let refused = |error: EntryError| Refused::at("", error.to_string());
        let mut taking = Taking::from(state);
        let Some((last, last_times)) = self.steps.last() else { return Ok(vec![]) };
        match state {
            Entry::Unwritten => {
                for (n, (content, times)) in self.steps.iter().enumerate() {
                    let content = content.clone();
                    let events = if n == 0 { taking.state.record(content) } else { taking.state.amend(content) };
                    taking.take(events.map_err(refused)?, *times);
                }
            }
            Entry::EnteredInError(held) if self.struck && held == last => return Ok(vec![]),
            Entry::Recorded(_) | Entry::EnteredInError(_) => {
                let events = taking.state.amend(last.clone()).map_err(refused)?;
                taking.take(events, import.correction(*last_times));
            }
        }
        if self.struck {
            let times = if *state == Entry::Unwritten { *last_times } else { import.correction(*last_times) };
            let events = taking.state.enter_in_error(remark("marked as entered in error by its source")?);
            taking.take(events.map_err(refused)?, times);
        }
        Ok(taking.events)
    }
}

macro_rules! said {
    ($($name:ident($said:ty);)*) => {
        /// What a resource says, by the kind of stream it goes to.
        #[derive(Debug, Clone, PartialEq)]
        #[expect(missing_docs, reason = "each is named as its stream")]
        #[allow(clippy::large_enum_variant, reason = "handled one at a time")]
        pub enum Said { $($name($said),)* }

        impl Said {
            /// The kind of stream it goes to.
            pub fn stream_type(&self) -> StreamType {
                match self { $(Self::$name(_) => StreamType::$name,)* }
            }

            /// The events that bring `state` to what the resource says; none when it says nothing new.
            ///
            /// # Errors
            /// When the domain refuses it.
            pub fn decide(&self, state: &AnyState, import: &Import) -> Result<Vec<Dated>, Refused> {
                match (self, state) {
                    $((Self::$name(said), AnyState::$name(state)) => said.decide(state, import),)*
                    _ => Err(Refused::at("", "its identity is taken by a record of another kind")),
                }
            }
        }
    };
}

said! {
    Patient(PatientSaid);
    Consent(ConsentSaid);
    Allergy(AllergySaid);
    Problem(ProblemSaid);
    Encounter(EncounterSaid);
    Appointment(AppointmentSaid);
    Observation(ObservationSaid);
    MedicationOrder(OrderSaid);
    Procedure(EntrySaid<healthcare_domain::entry::Procedure>);
    Immunization(EntrySaid<healthcare_domain::entry::Immunization>);
    FamilyHistory(EntrySaid<healthcare_domain::entry::FamilyHistory>);
    Plan(PlanSaid);
    Goal(EntrySaid<healthcare_domain::plan::CareGoal>);
    Note(NoteSaid);
    Report(EntrySaid<healthcare_domain::entry::DiagnosticReport>);
    Practitioner(EntrySaid<healthcare_domain::entry::Practitioner>);
    Organization(EntrySaid<healthcare_domain::entry::Organization>);
    ExternalRecord(EntrySaid<healthcare_domain::entry::ExternalRecord>);
}
