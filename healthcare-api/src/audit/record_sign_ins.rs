//! What happens at the doors is recorded: sign-ins, refreshes, activations, sign-outs, granted and refused.

use actix_web::{
    HttpMessage, HttpRequest,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::StatusCode,
    middleware::Next,
    web::Data,
};
use healthcare_application::{
    Actor, App, Call,
    audit::{Entry, Fields},
};
use healthcare_domain::id::AccountId;
use healthcare_infrastructure::access::Access;
use uuid::Uuid;

use crate::{
    http::{plain, signed_in},
    problem::Problem,
};

/// Where the doors are.
const DOORS: &str = "/api/v1/auth/";

/// Who stands at the door, where it turned out.
#[derive(Debug, Clone)]
struct Known(Actor);

/// Notes for the trail whom an access token was given to.
pub fn known_by(request: &HttpRequest, access: &Access, access_token: &str) {
    if let Ok(actor) = access.verify(access_token) {
        request.extensions_mut().insert(Known(actor));
    }
}

/// Answers once it is recorded what was asked for at a door and what came of it. What cannot be recorded is not granted.
///
/// # Errors
/// As what it stands before.
pub async fn record_sign_ins(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let response = next.call(request).await?.map_into_boxed_body();
    if !response.request().path().starts_with(DOORS) {
        return Ok(response);
    }
    let Some(entry) = entry(&response) else { return Ok(response) };
    let Some(app) = response.request().app_data::<Data<App>>().cloned() else { return Ok(response) };
    if app.audit.record(entry(&app)).recorded().await.is_ok() {
        return Ok(response);
    }
    let (request, _not_granted) = response.into_parts();
    Ok(ServiceResponse::from_err(Problem::unavailable(), request).map_into_boxed_body())
}

/// The entry of an answer; none where nothing was tried: the request could not be read, or came too often.
fn entry(response: &ServiceResponse<BoxBody>) -> Option<impl FnOnce(&App) -> Entry + use<>> {
    let request = response.request();
    let tried = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::CONFLICT];
    let granted = response.status().is_success();
    if !granted && !tried.contains(&response.status()) {
        return None;
    }
    let known = request.extensions().get::<Known>().map(|Known(actor)| actor.clone());
    let actor = known.or_else(|| signed_in(request).ok().map(|(actor, _)| actor));
    let stranger = actor.is_none();
    let nobody = || Actor::of(AccountId(Uuid::nil()), healthcare_application::Role::Patient);
    let call = Call { ..plain(request, actor.unwrap_or_else(nobody)) };
    let action = action(request.path());
    let problem = response.response().error().and_then(|error| error.as_error::<Problem>());
    let reason = problem.and_then(|problem| problem.kind.rsplit('/').next().map(str::to_owned));
    Some(move |app: &App| {
        let entry = Entry::act(&call, action, Fields::Accounts, app.clock.now());
        let entry = if stranger { Entry { role: "unknown".into(), purpose: "HOPERAT".into(), ..entry } } else { entry };
        if granted { entry } else { Entry { reason: reason.map(Into::into), ..entry.denied("refused") } }
    })
}

/// What is done at a door, by its name.
fn action(path: &str) -> &'static str {
    let door = path.trim_start_matches(DOORS);
    match door.split('/').next().unwrap_or_default() {
        "oidc" if door == "oidc/logout" => "sign_out",
        "login" => "sign_in",
        "refresh" => "refresh",
        "logout" | "sign-out" => "sign_out",
        "activate" => "activate",
        "step-up" | "second-factor" | "totp" => "step_up",
        "password" | "reset" => "change_password",
        "sessions" => "end_session",
        "token" | "oidc" | "callback" => "sign_in_elsewhere",
        _ => "use_door",
    }
}
