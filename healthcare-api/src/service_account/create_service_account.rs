//! `POST /service-accounts`.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, post, web::Data};
use healthcare_application::{App, Permission, Role, service_account};
use healthcare_domain::id::DeviceId;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// An account of a program.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateServiceAccount {
    /// What it is called.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "Laboratory interface")]
    name: String,
    /// What it is for, and who answers for it.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "Results of the analysers; operated by the laboratory")]
    purpose: String,
    /// The role in whose bounds it acts.
    #[schema(example = "lab_technician")]
    role: Role,
    /// What it may at the most: part of what the role may.
    #[validate(length(min = 1, max = 50))]
    #[schema(min_items = 1, max_items = 50, example = json!(["record_result"]))]
    scopes: BTreeSet<Permission>,
    /// The one device it speaks for; a gateway, which speaks for all behind it, has none.
    device: Option<DeviceId>,
}

/// Makes an account for a program. It has no secret yet.
#[utoipa::path(tag = "service accounts", request_body = CreateServiceAccount, responses(
    (status = 201, description = "made", body = Changed, headers(("ETag" = String), ("Location" = String))),
    (status = 403, description = "the role may not, or a second factor is to be shown again first", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "a scope is too wide, or a field breaks its bounds", body = Problem, content_type = "application/problem+json"),
))]
#[post("/service-accounts")]
pub async fn create_service_account(
    app: Data<App>,
    command: Command<CreateServiceAccount>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: CreateServiceAccount { name, purpose, role, scopes, device } } = command;
    let new = service_account::CreateServiceAccount { name, purpose, role, scopes, device };
    let committed = service_account::create_service_account(&app, &call, new).await?;
    Ok(Changed::created(committed, "/api/v1/service-accounts"))
}
