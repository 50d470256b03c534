//! `POST /service-accounts/{id}/enable`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{
    App,
    service_account::{Change, change_service_account},
};
use healthcare_domain::id::ServiceAccountId;

use crate::{
    http::{Because, Changed, Command},
    problem::Problem,
};

/// Lets a program ask for tokens again.
#[utoipa::path(tag = "service accounts", request_body = Because, params(("id" = ServiceAccountId, Path, description = "the service account")), responses(
    (status = 200, description = "enabled", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not, or a second factor is to be shown again first", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is no such service account", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "it is not disabled", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the reason is empty or too long", body = Problem, content_type = "application/problem+json"),
))]
#[post("/service-accounts/{id}/enable")]
pub async fn enable_service_account(
    app: Data<App>,
    id: Path<ServiceAccountId>,
    command: Command<Because>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: Because { reason } } = command;
    Ok(Changed::done(change_service_account(&app, &call, *id, Change::Enable { reason }).await?))
}
