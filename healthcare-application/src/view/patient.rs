//! What a reader sees of patients and of what they consented to.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    consent::Consent,
    id::PatientId,
    patient::{Demographics, Patient, Standing, Step, Walked},
};
use serde::Serialize;
use serde_json::json;

use super::{
    Kind, Row,
    render::{Of, With, row},
};

/// Demographics, whether the record is in use, and where the patient stands on their pathways.
#[derive(Serialize)]
struct PatientView<'a> {
    #[serde(flatten)]
    demographics: &'a Demographics,
    /// Since when and why, where the record is not in use.
    #[serde(skip_serializing_if = "is_active")]
    standing: &'a Standing,
    /// Where they took the latest step of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pathway: Option<Place<'a>>,
    /// Every pathway they are on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pathways: Vec<Progress<'a>>,
}

/// Where a patient stands on a pathway.
#[derive(Serialize)]
struct Place<'a> {
    id: &'a str,
    stage: &'a str,
    since: DateTime<Utc>,
}

/// How a patient came to stand where they do.
#[derive(Serialize)]
struct Progress<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    steps: &'a [Step],
}

fn is_active(standing: &Standing) -> bool {
    *standing == Standing::Active
}

fn place<'a>(id: &'a str, step: &'a Step) -> Place<'a> {
    Place { id, stage: &step.stage, since: step.at }
}

fn progress(walked: &Walked) -> Vec<Progress<'_>> {
    let each = walked.all().filter_map(|(id, steps)| Some(Progress { place: place(id, steps.last()?), steps }));
    each.collect()
}

/// Of a patient. One that was entered in error is not struck like an entry: it can still be looked at.
pub(super) fn patient(state: &Patient, of: Of) -> Vec<Row> {
    match state {
        Patient::Unregistered => vec![],
        Patient::Registered { demographics, pathways, standing } => {
            let of = Of { patient: None, ..of };
            let view = PatientView {
                demographics,
                standing,
                pathway: pathways.newest().map(|(id, step)| place(id, step)),
                pathways: progress(pathways),
            };
            let row = row(Kind::Patient, of, standing.as_str(), is_active(standing), None, view);
            vec![Row { patient: Some(PatientId(of.id)), struck: false, ..row }]
        }
    }
}

/// Of a consent.
pub(super) fn consent(state: &Consent, of: Of) -> Vec<Row> {
    let (status, content, more) = match state {
        Consent::Unrecorded => return vec![],
        Consent::Active(content) => ("active", content, json!({})),
        Consent::Withdrawn { content, at, reason, by } => {
            ("withdrawn", content, json!({ "withdrawn": { "at": at, "reason": reason, "by": by } }))
        }
        Consent::EnteredInError(content) => ("entered-in-error", content, json!({})),
    };
    let at = content.decided_on.map(|on| on.first_day().and_time(chrono::NaiveTime::MIN).and_utc());
    let code = content.scope.coding.first().map(|coding| coding.code.clone());
    let row = row(Kind::Consent, of, status, status == "active", at, With { content: &**content, more });
    vec![Row { code, ..row }]
}
