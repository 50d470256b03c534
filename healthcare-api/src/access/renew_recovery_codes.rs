//! `POST /auth/recovery-codes`.

use actix_web::{
    HttpRequest, post,
    web::{Data, Json},
};
use healthcare_application::App;
use healthcare_infrastructure::access::Access;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    http::{Caller, origin},
    problem::Problem,
};

/// Recovery codes, told once.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// Each works once in place of a code.
    recovery_codes: Vec<String>,
}

/// New recovery codes in place of those there are, for who has shown the second factor within five minutes.
#[utoipa::path(tag = "access", responses(
    (status = 200, description = "the codes, told once", body = RecoveryCodes),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "step up first", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "there is no second factor", body = Problem, content_type = "application/problem+json"),
))]
#[post("/auth/recovery-codes")]
pub async fn renew_recovery_codes(
    app: Data<App>,
    access: Data<Access>,
    caller: Caller,
    request: HttpRequest,
) -> Result<Json<RecoveryCodes>, Problem> {
    caller.0.actor.stepped_up(app.clock.now()).map_err(|_| Problem::step_up_required())?;
    let recovery_codes = access.renew_recovery_codes(&caller.0.actor, &origin(&request)).await?;
    Ok(Json(RecoveryCodes { recovery_codes }))
}
