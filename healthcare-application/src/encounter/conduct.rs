//! The course of a visit: the patient comes, is triaged, seen, goes on leave and comes back; its class changes; it is
//! called off or struck out.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    encounter::{EncounterClass, Triage},
    id::EncounterId,
    signing::Override,
    text::Remark,
};

use super::placing::{VisitError, decide_stay, decide_visit};
use crate::{
    App,
    access::{Call, Permission},
    store::Committed,
};

type Changed = Result<Committed, VisitError>;

/// Notes that whoever was expected has come.
///
/// # Errors
/// When the caller may not, nobody is expected, the time cannot be, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(encounter.id = %id))]
pub async fn arrive(app: &App, call: &Call, id: EncounterId, at: Option<DateTime<Utc>>) -> Changed {
    let now = app.clock.now();
    let at = at.unwrap_or(now);
    decide_visit(app, call, Permission::TransferPatient, (id, at), |visit| visit.arrive(at, now)).await
}

/// Judges how urgent a visit is.
///
/// # Errors
/// When the caller may not, nobody waits, there is no such level, the time cannot be, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(encounter.id = %id))]
pub async fn triage_patient(
    app: &App,
    call: &Call,
    id: EncounterId,
    (triage, at): (Triage, Option<DateTime<Utc>>),
) -> Changed {
    let now = app.clock.now();
    let (at, by) = (at.unwrap_or(now), call.actor.account);
    let decide = |visit: &healthcare_domain::encounter::Encounter| visit.triage(triage.clone(), by, (at, now));
    decide_visit(app, call, Permission::ConductEncounter, (id, at), decide).await
}

/// Notes that the patient is being seen. Where a stay begins by it, what is critical and unanswered waits for a reason.
///
/// # Errors
/// When the caller may not, nobody waits, the time cannot be, findings wait for an answer, an override answers none, or
/// the record cannot be reached.
#[tracing::instrument(skip_all, fields(encounter.id = %id))]
pub async fn start_encounter(
    app: &App,
    call: &Call,
    id: EncounterId,
    (at, overrides): (Option<DateTime<Utc>>, &[Override]),
) -> Changed {
    let now = app.clock.now();
    let at = at.unwrap_or(now);
    let permission = Permission::ConductEncounter;
    decide_stay(app, call, permission, (id, at, overrides), |visit| visit.start(at, now)).await
}

/// Sends a patient on leave. Their bed stays theirs.
///
/// # Errors
/// When the caller may not, they are not being seen, the times cannot be, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(encounter.id = %id))]
pub async fn begin_leave(
    app: &App,
    call: &Call,
    id: EncounterId,
    (at, until, reason): (Option<DateTime<Utc>>, Option<DateTime<Utc>>, Option<Remark>),
) -> Changed {
    let now = app.clock.now();
    let at = at.unwrap_or(now);
    let decide =
        |visit: &healthcare_domain::encounter::Encounter| visit.begin_leave((until, reason.clone()), (at, now));
    decide_visit(app, call, Permission::ConductEncounter, (id, at), decide).await
}

/// Notes that a patient is back from leave.
///
/// # Errors
/// When the caller may not, they were not away, the time cannot be, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(encounter.id = %id))]
pub async fn end_leave(app: &App, call: &Call, id: EncounterId, at: Option<DateTime<Utc>>) -> Changed {
    let now = app.clock.now();
    let at = at.unwrap_or(now);
    decide_visit(app, call, Permission::ConductEncounter, (id, at), |visit| visit.end_leave(at, now)).await
}

/// Goes on with a visit as one of another class: admits to a stay from the emergency department. Where a stay begins by
/// it, what is critical and unanswered waits for a reason.
///
/// # Errors
/// When the caller may not, a visit of its class does not become one of that, the time cannot be, findings wait for an
/// answer, an override answers none, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(encounter.id = %id))]
pub async fn change_class(
    app: &App,
    call: &Call,
    id: EncounterId,
    (class, at, overrides): (EncounterClass, Option<DateTime<Utc>>, &[Override]),
) -> Changed {
    let now = app.clock.now();
    let at = at.unwrap_or(now);
    let permission = Permission::ConductEncounter;
    decide_stay(app, call, permission, (id, at, overrides), |visit| visit.change_class(class, at, now)).await
}

/// Calls a visit off in which nobody was seen.
///
/// # Errors
/// When the caller may not, somebody was seen, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(encounter.id = %id))]
pub async fn cancel_encounter(app: &App, call: &Call, id: EncounterId, reason: Remark) -> Changed {
    let now = app.clock.now();
    decide_visit(app, call, Permission::TransferPatient, (id, now), |visit| visit.cancel(reason.clone(), now)).await
}

/// Strikes a visit out that never took place. Its bed is free again.
///
/// # Errors
/// When the caller may not, it is struck already, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(encounter.id = %id))]
pub async fn enter_encounter_in_error(app: &App, call: &Call, id: EncounterId, reason: Remark) -> Changed {
    let now = app.clock.now();
    decide_visit(app, call, Permission::ConductEncounter, (id, now), |visit| visit.enter_in_error(reason.clone())).await
}
