//! `POST /checks/medications`.

use actix_web::{HttpResponse, post, web::Data};
use healthcare_application::{
    App,
    check::{self, MedicationFindings},
};

use super::list::Medications;
use crate::{http::Command, problem::Problem};

/// Judges a list of medications without storing anything and without a patient: interactions of each with every other,
/// and, as far as they are told, allergies, conditions, age, kidney function, pregnancy and doses. A finding of
/// severity `critical` is one that would interrupt signing; `warning` and `info` do not. A medication that cannot be
/// recognised is a finding of the rule `drug-not-checked`; what cannot be told for lack of data is told as information.
#[utoipa::path(tag = "checks", request_body = Medications, responses(
    (status = 200, description = "the findings, the gravest first", body = MedicationFindings),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the body has another shape, or a value cannot be", body = Problem, content_type = "application/problem+json"),
))]
#[post("/checks/medications")]
pub async fn check_medications(app: Data<App>, command: Command<Medications>) -> Result<HttpResponse, Problem> {
    let Command { call, body } = command;
    let list = body.into_list(app.clock.now(), app.rules.knowledge())?;
    Ok(HttpResponse::Ok().json(check::check_medications(&app, &call, &list).await?))
}
