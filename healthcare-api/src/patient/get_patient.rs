//! `GET /patients/{id}`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{App, patient, view::View};
use healthcare_domain::{id::PatientId, patient::Demographics};

use crate::{
    http::{AsOf, Caller, Entity, Query},
    problem::Problem,
};

/// A patient's demographics.
#[utoipa::path(tag = "patients", params(("id" = PatientId, Path, description = "the patient"), AsOf), responses(
    (status = 200, description = "the demographics", body = View<Demographics>, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such patient", body = Problem, content_type = "application/problem+json"),
))]
#[get("/patients/{id}")]
pub async fn get_patient(
    app: Data<App>,
    caller: Caller,
    id: Path<PatientId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    Ok(Entity::answer(patient::get_patient(&app, &caller.0, *id, day.0.as_of).await?))
}
