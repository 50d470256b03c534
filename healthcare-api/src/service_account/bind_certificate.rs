//! `POST /service-accounts/{id}/certificate`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{
    App,
    service_account::{Change, change_service_account},
};
use healthcare_domain::id::ServiceAccountId;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// The client certificate that is to stand for a secret.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BindCertificate {
    /// SHA-256 of it in 64 hexadecimal digits, as `openssl x509 -fingerprint -sha256` prints it; null for none any more.
    #[validate(length(min = 1, max = 95))]
    #[schema(min_length = 1, max_length = 95)]
    sha256: Option<String>,
}

/// Lets a program show a client certificate instead of a secret (mutual TLS), or none any more. The tokens it got by the
/// one before end within seconds.
#[utoipa::path(tag = "service accounts", request_body = BindCertificate, params(("id" = ServiceAccountId, Path, description = "the service account")), responses(
    (status = 200, description = "bound", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not, or a second factor is to be shown again first", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is no such service account", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "it is disabled", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "that is no fingerprint", body = Problem, content_type = "application/problem+json"),
))]
#[post("/service-accounts/{id}/certificate")]
pub async fn bind_certificate(
    app: Data<App>,
    id: Path<ServiceAccountId>,
    command: Command<BindCertificate>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: BindCertificate { sha256 } } = command;
    Ok(Changed::done(change_service_account(&app, &call, *id, Change::BindCertificate { sha256 }).await?))
}
