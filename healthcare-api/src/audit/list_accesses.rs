//! `GET /patients/{id}/accesses`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{
    App,
    audit::{self, AccessFilter, AccessPage, AuditSort, Outcome},
};
use healthcare_domain::id::PatientId;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::search_audit::paging;
use crate::{
    http::{Caller, Query, limit, next_link},
    problem::Problem,
};

/// Which uses; all that is given must match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// By this account.
    actor: Option<Uuid>,
    /// Of this kind, e.g. `read_chart`.
    #[param(max_length = 100)]
    action: Option<String>,
    /// With this outcome.
    #[param(inline)]
    outcome: Option<Outcome>,
    /// From this time on (RFC 3339).
    from: Option<DateTime<Utc>>,
    /// Before this time (RFC 3339).
    to: Option<DateTime<Utc>>,
    /// In which order; the newest first if absent.
    #[param(inline)]
    sort: Option<AuditSort>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// Who used a patient's record, the newest first if not asked otherwise: for the patient's own account, and for the privacy officer.
#[utoipa::path(tag = "audit", params(("id" = PatientId, Path, description = "the patient"), Which), responses(
    (status = 200, description = "a page of uses", body = AccessPage),
    (status = 400, description = "a parameter cannot be read", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "neither the patient nor the privacy officer", body = Problem, content_type = "application/problem+json"),
))]
#[get("/patients/{id}/accesses")]
pub async fn list_accesses(
    app: Data<App>,
    caller: Caller,
    id: Path<PatientId>,
    which: Query<Which>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Which { actor, action, outcome, from, to, sort, cursor, limit: asked } = which.0;
    let filter = AccessFilter { actor, action, outcome, from, to };
    let paging = paging(cursor, limit(asked)?, sort)?;
    let page = audit::list_accesses(&app, &caller.0, *id, filter, &paging).await?;
    let mut response = HttpResponse::Ok();
    if let Some(next) = &page.next_cursor {
        response.insert_header(next_link(&request, next));
    }
    Ok(response.json(page))
}
