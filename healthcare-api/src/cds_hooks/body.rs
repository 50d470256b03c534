//! A call of another system: who it is, before anything of what it sends is looked at, and then its body.

use std::{future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::header,
    web::{Bytes, Data},
};
use healthcare_application::{
    Actor, App, Call, Role,
    audit::{Entry, Fields},
    cds_hooks::Hook,
};
use healthcare_domain::id::AccountId;
use healthcare_infrastructure::{
    cds_hooks::{CdsHooks, Client, NotLetIn},
    shared::network,
};
use uuid::Uuid;

use super::problem;
use crate::{
    audit::Denials,
    http::{origin, path, plain, receive_json},
    problem::Problem,
    surface::Rates,
};

/// Refused tokens of one network that are entries of the trail, in a minute.
const REFUSED_A_MINUTE: u32 = 20;

/// A call to a service, or feedback to one.
pub struct FromClient {
    /// Which service.
    pub hook: Hook,
    /// Who calls.
    pub client: Client,
    /// The call, as the trail has it where our record is read.
    pub call: Call,
    /// The body; JSON that nests no deeper than a body may.
    pub body: Bytes,
}

impl FromRequest for FromClient {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let body = receive_json(&request, payload);
        Box::pin(async move {
            let hooks = request.app_data::<Data<CdsHooks>>().ok_or_else(Problem::unavailable)?;
            let hook: Hook = request.match_info().query("id").parse().map_err(|_| problem::unknown_service())?;
            let own = format!("/cds-services/{}", hook.name());
            // Feedback belongs to the service: clients name the one address or the other.
            let own = if path(&request) == own { vec![own] } else { vec![format!("{own}/feedback"), own] };
            let paths: Vec<&str> = own.iter().map(String::as_str).collect();
            let client = match bearer(&request) {
                Ok(token) => hooks.client(token, &paths).await,
                Err(()) => return Err(refused(&request, "it is no bearer token").await),
            };
            let client = match client {
                Ok(client) => client,
                Err(NotLetIn::Refused(why)) => return Err(refused(&request, why.0).await),
                Err(NotLetIn::Store(error)) => return Err(error.into()),
            };
            let account = AccountId(client.id().map_or_else(Uuid::nil, |id| id.0));
            if client.id().is_some()
                && let Some(rates) = request.app_data::<Data<Rates>>()
            {
                rates.by_account(account, &mut request.extensions_mut())?;
            }
            // In nobody's rights: where the record is read, it is in those of the account that is registered for it.
            let call = plain(&request, Actor::of(account, Role::Device));
            Ok(Self { hook, client, call, body: body.await? })
        })
    }
}

/// That a client was not let in, once it stands in the trail; whose word it is nobody knows. Of one network the first ones of
/// a minute: what somebody makes up is not to fill the trail.
async fn refused(request: &HttpRequest, why: &'static str) -> Problem {
    tracing::info!(why, "a client of CDS Hooks was not let in");
    let Some(app) = request.app_data::<Data<App>>() else { return Problem::unavailable() };
    let (now, from) = (app.clock.now(), origin(request).address.map(network));
    if let Some(denials) = request.app_data::<Data<Denials>>()
        && !denials.admit(("cds_hooks", from), REFUSED_A_MINUTE, now)
    {
        return problem::not_let_in();
    }
    let call = plain(request, Actor::of(AccountId(Uuid::nil()), Role::Device));
    let entry = Entry::act(&call, "call_cds_service", Fields::System, now).denied("cds-client");
    let entry = Entry { role: "unknown".into(), purpose: "HOPERAT".into(), note: Some(why.into()), ..entry };
    match app.audit.record(entry).recorded().await {
        Ok(()) => problem::not_let_in(),
        Err(_) => Problem::unavailable(),
    }
}

/// The token of a request; none where there is none. Another kind of credentials is an error.
fn bearer(request: &HttpRequest) -> Result<Option<&str>, ()> {
    let Some(value) = request.headers().get(header::AUTHORIZATION) else { return Ok(None) };
    let token = value.to_str().ok().and_then(|value| value.split_once(' '));
    let token = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    token.map(Some).ok_or(())
}
