//! What an event sets in motion, in the transaction of the event: timers and notifications. Unlike the read models,
//! effects are not repeated by a rebuild.

mod account;
mod alert;
mod break_glass;
mod cds_client;
mod gate;
mod note;
mod patient;
mod plan;
mod rule;
mod scheduling;
mod service_account;
mod suggestion;
mod waitlist;

pub use gate::{gate, laid_down};
pub use rule::CHANNEL as RULES_CHANNEL;

use healthcare_application::store::Change;
use healthcare_domain::AnyState;

use crate::projection::Statement;

/// What is to be locked before the events are stored. The worker that fires a timer locks it first and stores the
/// event then; whoever goes the other way round would meet it in a deadlock.
pub fn locks(changes: &[&Change]) -> Vec<Statement> {
    changes
        .iter()
        .filter(|change| change.expected > 0)
        .filter_map(|change| match change.state {
            AnyState::Alert(_) => Some(alert::lock(change.id)),
            AnyState::Account(_) => Some(account::lock(change.id)),
            _ => None,
        })
        .chain(scheduling::locks(changes))
        .collect()
}

/// The question whether no resource closed meanwhile, once the locks are held.
pub fn not_closed(changes: &[&Change]) -> Option<Statement> {
    scheduling::not_closed(changes)
}

/// The statements that set in motion what the changes call for, in order.
pub fn statements(changes: &[&Change]) -> Vec<Statement> {
    let mut all = Vec::new();
    all.extend(patient::numbers(changes));
    for change in changes {
        match &change.state {
            // All of them together, above.
            AnyState::Patient(_) => {}
            AnyState::Alert(state) => all.extend(alert::effects(change, state)),
            AnyState::ServiceAccount(_) => all.extend(service_account::effects(change)),
            AnyState::CdsClient(state) => all.extend(cds_client::effects(change, state)),
            AnyState::Suggestion(state) => all.extend(suggestion::effects(change, state)),
            AnyState::BreakGlass(state) => all.extend(break_glass::effects(change, state)),
            AnyState::Account(state) => all.extend(account::effects(change, state)),
            AnyState::Appointment(_) => all.extend(scheduling::effects(change)),
            AnyState::WaitlistEntry(_) => all.extend(waitlist::effects(change)),
            AnyState::Note(state) => all.extend(note::effects(change, state)),
            AnyState::Plan(state) => all.extend(plan::effects(change, state)),
            AnyState::Rule(_) => all.push(rule::told()),
            AnyState::Identity(_)
            | AnyState::Device(_)
            | AnyState::Consent(_)
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
            | AnyState::Goal(_)
            | AnyState::Template(_)
            | AnyState::Report(_)
            | AnyState::Practitioner(_)
            | AnyState::Organization(_)
            | AnyState::ExternalRecord(_)
            | AnyState::CareTeam(_)
            | AnyState::Score(_)
            | AnyState::CalculatedScore(_)
            | AnyState::AlarmLimits(_)
            | AnyState::Resource(_)
            | AnyState::AppointmentType(_) => {}
        }
    }
    all
}

/// The version of the n-th event of a change.
fn version_of(change: &Change, n: usize) -> i32 {
    change.expected + 1 + i32::try_from(n).unwrap_or(i32::MAX - change.expected - 1)
}
