//! `GET /patients`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use chrono::NaiveDate;
use healthcare_application::{
    App, patient,
    read::{Page, PatientSearch},
};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::{
    http::{Caller, Query, limit, listed},
    problem::Problem,
};

/// What to look patients up by.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Search {
    /// The beginning of any name; case and accents do not matter; several words must all match.
    name: Option<String>,
    /// The exact date of birth.
    birth_date: Option<NaiveDate>,
    /// An identifier's value, or `system|value`.
    identifier: Option<String>,
    /// From `next_cursor` of the page before.
    cursor: Option<Uuid>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// Searches the directory.
#[utoipa::path(tag = "patients", params(Search), responses(
    (status = 200, description = "a page of patients, earliest registered first", body = Page),
    (status = 400, description = "a parameter cannot be read", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
))]
#[get("/patients")]
pub async fn find_patients(
    app: Data<App>,
    caller: Caller,
    search: Query<Search>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Search { name, birth_date, identifier, cursor, limit: asked } = search.0;
    let search = PatientSearch { name, birth_date, identifier, after: cursor, limit: limit(asked)? };
    let page = patient::find_patients(&app, &caller.0, search).await?;
    Ok(listed(&request, page))
}
