//! `/cds-clients`: the systems that may ask, kept by administrators.

use actix_web::{
    HttpResponse, delete, get,
    http::{StatusCode, header},
    patch, post,
    web::{Data, Path},
};
use healthcare_application::{
    App, Permission,
    cds_hooks::{self, ClientView},
    order::{ByTime, Direction},
};
use healthcare_domain::{
    cds_client::{CdsClientError, FhirServer, RecordAccess, Registration},
    id::{CdsClientId, ServiceAccountId},
};
use healthcare_infrastructure::cds_hooks::CdsHooks;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use crate::{
    http::{Caller, Changed, Command, MergePatch, Nothing, Query, limit},
    problem::{DomainProblem, Problem},
};

/// A system that asks our decision support.
#[derive(Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CdsClientBody {
    /// What it is called.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "EHR of the county hospital")]
    name: String,
    /// `iss` of its tokens.
    #[validate(length(min = 1, max = 255))]
    #[schema(min_length = 1, max_length = 255, example = "https://ehr.example.org")]
    issuer: String,
    /// Its public keys (RFC 7517), for ES384 or RS384; or `jwks_url`.
    #[schema(value_type = Option<Object>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    jwks: Option<serde_json::Value>,
    /// Where it publishes them.
    #[validate(length(min = 1, max = 2048))]
    #[schema(min_length = 1, max_length = 2048, example = "https://ehr.example.org/jwks.json")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    jwks_url: Option<String>,
    /// The FHIR servers that may be asked for it.
    #[validate(length(max = 20), nested)]
    #[schema(max_items = 20)]
    #[serde(default)]
    fhir_servers: Vec<FhirServerBody>,
    /// Whether our own record stands in for what it does not send.
    #[validate(nested)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    record: Option<RecordAccessBody>,
}

/// A FHIR server of a client's.
#[derive(Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FhirServerBody {
    /// Its base, as the client sends it in `fhirServer`.
    #[validate(length(min = 1, max = 2048))]
    #[schema(min_length = 1, max_length = 2048, example = "https://ehr.example.org/fhir")]
    base: String,
    /// Whether it may be at a private address; otherwise one is never spoken to.
    #[serde(default)]
    private: bool,
}

/// How our own record stands in.
#[derive(Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordAccessBody {
    /// The registered system by which the client names patients; left out where it names them by our own ids.
    #[validate(length(min = 1, max = 255))]
    #[schema(min_length = 1, max_length = 255, example = "urn:oid:2.16.756.5.30.1.123")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    identifier_system: Option<String>,
    /// The account of a program in whose rights is read; it takes the scope `read_chart`.
    service_account: ServiceAccountId,
}

/// Which clients; all that is given must match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// The one whose tokens have this `iss`.
    #[param(max_length = 255)]
    issuer: Option<String>,
    /// Only those for whom our own record stands in for what they do not send, or only the others.
    reads_record: Option<bool>,
    /// In which order; the oldest first if absent.
    #[param(inline)]
    sort: Option<ByTime>,
    /// From `next_cursor` of the page before.
    cursor: Option<Uuid>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// A page of clients.
#[derive(Serialize, ToSchema)]
pub struct CdsClients {
    /// By when they were registered.
    items: Vec<ClientView>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<Uuid>,
}

impl CdsClientBody {
    fn registration(self) -> Registration {
        let Self { name, issuer, jwks, jwks_url, fhir_servers, record } = self;
        let server = |FhirServerBody { base, private }| FhirServer { base, private };
        let access = |RecordAccessBody { identifier_system, service_account }| RecordAccess {
            identifier_system,
            service_account,
        };
        Registration {
            name,
            issuer,
            jwks,
            jwks_url,
            fhir_servers: fhir_servers.into_iter().map(server).collect(),
            record: record.map(access),
        }
    }
}

/// The systems that may ask our decision support.
#[utoipa::path(tag = "cds-hooks", params(Wanted), responses(
    (status = 200, description = "a page", body = CdsClients),
    (status = 400, description = "a parameter cannot be read", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
))]
#[get("/cds-clients")]
pub async fn list_cds_clients(
    app: Data<App>,
    hooks: Data<CdsHooks>,
    caller: Caller,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Problem> {
    let Wanted { issuer, reads_record, sort, cursor, limit: asked } = wanted.0;
    let direction = Direction::asked(sort, ByTime::Oldest);
    let limit = limit(asked)?;
    app.authorise(&caller.0, Permission::ManageAccounts, None).await?;
    let is_meant = |client: &ClientView| {
        issuer.as_deref().is_none_or(|issuer| client.registration.issuer == issuer)
            && reads_record.is_none_or(|reads| client.registration.record.is_some() == reads)
    };
    // What was registered stands in the client's stream alone: they are read in their order until the page is full.
    let (mut items, mut behind, mut is_full) = (vec![], cursor, false);
    while !is_full {
        let ids = hooks.clients((behind, direction), limit + 1).await?;
        let is_last = ids.len() <= usize::from(limit);
        for id in ids {
            let client = cds_hooks::get_client(&app, &caller.0, id).await?;
            behind = Some(id.0);
            is_full = is_meant(&client) && items.len() == usize::from(limit);
            if is_full {
                break;
            }
            items.extend(is_meant(&client).then_some(client));
        }
        if is_last {
            break;
        }
    }
    let next_cursor = items.last().filter(|_| is_full).map(|last: &ClientView| last.id.0);
    Ok(HttpResponse::Ok().json(CdsClients { items, next_cursor }))
}

/// Lets a system ask our decision support: by its keys, with the FHIR servers that may be asked for it, and where wanted our
/// own record in the place of what it does not send.
#[utoipa::path(tag = "cds-hooks", request_body = CdsClientBody, responses(
    (status = 201, description = "registered", body = Changed, headers(("ETag" = String), ("Location" = String))),
    (status = 403, description = "the role may not, or a second factor is to be shown again first", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "another client has this issuer", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "it cannot be registered like this", body = Problem, content_type = "application/problem+json"),
))]
#[post("/cds-clients")]
pub async fn register_cds_client(app: Data<App>, command: Command<CdsClientBody>) -> Result<HttpResponse, Problem> {
    let Command { call, body } = command;
    let committed = cds_hooks::register_client(&app, &call, body.registration()).await?;
    Ok(Changed::created(committed, "/api/v1/cds-clients"))
}

/// One of them.
#[utoipa::path(tag = "cds-hooks", params(("id" = CdsClientId, Path, description = "the client")), responses(
    (status = 200, description = "the client", body = ClientView, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is none", body = Problem, content_type = "application/problem+json"),
))]
#[get("/cds-clients/{id}")]
pub async fn get_cds_client(app: Data<App>, id: Path<CdsClientId>, caller: Caller) -> Result<HttpResponse, Problem> {
    let view = cds_hooks::get_client(&app, &caller.0, *id).await?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, format!("\"{}\"", view.version))).json(view))
}

/// Changes what is registered of a client, as from now on.
#[utoipa::path(tag = "cds-hooks", request_body(content = MergePatch, content_type = "application/merge-patch+json",
    description = "what is to change of the registration"), params(
    ("id" = CdsClientId, Path, description = "the client"),
    ("If-Match" = String, Header, description = "the ETag of the version that is to be changed"),
), responses(
    (status = 200, description = "changed", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not, or a second factor is to be shown again first", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is none", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "another client has this issuer", body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "it was changed meanwhile", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "it cannot be registered like this", body = Problem, content_type = "application/problem+json"),
    (status = 428, description = "If-Match is missing", body = Problem, content_type = "application/problem+json"),
))]
#[patch("/cds-clients/{id}")]
pub async fn change_cds_client(
    app: Data<App>,
    id: Path<CdsClientId>,
    command: Command<MergePatch>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body } = command;
    let now = cds_hooks::get_client(&app, &call, *id).await?;
    let wanted: CdsClientBody = body.onto(&now.registration, &[])?;
    Ok(Changed::done(cds_hooks::change_client(&app, &call, *id, wanted.registration()).await?))
}

/// Takes a client off: it is not answered any more, at once. Its cards and its feedback stay in the metrics.
#[utoipa::path(tag = "cds-hooks", params(
    ("id" = CdsClientId, Path, description = "the client"),
    ("If-Match" = String, Header, description = "the ETag of the version that was seen"),
), responses(
    (status = 200, description = "taken off", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is none", body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "it was changed meanwhile", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "a body has another shape than none", body = Problem, content_type = "application/problem+json"),
    (status = 428, description = "If-Match is missing", body = Problem, content_type = "application/problem+json"),
))]
#[delete("/cds-clients/{id}")]
pub async fn remove_cds_client(
    app: Data<App>,
    id: Path<CdsClientId>,
    command: Command<Nothing>,
) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(cds_hooks::remove_client(&app, &command.call, *id).await?))
}

impl DomainProblem for CdsClientError {
    const CONTEXT: &'static str = "cds-client";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        let cannot_be = StatusCode::UNPROCESSABLE_ENTITY;
        match self {
            Self::Unregistered => (StatusCode::NOT_FOUND, "unknown", "There is no such client"),
            Self::AlreadyRegistered => (StatusCode::CONFLICT, "already-registered", "The client is registered already"),
            Self::Unnamed => (cannot_be, "unnamed", "A client has a name"),
            Self::BadIssuer => (cannot_be, "issuer", "That is no issuer"),
            Self::NoKeys => (cannot_be, "no-keys", "A client has its keys in one place"),
            Self::BadKeys => (cannot_be, "keys", "These are no keys for it"),
            Self::PrivateKey => (cannot_be, "private-key", "A private key was sent"),
            Self::BadUrl => (cannot_be, "address", "That is no address to be asked"),
            Self::TooManyServers => (cannot_be, "too-many-servers", "There are too many servers"),
            Self::BadSystem => (cannot_be, "system", "That is no system of identifiers"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::Unnamed => Some("/name"),
            Self::BadIssuer => Some("/issuer"),
            Self::NoKeys | Self::BadKeys | Self::PrivateKey => Some("/jwks"),
            Self::TooManyServers => Some("/fhir_servers"),
            Self::BadSystem => Some("/record/identifier_system"),
            Self::BadUrl | Self::Unregistered | Self::AlreadyRegistered => None,
        }
    }
}
