//! Every kind of stream there is, and the one enum that can hold any event. Adding an aggregate is one line here.

use serde::{Deserialize, Serialize};

use crate::{Event, EventSourced};

/// The bytes are not an event of that stream.
#[derive(Debug, thiserror::Error)]
#[error("not an event of a {stream} stream")]
pub struct UnknownEvent {
    stream: &'static str,
}

impl UnknownEvent {
    /// Of this kind of stream.
    pub(crate) const fn of(stream: &'static str) -> Self {
        Self { stream }
    }
}

/// The text names no kind of stream.
#[derive(Debug, thiserror::Error)]
#[error("no such kind of stream")]
pub struct UnknownStream;

macro_rules! streams {
    ($($(#[$doc:meta])* $name:ident = $text:literal : $aggregate:ty, $event:ty;)*) => {
        /// The kinds of stream, one for each aggregate.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum StreamType { $($(#[$doc])* $name,)* }

        impl StreamType {
            /// All of them.
            pub const ALL: &'static [StreamType] = &[$(StreamType::$name),*];

            /// The name it is stored under.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }

        impl std::str::FromStr for StreamType {
            type Err = UnknownStream;
            fn from_str(text: &str) -> Result<Self, UnknownStream> {
                match text { $($text => Ok(Self::$name),)* _ => Err(UnknownStream) }
            }
        }

        /// An event of any aggregate.
        #[derive(Debug, Clone, PartialEq)]
        pub enum DomainEvent { $($(#[$doc])* $name($event),)* }

        impl DomainEvent {
            /// The stream it belongs to.
            pub fn stream_type(&self) -> StreamType {
                match self { $(Self::$name(_) => StreamType::$name,)* }
            }
            /// The CloudEvents type.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$name(e) => e.kind(),)* }
            }
            /// The FHIR R4 resource it is about.
            pub fn fhir_type(&self) -> &'static str {
                match self { $(Self::$name(e) => e.fhir_type(),)* }
            }
            /// The JSON that is stored.
            ///
            /// # Errors
            /// When a value cannot be written as JSON, which no event of ours contains.
            pub fn encode(&self) -> serde_json::Result<Vec<u8>> {
                match self { $(Self::$name(e) => serde_json::to_vec(e),)* }
            }
            /// Reads what [`Self::encode`] wrote.
            ///
            /// # Errors
            /// When the bytes are not an event of that kind of stream.
            pub fn decode(stream: StreamType, bytes: &[u8]) -> serde_json::Result<Self> {
                match stream { $(StreamType::$name => serde_json::from_slice(bytes).map(Self::$name),)* }
            }
        }

        $(
            impl From<$event> for DomainEvent {
                fn from(event: $event) -> Self { Self::$name(event) }
            }
            impl TryFrom<DomainEvent> for $event {
                type Error = UnknownEvent;
                fn try_from(event: DomainEvent) -> Result<Self, UnknownEvent> {
                    match event {
                        DomainEvent::$name(event) => Ok(event),
                        _ => Err(UnknownEvent { stream: $text }),
                    }
                }
            }
            impl From<$aggregate> for AnyState {
                fn from(state: $aggregate) -> Self { Self::$name(state) }
            }
        )*

        /// The state of any aggregate, for what folds streams of every kind: read models, time travel, rebuilds.
        #[derive(Debug, Clone, PartialEq)]
        pub enum AnyState { $($(#[$doc])* $name($aggregate),)* }

        impl AnyState {
            /// The state before the first event of a stream.
            pub fn empty(stream: StreamType) -> Self {
                match stream { $(StreamType::$name => Self::$name(<$aggregate>::default()),)* }
            }
            /// Takes an event in. Answers whether it was of this stream's kind.
            pub fn apply(&mut self, event: &DomainEvent) -> bool {
                match (self, event) {
                    $((Self::$name(state), DomainEvent::$name(event)) => { state.apply(event); true })*
                    _ => false,
                }
            }
            /// The kind of stream it is the state of.
            pub fn stream_type(&self) -> StreamType {
                match self { $(Self::$name(_) => StreamType::$name,)* }
            }
        }
    };
}

streams! {
    /// A person under care.
    Patient = "patient": crate::patient::Patient, crate::patient::PatientEvent;
    /// What a patient consented to.
    Consent = "consent": crate::consent::Consent, crate::consent::ConsentEvent;
    /// Which registrations are one person.
    Identity = "identity": crate::identity::Identity, crate::identity::IdentityEvent;
    /// An allergy, or the statement that there is none.
    Allergy = "allergy": crate::allergy::AllergyRecord, crate::allergy::AllergyEvent;
    /// An entry of the problem list.
    Problem = "problem": crate::problem::ProblemRecord, crate::problem::ProblemEvent;
    /// A visit or stay.
    Encounter = "encounter": crate::encounter::Encounter, crate::encounter::EncounterEvent;
    /// A ward of the house with its rooms.
    Ward = "ward": crate::ward::Ward, crate::ward::WardEvent;
    /// A bed of the house.
    Bed = "bed": crate::ward::Bed, crate::ward::BedEvent;
    /// A set of vital signs charted together.
    Vitals = "vitals": crate::vitals::VitalsSet, crate::vitals::VitalsEvent;
    /// A result or other observation.
    Observation = "observation": crate::observation::ObservationRecord, crate::observation::ObservationEvent;
    /// An order of a medication.
    MedicationOrder = "medication_order": crate::medication::MedicationOrder, crate::medication::MedicationOrderEvent;
    /// A procedure performed.
    Procedure = "procedure": crate::entry::Entry<crate::entry::Procedure>, crate::entry::EntryEvent<crate::entry::Procedure>;
    /// An immunisation given.
    Immunization = "immunization": crate::entry::Entry<crate::entry::Immunization>, crate::entry::EntryEvent<crate::entry::Immunization>;
    /// What is known of the health of a patient's relative.
    FamilyHistory = "family_history": crate::entry::Entry<crate::entry::FamilyHistory>, crate::entry::EntryEvent<crate::entry::FamilyHistory>;
    /// A care plan.
    Plan = "plan": crate::plan::Plan, crate::plan::PlanEvent;
    /// A goal that another system keeps by itself.
    Goal = "goal": crate::entry::Entry<crate::plan::CareGoal>, crate::entry::EntryEvent<crate::plan::CareGoal>;
    /// A clinical note.
    Note = "note": crate::note::Note, crate::note::NoteEvent;
    /// A template of notes or plans.
    Template = "template": crate::template::Template, crate::template::TemplateEvent;
    /// A diagnostic report.
    Report = "report": crate::entry::Entry<crate::entry::DiagnosticReport>, crate::entry::EntryEvent<crate::entry::DiagnosticReport>;
    /// A practitioner.
    Practitioner = "practitioner": crate::entry::Entry<crate::entry::Practitioner>, crate::entry::EntryEvent<crate::entry::Practitioner>;
    /// An organisation.
    Organization = "organization": crate::entry::Entry<crate::entry::Organization>, crate::entry::EntryEvent<crate::entry::Organization>;
    /// A resource kept whole.
    ExternalRecord = "external_record": crate::entry::Entry<crate::entry::ExternalRecord>, crate::entry::EntryEvent<crate::entry::ExternalRecord>;
    /// A bedside device.
    Device = "device": crate::device::Device, crate::device::DeviceEvent;
    /// An alert about a patient.
    Alert = "alert": crate::alert::Alert, crate::alert::AlertEvent;
    /// A suggestion of decision support.
    Suggestion = "suggestion": crate::suggestion::Suggestion, crate::suggestion::SuggestionEvent;
    /// A rule of decision support, with its versions.
    Rule = "rule": crate::rule::Rule, crate::rule::RuleEvent;
    /// Who can sign in.
    Account = "account": crate::account::Account, crate::account::AccountEvent;
    /// An account of a program.
    ServiceAccount = "service_account": crate::service_account::ServiceAccount, crate::service_account::ServiceAccountEvent;
    /// A system that asks our decision support.
    CdsClient = "cds_client": crate::cds_client::CdsClient, crate::cds_client::CdsClientEvent;
    /// Who takes care of a patient.
    CareTeam = "care_team": crate::care_team::CareTeam, crate::care_team::CareTeamEvent;
    /// A record opened without a care relationship.
    BreakGlass = "break_glass": crate::break_glass::BreakGlass, crate::break_glass::BreakGlassEvent;
    /// A score of a patient.
    Score = "score": crate::score::Score, crate::score::ScoreEvent;
    /// A score that was computed and put on record.
    CalculatedScore = "calculated_score": crate::entry::Entry<crate::entry::CalculatedScore>, crate::entry::EntryEvent<crate::entry::CalculatedScore>;
    /// Alarm limits of a vital sign, set for one patient.
    AlarmLimits = "alarm_limits": crate::alarm_limits::AlarmLimits, crate::alarm_limits::AlarmLimitsEvent;
    /// Somebody or something that can be booked.
    Resource = "resource": crate::scheduling::resource::Resource, crate::scheduling::resource::ResourceEvent;
    /// A type of appointment.
    AppointmentType = "appointment_type": crate::scheduling::service::AppointmentType, crate::scheduling::service::AppointmentTypeEvent;
    /// An appointment of a patient.
    Appointment = "appointment": crate::scheduling::appointment::Appointment, crate::scheduling::appointment::AppointmentEvent;
    /// A patient's wish for an earlier appointment.
    WaitlistEntry = "waitlist_entry": crate::scheduling::waitlist::WaitlistEntry, crate::scheduling::waitlist::WaitlistEvent;
}
