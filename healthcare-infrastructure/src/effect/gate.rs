//! What a patient's record takes: nothing is added to a mistake, nothing new begins in a record that was laid down, and
//! nothing is planned for, ordered for or put on who died. What an import tells of the past, and what the system does by
//! itself (an alert, a score), is let through.

use healthcare_application::store::{Change, Commit};
use healthcare_domain::{
    AnyState, DomainEvent, device::DeviceEvent, id::PatientId, patient::PatientEvent,
    scheduling::appointment::AppointmentEvent,
};

use crate::projection::Statement;

/// What it takes to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    /// That the patient is no mistake.
    Real = 1,
    /// That the record is in use as well.
    InUse = 2,
    /// That they live as well.
    Alive = 3,
}

/// The question whether the patients' records take what the commits bring; none where nothing begins.
pub fn gate(commits: &[Commit]) -> Option<Statement> {
    let (mut patients, mut needs) = (vec![], vec![]);
    let by_people = commits.iter().filter(|commit| commit.meta.role != "system");
    for change in by_people.flat_map(|commit| &commit.changes).filter(|change| change.source.is_none()) {
        if let Some((patient, need)) = asks(change) {
            patients.push(patient.0);
            needs.push(need as i16);
        }
    }
    let ask = "select access.ensure_open($1::uuid[], $2::int2[])";
    (!patients.is_empty()).then(|| Statement::new(ask).bind(patients).bind(needs))
}

/// The question whether no visit began of those whose records the commits lay down or strike out: a visit that is stored
/// meanwhile holds the same row, so that one of the two comes second and knows of the other. An import lays down what its
/// source has laid down: it is not asked.
pub fn laid_down(commits: &[Commit]) -> Option<Statement> {
    let lays_down = |change: &&Change| {
        change.events.iter().any(|new| {
            matches!(
                new.event,
                DomainEvent::Patient(
                    PatientEvent::PatientDeactivated { .. } | PatientEvent::PatientEnteredInError { .. }
                )
            )
        })
    };
    let changes = commits.iter().flat_map(|commit| &commit.changes).filter(|change| change.source.is_none());
    let patients: Vec<uuid::Uuid> = changes.filter(lays_down).map(|change| change.id).collect();
    let ask = "select access.ensure_unvisited($1::uuid[])";
    (!patients.is_empty()).then(|| Statement::new(ask).bind(patients))
}

/// Whether a time is agreed: what was held or offered is taken, or an appointment moves to another day.
fn books(change: &Change) -> bool {
    change.events.iter().any(|new| {
        matches!(
            new.event,
            DomainEvent::Appointment(
                AppointmentEvent::AppointmentBooked { .. } | AppointmentEvent::AppointmentRescheduled { .. }
            )
        )
    })
}

/// Whose record a change begins something in, and what that takes.
fn asks(change: &Change) -> Option<(PatientId, Need)> {
    let begins = change.expected == 0 || books(change);
    let need = match &change.state {
        AnyState::Appointment(_) | AnyState::WaitlistEntry(_) | AnyState::MedicationOrder(_) | AnyState::Plan(_) => {
            Need::Alive
        }
        // Who is brought in dead is admitted all the same.
        AnyState::Encounter(_) => Need::InUse,
        AnyState::Allergy(_)
        | AnyState::Problem(_)
        | AnyState::Vitals(_)
        | AnyState::Observation(_)
        | AnyState::Procedure(_)
        | AnyState::Immunization(_)
        | AnyState::FamilyHistory(_)
        | AnyState::Report(_)
        | AnyState::Note(_)
        | AnyState::Goal(_)
        | AnyState::CalculatedScore(_)
        | AnyState::AlarmLimits(_)
        | AnyState::Consent(_) => Need::Real,
        AnyState::Device(_) => {
            let put_on = change.events.iter().find_map(|new| match &new.event {
                DomainEvent::Device(DeviceEvent::DeviceAssigned { patient, .. }) => Some(*patient),
                _ => None,
            });
            return put_on.map(|patient| (patient, Need::Alive));
        }
        AnyState::Patient(_)
        | AnyState::Identity(_)
        | AnyState::Ward(_)
        | AnyState::Bed(_)
        | AnyState::Practitioner(_)
        | AnyState::Organization(_)
        | AnyState::ExternalRecord(_)
        | AnyState::Alert(_)
        | AnyState::Suggestion(_)
        | AnyState::Rule(_)
        | AnyState::Account(_)
        | AnyState::ServiceAccount(_)
        | AnyState::CdsClient(_)
        | AnyState::CareTeam(_)
        | AnyState::BreakGlass(_)
        | AnyState::Score(_)
        | AnyState::Resource(_)
        | AnyState::Template(_)
        | AnyState::AppointmentType(_) => return None,
    };
    change.patient.filter(|_| begins).map(|patient| (patient, need))
}
