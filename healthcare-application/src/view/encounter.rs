//! What a reader sees of visits, wards and beds.

use healthcare_domain::{
    encounter::Encounter,
    ward::{Bed, Ward},
};
use serde_json::json;

use super::{
    Kind, Row,
    render::{Of, With, row},
};

/// Of a visit: how it began, where it is, its course, diagnoses and team; and how it ended.
pub(super) fn encounter(state: &Encounter, of: Of) -> Vec<Row> {
    let Some(visit) = state.visit() else { return vec![] };
    let (active, more) = match state {
        Encounter::Discharged { at, disposition, .. } => (false, json!({ "ended_at": at, "disposition": disposition })),
        Encounter::Cancelled { at, .. } => (false, json!({ "cancelled_at": at })),
        Encounter::Planned { .. } | Encounter::Admitted { .. } => (true, json!({})),
        Encounter::NotAdmitted | Encounter::EnteredInError { .. } => (false, json!({})),
    };
    let code = Some(visit.admission.class.as_str().to_owned());
    let at = Some(visit.admission.started_at);
    vec![Row { code, ..row(Kind::Encounter, of, state.status(), active, at, With { content: visit, more }) }]
}

/// Of a ward: what it is and asks for, and its rooms.
pub(super) fn ward(state: &Ward, of: Of) -> Vec<Row> {
    let (status, rooms) = match state {
        Ward::Undefined => return vec![],
        Ward::Open(rooms) => ("open", rooms),
        Ward::Closed(rooms) => ("closed", rooms),
    };
    vec![row(Kind::Ward, of, status, status == "open", None, rooms)]
}

/// Of a bed: where it stands and whether it is free. Who lies in it is told by the list of a ward, to who may know.
pub(super) fn bed(state: &Bed, of: Of) -> Vec<Row> {
    let Some(place) = state.place() else { return vec![] };
    let (since, reason) = match state {
        Bed::Undefined | Bed::Free(_) | Bed::Retired(_) => (None, None),
        Bed::Occupied { since, .. } | Bed::Cleaning { since, .. } => (Some(*since), None),
        Bed::Blocked { since, reason, .. } => (Some(*since), Some(*reason)),
    };
    let more = json!({ "since": since, "reason": reason });
    let active = !matches!(state, Bed::Retired(_));
    vec![row(Kind::Bed, of, state.status(), active, since, With { content: place, more })]
}
