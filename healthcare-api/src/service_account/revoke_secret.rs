//! `POST /service-accounts/{id}/secrets/{secret}/revoke`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{
    App,
    service_account::{Change, change_service_account},
};
use healthcare_domain::id::ServiceAccountId;
use uuid::Uuid;

use crate::{
    http::{Changed, Command, Nothing},
    problem::Problem,
};

/// Takes a secret back: no token is given for it any more, and those that were end within seconds.
#[utoipa::path(tag = "service accounts", request_body = Nothing, params(
    ("id" = ServiceAccountId, Path, description = "the service account"), ("secret" = Uuid, Path, description = "the secret"),
), responses(
    (status = 200, description = "taken back", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is no such secret", body = Problem, content_type = "application/problem+json"),
))]
#[post("/service-accounts/{id}/secrets/{secret}/revoke")]
pub async fn revoke_secret(
    app: Data<App>,
    path: Path<(ServiceAccountId, Uuid)>,
    command: Command<Nothing>,
) -> Result<HttpResponse, Problem> {
    let (id, secret) = path.into_inner();
    let change = Change::RevokeSecret { secret };
    Ok(Changed::done(change_service_account(&app, &command.call, id, change).await?))
}
