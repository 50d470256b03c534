//! Inline projections: read models that change in the transaction of the event, so that a user reads back at once
//! what was just written. They are functions of the state after the event, so that a rebuild gives the same rows.

mod account;
mod alert;
mod device;
mod entry;
mod inbox;
mod match_key;
mod note;
mod patient;
mod phone;
pub mod relationship;
mod rule;
mod scheduling;
mod sound;
mod statement;
mod ward;

pub use alert::priority;
pub use note::dictionary;
pub use patient::CUT;
pub use patient::fold;
pub use phone::{Ending, backwards, endings_of};
pub use sound::sounds;

pub use statement::Statement;

use healthcare_application::store::Change;
use healthcare_domain::{AnyState, patient::Patient};

/// The tables of the schema `read` that these projections fill, and a rebuild fills anew. Other tables of the schema are
/// to be in [`OTHERS`].
pub const TABLES: &[&str] = &[
    "entry",
    "patient",
    "patient_word",
    "patient_identifier",
    "patient_sound",
    "patient_phone",
    "patient_pathway",
    "patient_match_key",
    "device",
    "alert",
    "appointment",
    "booking",
    "waitlist",
    "ward",
    "bed",
    "encounter",
    "note",
    "inbox",
    "rule",
];

/// Tables of the schema `read` that are filled by somebody else; a rebuild carries them over as they are.
pub const OTHERS: &[&str] = &[];

/// The statements that bring the read models up to the changes, in order.
pub fn statements(changes: &[&Change]) -> Vec<Statement> {
    let mut all: Vec<Statement> = entry::upsert(changes).into_iter().collect();
    let mut people = vec![];
    for change in changes {
        match &change.state {
            AnyState::Patient(Patient::Registered { demographics, pathways, standing }) => {
                people.push(patient::Person { change, demographics, pathways, standing });
            }
            AnyState::Patient(Patient::Unregistered) => {}
            AnyState::Device(state) => all.extend(device::upsert(change, state)),
            AnyState::Alert(state) => all.extend(alert::upsert(change, state)),
            AnyState::Account(state) => all.extend(account::upsert(change, state)),
            AnyState::Consent(_)
            | AnyState::Identity(_)
            | AnyState::Allergy(_)
            | AnyState::Problem(_)
            | AnyState::Encounter(_)
            | AnyState::Ward(_)
            | AnyState::Bed(_)
            | AnyState::FamilyHistory(_)
            | AnyState::Vitals(_)
            | AnyState::Observation(_)
            | AnyState::MedicationOrder(_)
            | AnyState::Procedure(_)
            | AnyState::Immunization(_)
            | AnyState::Plan(_)
            | AnyState::Goal(_)
            | AnyState::Note(_)
            | AnyState::Template(_)
            | AnyState::Report(_)
            | AnyState::Practitioner(_)
            | AnyState::Organization(_)
            | AnyState::ExternalRecord(_)
            | AnyState::ServiceAccount(_)
            | AnyState::CdsClient(_)
            | AnyState::Suggestion(_)
            | AnyState::Rule(_)
            | AnyState::CareTeam(_)
            | AnyState::BreakGlass(_)
            | AnyState::Score(_)
            | AnyState::CalculatedScore(_)
            | AnyState::AlarmLimits(_)
            | AnyState::Resource(_)
            | AnyState::AppointmentType(_)
            | AnyState::Appointment(_)
            | AnyState::WaitlistEntry(_) => {}
        }
    }
    all.extend(patient::upsert(&people));
    all.extend(match_key::upsert(&people));
    all.extend(scheduling::upsert(changes));
    all.extend(ward::upsert(changes));
    all.extend(note::upsert(changes));
    all.extend(inbox::replace(changes));
    all.extend(rule::upsert(changes));
    all
}

/// The version of a stream after a change.
fn version_after(change: &Change) -> i32 {
    change.expected + i32::try_from(change.events.len()).unwrap_or(i32::MAX)
}
