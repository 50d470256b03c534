//! `PATCH /patients/{id}`.

use std::sync::{Arc, Mutex, PoisonError};

use actix_web::{
    HttpResponse, patch,
    web::{Data, Path},
};
use healthcare_application::{App, CommandError, patient};
use healthcare_domain::{
    id::PatientId,
    patient::{Demographics, PatientError},
};

use crate::{
    http::{Changed, Command, MergePatch},
    problem::Problem,
};

/// Changes a patient's demographics.
#[utoipa::path(tag = "patients", request_body(content = MergePatch, content_type = "application/merge-patch+json"), params(
    ("id" = PatientId, Path, description = "the patient"),
    ("If-Match" = String, Header, description = "the ETag of the version that was seen"),
), responses(
    (status = 200, description = "changed", body = Changed, headers(("ETag" = String))),
    (status = 404, description = "no such patient", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "an identifier is in use (whose is not said), or the patient was entered in error", body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "changed meanwhile", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the result cannot be true", body = Problem, content_type = "application/problem+json"),
    (status = 428, description = "If-Match is missing", body = Problem, content_type = "application/problem+json"),
))]
#[patch("/patients/{id}")]
pub async fn update_patient(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<MergePatch>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: patch } = command;
    // What does not fit is found where the patch meets the demographics, and told here.
    let misfit = Arc::new(Mutex::new(None));
    let told = misfit.clone();
    let change = move |now: &Demographics| {
        merged(now, &patch).map_err(|problem| {
            *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
            PatientError::NoName
        })
    };
    let cmd = patient::UpdatePatient { patient: *id, change: Box::new(change) };
    match patient::update_patient(&app, &call, cmd).await {
        Ok(committed) => Ok(Changed::done(committed)),
        Err(refused @ CommandError::Refused(_)) => {
            let misfit = misfit.lock().unwrap_or_else(PoisonError::into_inner).take();
            Err(misfit.unwrap_or_else(|| refused.into()))
        }
        Err(other) => Err(other.into()),
    }
}

/// The demographics with the patch applied, read as strictly as a registration.
fn merged(now: &Demographics, patch: &MergePatch) -> Result<Demographics, Problem> {
    let demographics: Demographics = patch.clone().read(now, &[])?;
    super::bounds::check(&demographics).map_err(|e| Problem::invalid(&e))?;
    Ok(demographics)
}
