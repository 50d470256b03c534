//! `POST /encounters/{id}/discharge`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{App, encounter};
use healthcare_domain::{encounter::Disposition, id::EncounterId};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::write_summary::WriteSummary;
use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// Where the patient goes.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DischargePatient {
    /// Where to (FHIR discharge disposition).
    disposition: Disposition,
    /// What happened, for whoever goes on caring; some wards ask for it.
    #[validate(nested)]
    summary: Option<WriteSummary>,
    /// Now, if not said.
    at: Option<DateTime<Utc>>,
}

/// Ends a visit or stay. It ends once, and never before what happened last in it. The bed is given up. A ward may ask for a
/// summary or a principal discharge diagnosis first; who left against advice or died leaves without. Who died (`exp`) is
/// deceased from then on, unless their death was registered already.
#[utoipa::path(tag = "encounters", request_body = DischargePatient, params(
    ("id" = EncounterId, Path, description = "the encounter"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "done", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such encounter", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "it has ended already, they are on leave or were not seen, or the ward asks for more", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the body has another shape or cannot be true", body = Problem, content_type = "application/problem+json"),
))]
#[post("/encounters/{id}/discharge")]
pub async fn discharge_patient(
    app: Data<App>,
    id: Path<EncounterId>,
    command: Command<DischargePatient>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: DischargePatient { disposition, summary, at } } = command;
    let cmd = encounter::DischargePatient { encounter: *id, disposition, summary: summary.map(Into::into), at };
    let committed = encounter::discharge_patient(&app, &call, cmd).await?;
    Ok(Changed::done(committed))
}
