//! `GET /audit`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use chrono::{DateTime, Utc};
use healthcare_application::{
    App, QueryError,
    audit::{self, AuditFilter, AuditPaging, AuditSort, LogPage, Outcome},
};
use healthcare_domain::id::PatientId;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::audit_event;
use crate::{
    http::{Caller, Query, limit, next_link, next_page, own_page},
    problem::Problem,
};

/// Which entries; all that is given must match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// By this account.
    actor: Option<Uuid>,
    /// About this patient.
    #[param(value_type = Option<uuid::Uuid>)]
    patient: Option<PatientId>,
    /// Done to this account, program or session, and to nobody's record: not together with `patient`.
    subject: Option<Uuid>,
    /// Of this kind, e.g. `read_chart` or `sign_in`.
    #[param(max_length = 100)]
    action: Option<String>,
    /// With this outcome.
    #[param(inline)]
    outcome: Option<Outcome>,
    /// From this time on (RFC 3339).
    from: Option<DateTime<Utc>>,
    /// Before this time (RFC 3339).
    to: Option<DateTime<Utc>>,
    /// The newest first (`-at`), or the oldest (`at`).
    #[param(inline)]
    sort: Option<AuditSort>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// `fhir` answers a Bundle of AuditEvent (R4), as `Accept: application/fhir+json` does.
    #[param(inline)]
    format: Option<Format>,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Our own.
    Json,
    /// FHIR R4.
    Fhir,
}

impl Format {
    /// What a request asks for.
    pub fn of(request: &HttpRequest, said: Option<Self>) -> Self {
        let accepts = request.headers().get("accept").and_then(|value| value.to_str().ok()).unwrap_or_default();
        match said {
            Some(format) => format,
            None if accepts.contains("application/fhir+json") => Self::Fhir,
            None => Self::Json,
        }
    }
}

/// Searches the audit trail: who did what to whose data. That it was searched is recorded too.
#[utoipa::path(tag = "audit", params(Wanted), responses(
    (status = 200, description = "a page of entries; a FHIR Bundle of AuditEvent if that is asked for", content((LogPage = "application/json"), (Object = "application/fhir+json"))),
    (status = 400, description = "a parameter cannot be read", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
))]
#[get("/audit")]
pub async fn search_audit(
    app: Data<App>,
    caller: Caller,
    wanted: Query<Wanted>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Wanted { actor, patient, subject, action, outcome, from, to, sort, cursor, limit: asked, format } = wanted.0;
    of_one(patient, subject)?;
    let filter = AuditFilter { actor, patient, subject, action, outcome, from, to };
    let paging = paging(cursor, limit(asked)?, sort)?;
    let page = audit::search_audit(&app, &caller.0, &filter, &paging).await?;
    let mut response = HttpResponse::Ok();
    if let Some(next) = &page.next_cursor {
        response.insert_header(next_link(&request, next));
    }
    Ok(match Format::of(&request, format) {
        Format::Json => response.json(page),
        Format::Fhir => {
            let next = page.next_cursor.as_deref().map(|next| next_page(&request, next));
            let bundle = audit_event::bundle(&page.items, &own_page(&request), next.as_deref()).to_string();
            response.content_type("application/fhir+json").body(bundle)
        }
    })
}

/// What was done to a subject is about no patient: both together would be an empty page that looks like nothing happened.
pub fn of_one(patient: Option<PatientId>, subject: Option<Uuid>) -> Result<(), Problem> {
    match (patient, subject) {
        (Some(_), Some(_)) => Err(Problem::bad_parameter("subject", "it is not asked for together with `patient`")),
        _ => Ok(()),
    }
}

/// A page of the trail, as it is asked for.
pub fn paging(cursor: Option<String>, limit: u16, sort: Option<AuditSort>) -> Result<AuditPaging, Problem> {
    let after = cursor.map(|text| text.parse()).transpose().map_err(|_| QueryError::BadCursor)?;
    Ok(AuditPaging { after, limit, sort: sort.unwrap_or_default() })
}
