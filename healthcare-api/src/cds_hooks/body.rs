//! A call of another system: who it is, before anything of what it sends is looked at, and then its body.

use std::{future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::header,
    web::{Bytes, Data},
};
use healthcare_application::{Actor, Call, Role, cds_hooks::Hook};
use healthcare_domain::id::AccountId;
use healthcare_infrastructure::cds_hooks::{CdsHooks, Client, NotLetIn};
use uuid::Uuid;

use super::problem;
use crate::{
    http::{path, plain, receive_json},
    problem::Problem,
    surface::Rates,
};

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
            let client = hooks.client(bearer(&request)?, &paths).await.map_err(|error| match error {
                NotLetIn::Refused(why) => {
                    tracing::info!(%why, "a client of CDS Hooks was not let in");
                    problem::not_let_in()
                }
                NotLetIn::Store(error) => error.into(),
            })?;
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

/// The token of a request; none where there is none.
fn bearer(request: &HttpRequest) -> Result<Option<&str>, Problem> {
    let Some(value) = request.headers().get(header::AUTHORIZATION) else { return Ok(None) };
    let token = value.to_str().ok().and_then(|value| value.split_once(' '));
    let token = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    token.map(Some).ok_or_else(problem::not_let_in)
}
