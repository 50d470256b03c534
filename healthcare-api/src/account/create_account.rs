//! `POST /accounts`.

use actix_web::{HttpResponse, http::header, post, web::Data};
use chrono::{DateTime, Utc};
use healthcare_application::{App, Role, account, store::Meta};
use healthcare_domain::{
    account::StaffProfile,
    id::{AccountId, DeviceId, PatientId},
};
use healthcare_infrastructure::access::{Access, Link, LinkError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::profile::bounded;
use crate::{
    http::Command,
    problem::{DomainProblem, Problem},
};

/// An account to be made.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateAccount {
    /// The name to sign in with: letters, digits and `. - _ @ ' +`; case and width do not matter.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "ada.placeholt")]
    username: String,
    /// What it is in the house.
    role: Role,
    /// The person behind it; for the staff.
    #[validate(custom(function = bounded))]
    profile: Option<StaffProfile>,
    /// The patient it belongs to, for the role `patient`.
    #[schema(value_type = Option<Uuid>)]
    patient: Option<PatientId>,
    /// The device it belongs to, for the role `device`; none for a gateway.
    #[schema(value_type = Option<Uuid>)]
    device: Option<DeviceId>,
}

/// A one-time link, told once: its token is redeemed at `POST /auth/activate`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Activation {
    /// What it is redeemed with. Hand it to the owner of the account, and to nobody else.
    token: String,
    /// Until when.
    expires_at: DateTime<Utc>,
}

impl From<Link> for Activation {
    fn from(link: Link) -> Self {
        let Link { token, expires_at } = link;
        Self { token, expires_at }
    }
}

/// A new account.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedAccount {
    /// Its identity.
    id: Uuid,
    /// Its version now, as in `ETag`.
    #[schema(example = 2)]
    version: i32,
    /// The link to choose a password by. Absent when the request repeats an earlier one: ask for a new link then.
    #[serde(skip_serializing_if = "Option::is_none")]
    activation: Option<Activation>,
}

/// Makes an account. Its owner chooses the password by the one-time link in the answer; nobody else ever does. Who makes it
/// has shown their second factor within five minutes. Of a patient's account the privacy officers are told.
#[utoipa::path(tag = "accounts", request_body = CreateAccount, responses(
    (status = 201, description = "made; nobody can sign in with it yet", body = CreatedAccount, headers(("ETag" = String), ("Location" = String))),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not, or step up first", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is no such patient", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "the name is taken", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "a field breaks its bounds", body = Problem, content_type = "application/problem+json"),
))]
#[post("/accounts")]
pub async fn create_account(
    app: Data<App>,
    access: Data<Access>,
    command: Command<CreateAccount>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: CreateAccount { username, role, profile, patient, device } } = command;
    let cmd = account::CreateAccount { username, role, profile, patient, device };
    let committed = account::create_account(&app, &call, cmd).await?;
    let (activation, version) = if committed.replayed {
        (None, committed.version)
    } else {
        let link = access.activation_link(AccountId(committed.id), Meta::of(&call)).await?;
        // The link is an event of the account too.
        (Some(Activation::from(link)), committed.version + 1)
    };
    let mut response = HttpResponse::Created();
    response.insert_header((header::LOCATION, format!("/api/v1/accounts/{}", committed.id)));
    response.insert_header((header::ETAG, format!("\"{version}\"")));
    if committed.replayed {
        response.insert_header(("idempotent-replayed", "true"));
    }
    Ok(response.json(CreatedAccount { id: committed.id, version, activation }))
}

impl From<LinkError> for Problem {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Store(error) => error.into(),
            LinkError::Refused(refused) => {
                let (status, kind, title) = refused.kind();
                Self::new(status, format!("/problems/account/{kind}"), title).detail(refused.to_string())
            }
        }
    }
}
