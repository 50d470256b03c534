//! `POST /encounters/{id}/consultation`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{
    App,
    consultation::{self, Diagnosed, Prescribed, Saved},
};
use healthcare_domain::{id::EncounterId, medication::MedicationOrderError};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    medication::PrescribeMedication,
    note::WriteNote,
    problem::{DomainProblem, Problem},
    problem_list::AddProblem,
};

/// A consultation: its note, and what came of it.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveConsultation {
    /// The note; signed at once, unless it says `"sign": false`.
    #[validate(nested)]
    note: WriteNote,
    /// The diagnosis, for the problem list, with answers to what decision support said against it.
    #[validate(nested)]
    diagnosis: Option<AddProblem>,
    /// The prescription, with answers to what decision support said against it.
    #[validate(nested)]
    prescription: Option<PrescribeMedication>,
}

/// Saves note, diagnosis and prescription of a visit in one go: all of it is stored, or nothing. The prescription is
/// judged with the new diagnosis among the facts; a critical finding answers 409 with all findings, as a single
/// prescription does, and nothing is stored until it comes again (with a new idempotency key) with `overrides`. So does a
/// critical finding that the diagnosis brings up, with `overrides` of its own.
#[utoipa::path(tag = "notes", request_body(content = SaveConsultation, example = json!({
    "note": { "note_type": { "coding": [{ "system": "http://loinc.org", "code": "11488-4", "display": "Consult note" }] },
        "title": "Sore throat", "sections": [{ "text": "Exudate, fever since two days." }] },
    "diagnosis": { "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "43878008", "display": "Streptococcal sore throat" }] } },
    "prescription": { "medication": { "text": "Amoxicillin 500 MG Oral Capsule" }, "frequency": "three times a day" }
})), params(
    ("id" = EncounterId, Path, description = "the encounter"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did; a 409 is not kept"),
), responses(
    (status = 201, description = "all of it is stored: `note`, `problem`, `medication_order`; `findings` did not interrupt", body = Changed, headers(("ETag" = String), ("Location" = String))),
    (status = 409, description = "findings wait for an answer", body = Problem, content_type = "application/problem+json"),
))]
#[post("/encounters/{id}/consultation")]
pub async fn save_consultation(
    app: Data<App>,
    id: Path<EncounterId>,
    command: Command<SaveConsultation>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body } = command;
    let SaveConsultation { note, diagnosis, prescription } = body;
    let prescription = prescription.map(|sent| {
        let (draft, overrides) = sent.parts();
        Prescribed { prescription: draft.written(&call.actor, app.clock.now()), overrides }
    });
    let diagnosis = diagnosis.map(|sent| {
        let (problem, overrides) = sent.named(vec![]);
        Diagnosed { problem, overrides }
    });
    let cmd = consultation::SaveConsultation { encounter: *id, note: note.written(true), diagnosis, prescription };
    match consultation::save_consultation(&app, &call, cmd).await? {
        Saved::Saved(committed) => Ok(Changed::created(committed, "/api/v1/notes")),
        Saved::Interrupted(interruption) => Err(Problem::findings(MedicationOrderError::CONTEXT, &interruption)),
    }
}
