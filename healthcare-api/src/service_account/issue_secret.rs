//! `POST /service-accounts/{id}/secrets`.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    post,
    web::{Data, Path},
};
use chrono::{DateTime, Duration, Utc};
use healthcare_application::{
    App,
    service_account::{Change, change_service_account},
};
use healthcare_domain::id::ServiceAccountId;
use healthcare_infrastructure::platform::Platform;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::{http::Command, problem::Problem};

/// How long a secret is to be valid.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueSecret {
    /// In days; 90 if absent.
    #[validate(range(min = 1, max = 400))]
    #[schema(minimum = 1, maximum = 400, example = 90)]
    valid_days: Option<i64>,
}

/// A secret, to be shown once.
#[derive(Serialize, ToSchema)]
pub struct IssuedSecret {
    /// Which, to revoke it.
    id: Uuid,
    /// The `client_id` of token requests.
    client_id: ServiceAccountId,
    /// The `client_secret` of token requests. It is kept nowhere.
    client_secret: String,
    /// Until when it is valid.
    expires_at: DateTime<Utc>,
}

/// Gives a program a secret. Two are valid at a time at most: roll the new one out, then revoke the old one.
#[utoipa::path(tag = "service accounts", request_body = IssueSecret, params(("id" = ServiceAccountId, Path, description = "the service account")), responses(
    (status = 201, description = "the secret, shown once", body = IssuedSecret),
    (status = 403, description = "the role may not, or a second factor is to be shown again first", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is no such service account", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "two are valid, the account is disabled, or this is a repeat", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "a field breaks its bounds", body = Problem, content_type = "application/problem+json"),
))]
#[post("/service-accounts/{id}/secrets")]
pub async fn issue_secret(
    app: Data<App>,
    platform: Data<Platform>,
    id: Path<ServiceAccountId>,
    command: Command<IssueSecret>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: IssueSecret { valid_days } } = command;
    app.authorise(&call, healthcare_application::Permission::ManageAccounts, None).await?;
    call.actor.stepped_up(app.clock.now()).map_err(|_| Problem::step_up_required())?;
    let secret = app.clock.new_id();
    let expires_at = app.clock.now() + Duration::days(valid_days.unwrap_or(90));
    // Kept before it is listed: a secret that the stream does not list opens nothing.
    let made = platform.services.make_secret(*id, secret).await?;
    let committed = change_service_account(&app, &call, *id, Change::IssueSecret { secret, expires_at }).await?;
    if committed.replayed {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "/problems/service-account/shown-once",
            "The secret was made and shown already",
        )
        .detail("It is kept nowhere. Revoke it and issue another one."));
    }
    let client_secret = made.expose_secret().to_owned();
    Ok(HttpResponse::Created().json(IssuedSecret { id: secret, client_id: *id, client_secret, expires_at }))
}
