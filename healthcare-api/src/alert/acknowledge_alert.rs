//! `POST /alerts/{id}/acknowledge`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, alert};
use healthcare_domain::{id::AlertId, text::Remark};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// An answer to an alert. The body may be left out.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcknowledgeAlert {
    /// What there is to say about it.
    #[serde(default)]
    #[schema(example = "At the bedside, probe repositioned")]
    note: Option<Remark>,
}

/// Answers for an alert as the signed-in account. Nobody further is told of it from then on.
#[utoipa::path(tag = "alerts", request_body = AcknowledgeAlert, params(
    ("id" = AlertId, Path, description = "the alert"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "acknowledged", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such alert", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "answered already, or over", body = Problem, content_type = "application/problem+json"),
))]
#[post("/alerts/{id}/acknowledge")]
pub async fn acknowledge_alert(
    app: Data<App>,
    id: Path<AlertId>,
    command: Command<AcknowledgeAlert>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: AcknowledgeAlert { note } } = command;
    let committed = alert::acknowledge_alert(&app, &call, alert::AcknowledgeAlert { alert: *id, note }).await?;
    Ok(Changed::done(committed))
}
