//! What a decision about identities does to the rows of both, in the decision's own transaction.

use healthcare_application::store::{Change, Commit};
use healthcare_domain::{DomainEvent, identity::IdentityEvent};
use uuid::Uuid;

use crate::projection::Statement;

macro_rules! with_monitors {
    ($what:literal) => {
        concat!(
            "select ",
            $what,
            " from (select count(*) from (select from telemetry.monitor where patient_id in ($1, $2)
                order by patient_id for update) monitors) locked"
        )
    };
}

/// The monitors are locked first, as whoever stores readings does: in another order the two could wait for each other.
const MERGE: &str = with_monitors!("es.merge($1, $2, $3)");
const UNMERGE: &str = with_monitors!("es.unmerge($1, $2, $3)");

/// Has the alerts of a patient carried out by one at a time: $1 the patients, in their order.
///
/// Whoever carries them out holds their rows while they append in a session of their own, and a merge moves these rows while
/// nobody may append: each would wait for the other where PostgreSQL does not see it. This is taken before either.
pub const ALERTS_OF: &str = "
with patience as materialized (select set_config('lock_timeout', '10s', true) as said),
locked as materialized (
    select count(pg_advisory_xact_lock(hashtextextended('alert-change:' || o.patient::text, 0))) as many
    from (select p.patient from unnest($1::uuid[]) p (patient), patience where said <> '' order by 1) o)
select many from locked";

/// What is to be held before anything else of a merge.
pub fn claims(commits: &[Commit]) -> Option<Statement> {
    let changes = commits.iter().flat_map(|commit| &commit.changes);
    let moved =
        changes.flat_map(|change| decisions(change).filter_map(|event| Some((change.patient?.0, other(event)?))));
    let mut patients: Vec<Uuid> = moved.flat_map(|(one, other)| [one, other]).collect();
    patients.sort_unstable();
    patients.dedup();
    (!patients.is_empty()).then(|| Statement::new(ALERTS_OF).bind(patients))
}

/// With whom rows change hands.
fn other(event: &IdentityEvent) -> Option<Uuid> {
    match event {
        IdentityEvent::MergedInto { survivor, .. } | IdentityEvent::Restored { survivor, .. } => Some(survivor.0),
        IdentityEvent::TookIn { .. } | IdentityEvent::LetGo { .. } | IdentityEvent::FoundDistinct { .. } => None,
    }
}

/// What is to be held before a merge is stored: nobody appends until it is done, so that whatever was on its way is
/// there to be moved and whatever comes later is projected to where it belongs then.
pub fn holds(commits: &[Commit]) -> Option<Statement> {
    let moves = |event: &IdentityEvent| !matches!(event, IdentityEvent::FoundDistinct { .. });
    let any = commits.iter().flat_map(|commit| &commit.changes).flat_map(decisions).any(moves);
    any.then(|| Statement::new("select es.hold_appends()"))
}

/// The statements that follow decisions: of the two streams of one, that of the duplicate moves the rows.
pub fn decided(commits: &[Commit]) -> Vec<Statement> {
    let changes = commits.iter().flat_map(|commit| &commit.changes);
    changes.flat_map(|change| decisions(change).filter_map(|event| statement(change, event))).collect()
}

fn decisions(change: &Change) -> impl Iterator<Item = &IdentityEvent> {
    change.events.iter().filter_map(|new| match &new.event {
        DomainEvent::Identity(event) => Some(event),
        _ => None,
    })
}

fn statement(change: &Change, event: &IdentityEvent) -> Option<Statement> {
    let patient = change.patient?.0;
    match event {
        IdentityEvent::MergedInto { survivor, at, .. } => {
            Some(Statement::new(MERGE).bind(patient).bind(survivor.0).bind(*at))
        }
        IdentityEvent::Restored { survivor, assigned, .. } => {
            Some(Statement::new(UNMERGE).bind(patient).bind(survivor.0).bind(assigned.clone()))
        }
        IdentityEvent::TookIn { .. } | IdentityEvent::LetGo { .. } => None,
        IdentityEvent::FoundDistinct { other, .. } => {
            let dismissed = "insert into wf.duplicate_pair (one, other, weight, score, grade, reasons, state)
                values (least($1::uuid, $2::uuid), greatest($1::uuid, $2::uuid), 0, 0, 'possible', '{}', 'dismissed')
                on conflict (one, other) do update set state = 'dismissed'";
            Some(Statement::new(dismissed).bind(patient).bind(other.0))
        }
    }
}
