//! CDS Hooks 2.0: requests of other systems read strictly, their tokens verified, what they did not send found where it may
//! be, cards remembered by rule, and feedback taken in.

mod fetch;
mod http;
mod keys;
mod malformed;
mod prefetch;
mod read;
mod record;
mod request;
mod resources;
mod store;
mod token;

pub use malformed::Malformed;
pub use request::{FhirAccess, Request};
pub use store::{Feedback, Unknown};

use std::sync::Arc;

use healthcare_application::{
    App, Call, Permission, StoreError,
    cds_hooks::{Card, Hook, cards, judge},
    order::Direction,
};
use healthcare_domain::{
    cds_client::{CdsClient, Registration},
    id::CdsClientId,
};
use uuid::Uuid;

use crate::database::{Database, unavailable};

/// How other systems may ask.
#[derive(Debug, Clone)]
pub struct CdsHooksSettings {
    /// `HEALTHCARE_CDS_HOOKS_BASE`: this server as clients reach it, without a slash at the end; what their tokens are for.
    pub base: String,
    /// `HEALTHCARE_CDS_HOOKS_CLIENTS`: whether who shows no token is answered on what they send alone.
    pub anonymous: bool,
}

/// Decision support for other systems. Cheap to clone.
#[derive(Clone)]
pub struct CdsHooks {
    app: App,
    store: store::Store,
    http: http::Http,
    keys: keys::Keys,
    settings: Arc<CdsHooksSettings>,
}

/// Who asks.
#[derive(Debug, Clone)]
pub enum Client {
    /// A registered system.
    Known(CdsClientId, Box<Registration>),
    /// Whoever it is: it is answered on what it sends alone.
    Anonymous,
}

impl Client {
    /// Which of the registered systems it is.
    pub fn id(&self) -> Option<CdsClientId> {
        match self {
            Self::Known(id, _) => Some(*id),
            Self::Anonymous => None,
        }
    }
}

/// Why a client is not let in.
#[derive(Debug, thiserror::Error)]
pub enum NotLetIn {
    /// Its token is not one that lets it in here, or it has none: one and the same to the client.
    #[error(transparent)]
    Refused(#[from] token::Refused),
    /// The record cannot be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum NoCards {
    /// It is not what the standards define.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// What it takes to judge was neither sent nor found; these parts.
    #[error("what it takes to judge was neither sent nor found")]
    Lacking(Vec<&'static str>),
    /// The engine failed: nothing was judged, which is not the same as nothing to say.
    #[error("decision support failed")]
    Failed,
    /// The record cannot be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CdsHooks {
    /// Decision support over an application and its database.
    ///
    /// # Errors
    /// When there can be no HTTP client.
    pub fn new(app: App, db: Database, settings: CdsHooksSettings) -> Result<Self, reqwest::Error> {
        let http = http::Http::new()?;
        let keys = keys::Keys::new(http.clone());
        Ok(Self { app, store: store::Store(db), http, keys, settings: Arc::new(settings) })
    }

    /// Finds out who calls a service, by the token they show for one of its paths, and uses that token up.
    ///
    /// # Errors
    /// When the token does not let them in, or the record cannot be reached.
    pub async fn client(&self, token: Option<&str>, paths: &[&str]) -> Result<Client, NotLetIn> {
        let Some(token) = token else {
            return if self.settings.anonymous {
                Ok(Client::Anonymous)
            } else {
                Err(token::Refused("there is none").into())
            };
        };
        let claimed = token::look(token)?;
        let id = self.store.client_of(&claimed.issuer).await?.ok_or(token::Refused("its issuer is not registered"))?;
        let registration = self.registration(id).await?.ok_or(token::Refused("its issuer is not registered"))?;
        if registration.issuer != claimed.issuer {
            return Err(token::Refused("its issuer is another's").into());
        }
        if claimed.jku.is_some() && claimed.jku != registration.jwks_url {
            return Err(token::Refused("it names keys at another address").into());
        }
        let key = self.keys.key(id, &registration, &claimed.kid).await?;
        let addresses: Vec<String> = paths.iter().map(|path| format!("{}{path}", self.settings.base)).collect();
        let now = self.app.clock.now();
        let (claims, until) = token::believe(token, &claimed, &key, &addresses, now)?;
        if !self.store.use_up(id, &claims.jti, until, now).await? {
            return Err(token::Refused("it was used before").into());
        }
        Ok(Client::Known(id, registration))
    }

    async fn registration(&self, id: CdsClientId) -> Result<Option<Box<Registration>>, StoreError> {
        // Who asks is not known yet: the system looks, on its own.
        let looks = Call::system(self.app.clock.new_id());
        let permit = self.app.authorise(&looks, Permission::ManageAccounts, None).await.map_err(unavailable)?;
        let loaded = self.app.load::<CdsClient>(id).await?.open(&permit).await?;
        Ok(loaded.state.registration().cloned().map(Box::new))
    }

    /// Answers a question with cards, the gravest first. `call` is who asks as the trail is to have it: where our record is
    /// read, in the rights of the client's account.
    ///
    /// # Errors
    /// When it is malformed, too little is known to judge, or the record cannot be reached.
    pub async fn answer(&self, client: &Client, hook: Hook, body: &[u8], call: &Call) -> Result<Vec<Card>, NoCards> {
        let now = self.app.clock.now();
        let Request { mut ask, user, fhir } = request::read(hook, body, now)?;
        if !ask.asks_something() {
            return Ok(vec![]);
        }
        if let Client::Known(_, registration) = client {
            let missing = ask.given.missing();
            let server = fhir.as_ref().and_then(|fhir| Some((fhir, fetch::allowed(registration, &fhir.server)?)));
            if let Some((access, server)) = server.filter(|_| !missing.is_empty()) {
                let origins = &mut ask.origins;
                let found = fetch::given(&self.http, server, access, &ask.patient, &missing, now, origins).await;
                ask.given.fill(found);
            }
            if let Some(record) = registration.record.as_ref().filter(|_| !ask.given.missing().is_empty())
                && let Some(found) = record::given(&self.app, &self.store, record, &ask.patient, call).await?
            {
                ask.given.fill(found);
            }
        }
        if !ask.can_be_judged() {
            return Err(NoCards::Lacking(ask.given.missing().into_iter().map(|part| part.key()).collect()));
        }
        // Apart from what serves requests: it computes, and nothing else waits for it.
        let (rules, clock, zone) = (self.app.rules.at(now), self.app.clock.clone(), self.app.patients.zone);
        let judging = tokio::task::spawn_blocking(move || {
            let judged = judge(&rules, &ask, (now, zone));
            cards(&rules, &*clock, &ask, &judged)
        });
        let (cards, issued) = judging.await.map_err(|_| NoCards::Failed)?;
        self.store.remember(hook.name(), (client.id(), user.as_deref()), &issued, now).await?;
        Ok(cards)
    }

    /// Takes in what clinicians did with cards of a service. Answers the first thing that it does not know.
    ///
    /// # Errors
    /// When the record cannot be reached.
    pub async fn feedback(&self, client: &Client, hook: Hook, all: &[Feedback]) -> Result<Option<Unknown>, StoreError> {
        self.store.feedback(hook.name(), client.id(), all, self.app.clock.now()).await
    }

    /// Which clients there are behind one, by when they were registered.
    ///
    /// # Errors
    /// When the record cannot be reached.
    pub async fn clients(&self, behind: (Option<Uuid>, Direction), limit: u16) -> Result<Vec<CdsClientId>, StoreError> {
        self.store.clients(behind, limit).await
    }
}
