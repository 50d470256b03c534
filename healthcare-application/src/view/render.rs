//! From the state of an aggregate to the rows that are read.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    AnyState,
    account::Account,
    alarm_limits::AlarmLimits,
    alert::Alert,
    allergy::AllergyRecord,
    code::{CodeableConcept, LOINC, SNOMED},
    device::Device,
    entry::{CalculatedScore, Entry},
    id::PatientId,
    medication::MedicationOrder,
    observation::{ObservationCategory, ObservationRecord, Viewed},
    problem::ProblemRecord,
    score::Score,
    suggestion::{Snooze, Suggestion},
    vitals::{VitalSign, VitalsSet},
};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::{Kind, Row, View, encounter, note, patient, plan, scheduling};

/// Of which stream, at which version, about whom, and when its last event happened.
#[derive(Debug, Clone, Copy)]
pub struct Of {
    /// The stream.
    pub id: Uuid,
    /// Its version.
    pub version: i32,
    /// The patient.
    pub patient: Option<PatientId>,
    /// The clinical time of its last event, for what has no time of its own.
    pub at: DateTime<Utc>,
}

/// The rows of one stream in its present state. A stream that holds nothing has none.
pub fn rows(state: &AnyState, of: Of) -> Vec<Row> {
    match state {
        AnyState::Patient(s) => patient::patient(s, of),
        AnyState::Consent(s) => patient::consent(s, of),
        AnyState::Allergy(s) => allergy(s, of),
        AnyState::Problem(s) => problem(s, of),
        AnyState::Encounter(s) => encounter::encounter(s, of),
        AnyState::Ward(s) => encounter::ward(s, of),
        AnyState::Bed(s) => encounter::bed(s, of),
        AnyState::Vitals(s) => vitals(s, of),
        AnyState::Observation(s) => observation(s, of),
        AnyState::MedicationOrder(s) => medication(s, of),
        AnyState::Procedure(s) => entry(Kind::Procedure, s, of, |c| (c.started_at, false)),
        AnyState::Immunization(s) => entry(Kind::Immunization, s, of, |c| (c.given_at, false)),
        AnyState::FamilyHistory(s) => entry(Kind::FamilyHistory, s, of, |c| (c.recorded_at, false)),
        AnyState::Plan(s) => plan::plan(s, of),
        AnyState::Goal(s) => entry(Kind::Goal, s, of, |c| (c.started_at(), c.is_active())),
        AnyState::Note(s) => note::note(s, of),
        AnyState::Template(s) => plan::template(s, of),
        AnyState::Report(s) => entry(Kind::Report, s, of, |c| (c.effective_at.or(c.issued_at), false)),
        AnyState::Practitioner(s) => entry(Kind::Practitioner, s, of, |c| (None, c.active != Some(false))),
        AnyState::Organization(s) => entry(Kind::Organization, s, of, |c| (None, c.active != Some(false))),
        // What is kept beside an entry is a part of that, and goes out with it.
        AnyState::ExternalRecord(Entry::Recorded(kept) | Entry::EnteredInError(kept)) if kept.beside.is_some() => {
            vec![]
        }
        AnyState::ExternalRecord(s) => entry(Kind::External, s, of, |_| (None, false)),
        AnyState::Device(s) => device(s, of),
        // Nobody reads accounts of programs but who keeps them, from the stream itself.
        AnyState::ServiceAccount(_) | AnyState::CdsClient(_) => vec![],
        AnyState::Alert(s) => alert(s, of),
        AnyState::Suggestion(s) => suggestion(s, of),
        // Read from their own streams and tables.
        AnyState::Rule(_) | AnyState::CareTeam(_) | AnyState::BreakGlass(_) | AnyState::Identity(_) => vec![],
        AnyState::Account(s) => account(s, of),
        AnyState::Score(s) => score(s, of),
        AnyState::CalculatedScore(s) => calculated_score(s, of),
        AnyState::AlarmLimits(s) => alarm_limits(s, of),
        AnyState::Resource(s) => scheduling::resource(s, of),
        AnyState::AppointmentType(s) => scheduling::appointment_type(s, of),
        AnyState::Appointment(s) => scheduling::appointment(s, of),
        AnyState::WaitlistEntry(s) => scheduling::waitlist(s, of),
    }
}

/// Writes one row. Every field is named where it is called, so that nothing is taken for granted.
pub(super) fn row<C: Serialize>(
    kind: Kind,
    of: Of,
    status: &'static str,
    active: bool,
    at: Option<DateTime<Utc>>,
    content: C,
) -> Row {
    let view = View { id: of.id, version: of.version, status, patient: of.patient, content };
    Row {
        kind,
        id: of.id,
        item: 0,
        patient: of.patient,
        version: of.version,
        active,
        struck: status == "entered-in-error",
        at: at.unwrap_or(of.at),
        code: None,
        // A view holds no map with other keys than text, so writing it cannot fail.
        body: without_nul(serde_json::to_string(&view).unwrap_or_default()),
    }
}

/// The body without NUL, which PostgreSQL takes within no JSON that it is to look into.
fn without_nul(body: String) -> String {
    fn strip(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::String(text) => text.retain(|c| c != '\0'),
            serde_json::Value::Array(items) => items.iter_mut().for_each(strip),
            serde_json::Value::Object(fields) => fields.values_mut().for_each(strip),
            serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {}
        }
    }
    if !body.contains("\\u0000") {
        return body;
    }
    match serde_json::from_str(&body) {
        Ok(mut value) => {
            strip(&mut value);
            value.to_string()
        }
        Err(_) => body,
    }
}

fn allergy(state: &AllergyRecord, of: Of) -> Vec<Row> {
    let (status, active, content) = match state {
        AllergyRecord::Unrecorded => return vec![],
        AllergyRecord::Active(a) => ("active", true, a),
        AllergyRecord::Removed(a) => ("inactive", false, a),
        AllergyRecord::EnteredInError(a) => ("entered-in-error", false, a),
    };
    let code = first_code(&content.substance);
    vec![Row { code, ..row(Kind::Allergy, of, status, active, content.onset_at, content) }]
}

fn problem(state: &ProblemRecord, of: Of) -> Vec<Row> {
    let (status, active, content, ended) = match state {
        ProblemRecord::Unrecorded => return vec![],
        ProblemRecord::Active(p, how) => (how.as_str(), true, p, None),
        ProblemRecord::Resolved(p, at, how) => (how.as_str(), false, p, *at),
        ProblemRecord::EnteredInError(p) => ("entered-in-error", false, p, None),
    };
    let content_and_end = With { content, more: json!({ "resolved_at": ended }) };
    let code = first_code(&content.code);
    vec![Row { code, ..row(Kind::Problem, of, status, active, content.onset_at, content_and_end) }]
}

/// The code that a list is filtered by.
fn first_code(concept: &CodeableConcept) -> Option<String> {
    concept.coding.first().map(|c| c.code.clone())
}

/// A content with a few facts about its state beside it.
#[derive(Serialize)]
pub(super) struct With<'a, C> {
    #[serde(flatten)]
    pub(super) content: &'a C,
    #[serde(flatten)]
    pub(super) more: serde_json::Value,
}

/// SNOMED CT: oxygen therapy. The row of a set that says whether supplemental oxygen is given.
const OXYGEN_THERAPY: &str = "57485005";

/// One row for the set as it was charted, and one a sign for the latest values.
fn vitals(state: &VitalsSet, of: Of) -> Vec<Row> {
    let (status, content) = match state {
        VitalsSet::Unrecorded => return vec![],
        VitalsSet::Recorded(v) => ("final", v),
        VitalsSet::EnteredInError(v) => ("entered-in-error", v),
    };
    let at = Some(content.measured_at);
    let mut rows = vec![row(Kind::VitalsSet, of, status, false, at, content)];
    let signs = content.measurements.iter().map(|m| {
        let mut sign = json!({ "sign": m.sign(), "value": m.value(), "unit": m.sign().unit(), "flagged": m.sign().is_unusual(m.value()) });
        if m.sign() == VitalSign::Spo2 {
            sign["spo2_scale"] = json!(content.spo2_scale);
        }
        (m.sign().loinc(), sign)
    });
    let consciousness = content.consciousness.map(|c| ("80288-4", json!({ "sign": "consciousness", "value": c })));
    let oxygen = content
        .on_oxygen
        .map(|on| (OXYGEN_THERAPY, json!({ "sign": "on_oxygen", "value": on, "spo2_scale": content.spo2_scale })));
    for (n, (code, sign)) in signs.chain(consciousness).chain(oxygen).enumerate() {
        let system = if code == OXYGEN_THERAPY { SNOMED } else { LOINC };
        let body = json!({ "code": { "system": system, "code": code }, "measured_at": content.measured_at, "measurement": sign });
        rows.push(Row {
            item: i16::try_from(n + 1).unwrap_or(i16::MAX),
            code: Some(code.to_owned()),
            ..row(Kind::Vital, of, status, false, at, body)
        });
    }
    rows
}

fn observation(state: &ObservationRecord, of: Of) -> Vec<Row> {
    let (status, unread, content, viewed) = match state {
        ObservationRecord::Unrecorded => return vec![],
        ObservationRecord::Recorded { observation, viewed } => match viewed {
            Viewed::No => ("unread", true, observation, json!({})),
            Viewed::By(by, at) => ("read", false, observation, json!({ "viewed": { "by": by, "at": at } })),
            Viewed::Elsewhere => ("read", false, observation, json!({})),
        },
        ObservationRecord::EnteredInError(o) => ("entered-in-error", false, o, json!({})),
    };
    let (kind, active) = match content.category {
        ObservationCategory::VitalSigns => (Kind::Vital, false),
        ObservationCategory::Laboratory => (Kind::Laboratory, unread),
        ObservationCategory::SocialHistory => (Kind::SocialHistory, false),
        ObservationCategory::Other => (Kind::Observation, false),
    };
    let code = content.code.coding.first().map(|c| c.code.clone()).or_else(|| Some(content.code.label().to_owned()));
    // Only results are read or unread; the rest simply stands.
    let status = if kind == Kind::Laboratory || status == "entered-in-error" { status } else { "final" };
    vec![Row { code, ..row(kind, of, status, active, Some(content.effective_at), With { content, more: viewed }) }]
}

fn medication(state: &MedicationOrder, of: Of) -> Vec<Row> {
    use healthcare_domain::medication::OrderEnd;
    let (status, active, content, more) = match state {
        MedicationOrder::Unordered => return vec![],
        MedicationOrder::Active { prescription, overrides } => {
            ("active", true, prescription, json!({ "overrides": overrides }))
        }
        MedicationOrder::Ended { prescription, how, at, reason } => {
            let status = match how {
                OrderEnd::Stopped => "stopped",
                OrderEnd::Completed => "completed",
                OrderEnd::Cancelled => "cancelled",
            };
            (status, false, prescription, json!({ "ended_at": at, "end_reason": reason }))
        }
        MedicationOrder::EnteredInError { prescription } => ("entered-in-error", false, prescription, json!({})),
    };
    vec![row(Kind::Medication, of, status, active, Some(content.authored_at), With { content: &**content, more })]
}

/// One row of an entry whose content brings FHIR's own status.
pub(super) fn entry<C: Serialize>(
    kind: Kind,
    state: &Entry<C>,
    of: Of,
    when: impl Fn(&C) -> (Option<DateTime<Utc>>, bool),
) -> Vec<Row> {
    let (status, content) = match state {
        Entry::Unwritten => return vec![],
        Entry::Recorded(c) => ("recorded", c),
        Entry::EnteredInError(c) => ("entered-in-error", c),
    };
    let (at, active) = when(content);
    // The content brings FHIR's own `status`, so it stands under a name of its own.
    vec![row(kind, of, status, active && status == "recorded", at, Held { content })]
}

/// An entry whose content brings FHIR's own status.
#[derive(Serialize)]
struct Held<'a, C> {
    content: &'a C,
}

fn device(state: &Device, of: Of) -> Vec<Row> {
    let (status, description, patient, since) = match state {
        Device::Unregistered => return vec![],
        Device::Free { description, .. } => ("free", description, None, None),
        Device::Assigned { description, patient, since } => ("assigned", description, Some(*patient), Some(*since)),
    };
    let of = Of { patient: None, ..of };
    let more = json!({ "assigned_to": patient, "assigned_since": since });
    vec![row(Kind::Device, of, status, true, since, With { content: description, more })]
}

fn alert(state: &Alert, of: Of) -> Vec<Row> {
    let (status, active, content, raised_at, more) = match state {
        Alert::Unraised => return vec![],
        Alert::Active { content, raised_at, rung } => ("active", true, content, raised_at, json!({ "rung": rung })),
        Alert::Acknowledged { content, raised_at, by, at, .. } => {
            ("acknowledged", true, content, raised_at, json!({ "acknowledged": { "by": by, "at": at } }))
        }
        Alert::Cleared { content, raised_at, at, .. } => {
            ("cleared", false, content, raised_at, json!({ "cleared_at": at }))
        }
    };
    let of = Of { patient: None, ..of };
    vec![Row {
        patient: Some(content.patient),
        code: Some(content.rule.clone()),
        ..row(
            Kind::Alert,
            of,
            status,
            active,
            Some(*raised_at),
            With { content, more: merge(more, json!({ "raised_at": raised_at })) },
        )
    }]
}

fn suggestion(state: &Suggestion, of: Of) -> Vec<Row> {
    let (status, active, content, more) = match state {
        Suggestion::Unraised => return vec![],
        Suggestion::Open(content, at) => ("open", true, content, json!({ "raised_at": at })),
        Suggestion::Snoozed(content, at, Snooze { by, until, reason }) => {
            let put_off = json!({ "raised_at": at, "snoozed_until": until, "snoozed_by": by, "snooze_reason": reason });
            ("open", true, content, put_off)
        }
        Suggestion::Accepted(content, by, carried_out) => {
            ("accepted", false, content, json!({ "answered_by": by, "carried_out": carried_out }))
        }
        Suggestion::Overridden(content, by, reason) => {
            ("overridden", false, content, json!({ "answered_by": by, "reason": reason }))
        }
        Suggestion::Withdrawn(content) => ("withdrawn", false, content, json!({})),
    };
    let of = Of { patient: None, ..of };
    vec![Row {
        patient: Some(content.patient),
        code: Some(content.finding.clone()),
        ..row(Kind::Suggestion, of, status, active, None, With { content, more })
    }]
}

fn account(state: &Account, of: Of) -> Vec<Row> {
    let Account::Known(known) = state else { return vec![] };
    let status = match (&known.disabled, known.activated) {
        (Some(_), _) => "disabled",
        (None, false) => "invited",
        (None, true) => "active",
    };
    let content = json!({
        "username": known.username, "role": known.role, "profile": known.profile, "patient": known.patient,
        "device": known.device, "created_at": known.created_at, "second_factor": known.second_factor,
        "disabled_because": known.disabled,
    });
    let row = row(Kind::Account, of, status, known.disabled.is_none(), Some(known.created_at), content);
    vec![Row { code: Some(known.role.to_string()), ..row }]
}

fn score(state: &Score, of: Of) -> Vec<Row> {
    let content = match state {
        Score::Unscored => return vec![],
        Score::Scored(content) => content,
    };
    let of = Of { patient: None, ..of };
    vec![Row {
        patient: Some(content.patient),
        code: Some(content.score.clone()),
        ..row(Kind::Score, of, "current", true, Some(content.measured_at), content)
    }]
}

fn calculated_score(state: &Entry<CalculatedScore>, of: Of) -> Vec<Row> {
    let (status, content) = match state {
        Entry::Unwritten => return vec![],
        Entry::Recorded(content) => ("recorded", content),
        Entry::EnteredInError(content) => ("entered-in-error", content),
    };
    let code = Some(content.score.clone());
    vec![Row { code, ..row(Kind::CalculatedScore, of, status, false, Some(content.computed_at), content) }]
}

fn alarm_limits(state: &AlarmLimits, of: Of) -> Vec<Row> {
    let (limits, by, at) = match state {
        AlarmLimits::Unset => return vec![],
        AlarmLimits::Set { limits, by, at } => (limits, by, at),
    };
    let of = Of { patient: None, ..of };
    let code = limits.sign.loinc();
    let more = json!({ "code": code, "unit": limits.sign.unit(), "set_by": by, "set_at": at });
    vec![Row {
        patient: Some(limits.patient),
        code: Some(code.to_owned()),
        ..row(Kind::AlarmLimits, of, "set", true, Some(*at), With { content: limits, more })
    }]
}

fn merge(mut one: serde_json::Value, other: serde_json::Value) -> serde_json::Value {
    if let (Some(into), serde_json::Value::Object(from)) = (one.as_object_mut(), other) {
        into.extend(from);
    }
    one
}
