//! `POST /auth/token`.

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    http::{StatusCode, header},
    post,
    web::Data,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use healthcare_domain::id::{AccountId, ServiceAccountId};
use healthcare_infrastructure::{
    access::service::{GrantError, Proof, TokenRequest},
    platform::Platform,
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    audit::known_by,
    http::{FormBody, Tried},
    problem::Problem,
    surface::ClientCertificate,
};

/// What is answered to a program that asks for a scope it does not have.
pub const SCOPE_REFUSED: &str = "/problems/access/invalid-scope";

/// A program asks for a token (RFC 6749, 4.4.2), as a form or as JSON.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenForm {
    /// Always `client_credentials`.
    #[schema(example = "client_credentials")]
    grant_type: String,
    /// The service account's id; absent where HTTP Basic names it.
    client_id: Option<String>,
    /// Its secret; absent with HTTP Basic, and where the connection shows its client certificate (RFC 8705).
    #[schema(value_type = Option<String>, format = Password)]
    client_secret: Option<SecretString>,
    /// The scopes it wants, separated by blanks; all it may if absent.
    #[schema(example = "import_records")]
    scope: Option<String>,
}

/// A token for a program.
#[derive(Serialize, ToSchema)]
pub struct ProgramToken {
    /// For the `Authorization: Bearer` header (EdDSA JWT).
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds until it expires; then the program asks again.
    #[schema(example = 900)]
    expires_in: i64,
    /// What it may, separated by blanks.
    #[schema(example = "import_records")]
    scope: String,
}

/// Gives a program a token for its credentials. An unknown one, a wrong or expired secret and a disabled account look
/// the same.
#[utoipa::path(tag = "access", request_body(content(
    (TokenForm = "application/x-www-form-urlencoded"), (TokenForm = "application/json"),
)), security(()), responses(
    (status = 200, description = "a token", body = ProgramToken),
    (status = 400, description = "another grant is asked for, or a scope the program does not have", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "the client is not known by this proof", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the body has another shape", body = Problem, content_type = "application/problem+json"),
))]
#[post("/auth/token")]
pub async fn token(
    platform: Data<Platform>,
    request: HttpRequest,
    body: FormBody<TokenForm>,
) -> Result<HttpResponse, Problem> {
    let TokenForm { grant_type, client_id, client_secret, scope } = body.0;
    if grant_type != "client_credentials" {
        return Err(refused(StatusCode::BAD_REQUEST, "unsupported_grant_type", "There is no such grant")
            .at("/grant_type", "client_credentials"));
    }
    let basic = basic(&request);
    if basic.is_some() && (client_id.is_some() || client_secret.is_some()) {
        return Err(refused(StatusCode::BAD_REQUEST, "invalid_request", "The client is named twice"));
    }
    let (client, secret) = match basic {
        Some((client, secret)) => (Some(client), Some(secret)),
        None => (client_id, client_secret),
    };
    let client = client.and_then(|client| client.parse::<ServiceAccountId>().ok()).ok_or_else(unknown)?;
    let proof = match (secret, request.conn_data::<ClientCertificate>()) {
        (Some(secret), _) => Proof::Secret(secret),
        (None, Some(ClientCertificate(sha256))) => Proof::Certificate(sha256.clone()),
        (None, None) => return Err(unknown()),
    };
    match platform.services.grant(TokenRequest { client, proof, scope }).await {
        Ok(token) => {
            let scope = token.scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(" ");
            known_by(&request, &platform.access, &token.access_token);
            let (access_token, expires_in) = (token.access_token, token.expires_in);
            Ok(HttpResponse::Ok().json(ProgramToken { access_token, token_type: "Bearer", expires_in, scope }))
        }
        Err(GrantError::Refused { tried }) => {
            // Only of a program that there is: what somebody made up is no subject of the trail.
            if let Some(client) = tried {
                request.extensions_mut().insert(Tried { account: AccountId(client.0), why: None });
            }
            Err(unknown())
        }
        Err(GrantError::Scope) => {
            // It is known by its proof: whose secret asks for more than it may is worth a look.
            request.extensions_mut().insert(Tried { account: AccountId(client.0), why: None });
            let problem = Problem::new(StatusCode::BAD_REQUEST, SCOPE_REFUSED, "The program does not have that scope");
            Err(problem
                .with(serde_json::json!({ "error": "invalid_scope" }))
                .at("/scope", "names of permissions that the service account was given"))
        }
        Err(GrantError::Store(error)) => Err(error.into()),
    }
}

fn unknown() -> Problem {
    refused(StatusCode::UNAUTHORIZED, "invalid_client", "The client is not known by this proof")
}

/// A problem that also says what RFC 6749, 5.2 calls it.
fn refused(status: StatusCode, error: &str, title: &str) -> Problem {
    Problem::new(status, format!("/problems/access/{}", error.replace('_', "-")), title)
        .with(serde_json::json!({ "error": error }))
}

/// Name and secret of HTTP Basic.
fn basic(request: &HttpRequest) -> Option<(String, SecretString)> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = value.split_once(' ')?;
    let decoded = STANDARD.decode(credentials.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let text = String::from_utf8(decoded).ok()?;
    let (client, secret) = text.split_once(':')?;
    Some((client.to_owned(), secret.to_owned().into()))
}
