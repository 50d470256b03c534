//! `GET /service-accounts/{id}`.

use actix_web::{
    HttpResponse, get,
    http::header,
    web::{Data, Path},
};
use healthcare_application::{App, Call, service_account, service_account::ServiceAccountView};
use healthcare_domain::id::ServiceAccountId;
use healthcare_infrastructure::platform::Platform;

use crate::{http::Caller, problem::Problem};

/// A service account with when its secrets were last used.
#[utoipa::path(tag = "service accounts", params(("id" = ServiceAccountId, Path, description = "the service account")), responses(
    (status = 200, description = "the service account", body = ServiceAccountView, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is none", body = Problem, content_type = "application/problem+json"),
))]
#[get("/service-accounts/{id}")]
pub async fn get_service_account(
    app: Data<App>,
    platform: Data<Platform>,
    id: Path<ServiceAccountId>,
    caller: Caller,
) -> Result<HttpResponse, Problem> {
    let view = view(&app, &platform, &caller.0, *id).await?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, format!("\"{}\"", view.version))).json(view))
}

/// Reads one with its last uses.
pub(super) async fn view(
    app: &App,
    platform: &Platform,
    call: &Call,
    id: ServiceAccountId,
) -> Result<ServiceAccountView, Problem> {
    let mut view = service_account::get_service_account(app, call, id).await?;
    for (secret, at) in platform.services.last_uses(id).await? {
        if let Some(known) = view.secrets.iter_mut().find(|known| known.id == secret) {
            known.last_used_at = Some(at);
        }
    }
    Ok(view)
}
