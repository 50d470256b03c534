//! The next rung of an alert's ladder, for the worker that keeps time.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    EventSourced,
    alert::{Alert, AlertError, Rung},
    id::AlertId,
};
use uuid::Uuid;

use crate::{
    access::Call,
    store::{Change, Commit, Committed, Meta, NewEvent},
    transact::Loaded,
};

/// What is to be stored when nobody answered in time. It is a decision only: the worker stores it in the transaction
/// in which it holds the timer, so that the rung and the end of the timer are one.
///
/// # Errors
/// When the alert was answered, is over, or stands at another rung: then the timer is void.
pub fn escalate_alert(
    id: AlertId,
    loaded: &Loaded<Alert>,
    rung: Rung,
    now: DateTime<Utc>,
    request: Uuid,
) -> Result<Commit, AlertError> {
    let events = loaded.state.escalate(rung, now)?;
    let mut state = loaded.state.clone();
    let mut new = Vec::with_capacity(events.len());
    for event in events {
        state.apply(&event);
        new.push(NewEvent { event: event.into(), occurred_at: now, known_at: now });
    }
    let version = loaded.version + i32::try_from(new.len()).unwrap_or(i32::MAX);
    let change = Change {
        id: id.0,
        patient: loaded.patient,
        expected: loaded.version,
        events: new,
        state: state.into(),
        source: None,
    };
    Ok(Commit {
        changes: vec![change],
        meta: Meta::of(&Call::system(request)),
        idempotency: None,
        committed: Committed { id: id.0, version, extra: None, replayed: false },
        safety: vec![],
        evaluations: vec![],
    })
}
