//! What happens at the doors is recorded: sign-ins, refreshes, activations, sign-outs, granted and refused.

use actix_web::{
    HttpMessage, HttpRequest,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, StatusCode},
    middleware::Next,
    web::Data,
};
use chrono::{DateTime, Utc};
use healthcare_application::{
    Actor, App,
    audit::{Entry, Fields},
};
use healthcare_domain::id::AccountId;
use healthcare_infrastructure::{access::Access, shared::network};
use uuid::Uuid;

use super::Denials;
use crate::{
    access::{SCOPE_REFUSED, oidc::LOGOUT_REFUSED},
    http::{Recorded, SignedIn, Tried, origin, path, plain},
    problem::Problem,
};

/// Where the doors are.
const DOORS: &str = "/api/v1/auth/";

/// Notes for the trail whom an access token was given to.
pub fn known_by(request: &HttpRequest, access: &Access, access_token: &str) {
    if let Ok(actor) = access.issued_to(access_token) {
        request.extensions_mut().insert(SignedIn(actor));
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
    if !path(response.request()).starts_with(DOORS) {
        return Ok(response);
    }
    let Some(app) = response.request().app_data::<Data<App>>().cloned() else { return Ok(response) };
    let Some(entry) = entry(&response, &app) else { return Ok(response) };
    if app.audit.record(entry).recorded().await.is_ok() {
        return Ok(response);
    }
    let (request, _not_granted) = response.into_parts();
    Ok(ServiceResponse::from_err(Problem::unavailable(), request).map_into_boxed_body())
}

/// What the trail says of something that is done at the door a request came to.
pub fn done_at_door(request: &HttpRequest, actor: Actor, at: DateTime<Utc>) -> Entry {
    Entry::act(&plain(request, actor), action(request.method(), path(request)), Fields::Accounts, at)
}

/// That a sign-in was held up, and whether that is the first time in a minute: which name it was is known at that door alone.
#[derive(Debug, Clone, Copy)]
pub struct HeldUp {
    /// Whether it is an entry.
    pub first: bool,
}

/// Whether too many attempts are an entry: the first of a minute, of a name, an account or else a network. The others would
/// tell nothing more, and whoever tries could fill the trail with them.
fn is_first(request: &HttpRequest, app: &App) -> bool {
    let extensions = request.extensions();
    if let Some(HeldUp { first }) = extensions.get() {
        return *first;
    }
    let Some(denials) = request.app_data::<Data<Denials>>() else { return true };
    let account = extensions.get::<SignedIn>().map(|SignedIn(actor)| actor.account.0);
    let from = origin(request).address.map(network).filter(|_| account.is_none());
    denials.admit((action(request.method(), path(request)), account, from), 1, app.clock.now())
}

/// The entry of an answer. None where it is recorded already, or nothing was tried: the request could not be read. Of those
/// that came too often the first ones.
fn entry(response: &ServiceResponse<BoxBody>, app: &App) -> Option<Entry> {
    let request = response.request();
    if request.extensions().contains::<Recorded>() {
        return None;
    }
    let tried = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::CONFLICT];
    let problem = response.response().error().and_then(|error| error.as_error::<Problem>());
    // What has to be refused with a 400: a logout elsewhere, and a program that is known and asks for more than it may.
    let no_more = problem.is_some_and(|problem| [LOGOUT_REFUSED, SCOPE_REFUSED].contains(&problem.kind.as_str()));
    let too_often = response.status() == StatusCode::TOO_MANY_REQUESTS && is_first(request, app);
    // A browser is sent on with what it was granted.
    let granted = response.status().is_success() || response.status().is_redirection();
    if !granted && !no_more && !too_often && !tried.contains(&response.status()) {
        return None;
    }
    let reason = problem.and_then(|problem| problem.kind.rsplit('/').next().map(str::to_owned));
    let entry = |actor: Actor| {
        let entry = done_at_door(request, actor, app.clock.now());
        if granted {
            return entry;
        }
        let tried = request.extensions().get::<Tried>().copied();
        let why = tried.and_then(|tried| tried.why).map(str::to_owned).or(reason.clone());
        Entry {
            reason: why.map(Into::into),
            // Whose door it was, though nobody knows who stood before it.
            subject: tried.map(|tried| tried.account.0),
            ..entry.denied("refused")
        }
    };
    // As it was when the request came: who has signed out since is known all the same.
    let actor = request.extensions().get::<SignedIn>().map(|SignedIn(actor)| actor.clone());
    Some(actor.map_or_else(
        || {
            let nobody = Actor::of(AccountId(Uuid::nil()), healthcare_application::Role::Patient);
            Entry { role: "unknown".into(), purpose: "HOPERAT".into(), ..entry(nobody) }
        },
        entry,
    ))
}

/// What is done at a door, by its name.
fn action(method: &Method, of: &str) -> &'static str {
    match of.trim_start_matches(DOORS).split('/').next().unwrap_or_default() {
        "login" => "sign_in",
        "refresh" => "refresh",
        "logout" => "sign_out",
        "activate" => "activate",
        "step-up" => "step_up",
        "second-factor" => "enrol_second_factor",
        "recovery-codes" => "renew_recovery_codes",
        "password" => "change_password",
        "sessions" if *method == Method::GET => "list_sessions",
        "sessions" => "end_session",
        "calendar-feeds" if *method == Method::GET => "list_calendar_feeds",
        "calendar-feeds" if *method == Method::DELETE => "close_calendar_feed",
        "calendar-feeds" => "open_calendar_feed",
        "oidc" if of.ends_with("/logout") => "sign_out",
        "oidc" if of.ends_with("/backchannel-logout") => "sign_out_elsewhere",
        "token" | "oidc" => "sign_in_elsewhere",
        _ => "use_door",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_at_a_door_has_a_name() {
        assert_eq!(action(&Method::POST, "/api/v1/auth/login"), "sign_in");
        assert_eq!(action(&Method::DELETE, "/api/v1/auth/sessions/1"), "end_session");
        assert_eq!(action(&Method::GET, "/api/v1/auth/oidc/logout"), "sign_out");
        assert_eq!(action(&Method::GET, "/api/v1/auth/oidc/callback"), "sign_in_elsewhere");
        assert_eq!(action(&Method::POST, "/api/v1/auth/oidc/backchannel-logout"), "sign_out_elsewhere");
        assert_eq!(action(&Method::GET, "/api/v1/auth/calendar-feeds"), "list_calendar_feeds");
        assert_eq!(action(&Method::POST, "/api/v1/auth/calendar-feeds"), "open_calendar_feed");
        assert_eq!(action(&Method::DELETE, "/api/v1/auth/calendar-feeds/1"), "close_calendar_feed");
        assert_eq!(action(&Method::POST, "/api/v1/auth/elsewhere"), "use_door");
    }
}
