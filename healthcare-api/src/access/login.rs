//! `POST /auth/login`.

use actix_web::{
    HttpMessage, HttpRequest, post,
    web::{Data, Json},
};
use healthcare_application::App;
use healthcare_domain::account::sign_in_name;
use healthcare_infrastructure::access::{Access, Code, Credentials, SignInError, Tokens};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    audit::{Denials, HeldUp, known_by},
    http::{Body, Tried, origin},
    problem::Problem,
};

/// A name, a password, and a code where the account has a second factor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The user name; case does not matter.
    #[schema(example = "nurse")]
    username: String,
    /// The password.
    #[schema(value_type = String, format = Password)]
    password: SecretString,
    /// Six digits of the authenticator; a code works once.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "492039")]
    totp: Option<SecretString>,
    /// One of the recovery codes, in place of `totp`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    recovery_code: Option<SecretString>,
}

/// Tokens.
#[derive(Serialize, ToSchema)]
pub struct TokenPair {
    /// For the `Authorization: Bearer` header (EdDSA JWT).
    pub access_token: String,
    /// Exchanged once at `/auth/refresh`.
    pub refresh_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds until the access token expires.
    #[schema(example = 900)]
    pub expires_in: i64,
}

impl From<Tokens> for TokenPair {
    fn from(tokens: Tokens) -> Self {
        let Tokens { access_token, refresh_token, expires_in } = tokens;
        Self { access_token, refresh_token, token_type: "Bearer", expires_in }
    }
}

/// Signs in. An unknown name, a wrong password, a wrong code and a disabled account look the same.
///
/// Who has a second factor and sends no code is told so, after the password was right: send all of it again with `totp`.
#[utoipa::path(tag = "access", request_body = Login, security(()), responses(
    (status = 200, description = "signed in", body = TokenPair),
    (status = 401, description = "the name, password or code is wrong, or a code is needed too", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "too many attempts", body = Problem, content_type = "application/problem+json", headers(("Retry-After" = u64))),
))]
#[post("/auth/login")]
pub async fn login(
    app: Data<App>,
    access: Data<Access>,
    body: Body<Login>,
    request: HttpRequest,
) -> Result<Json<TokenPair>, Problem> {
    use SignInError::{Refused, SecondFactorMissing, SecondFactorNeeded};
    let Login { username, password, totp, recovery_code } = body.0;
    let tried = username.clone();
    let code = totp.map(Code::Totp).or(recovery_code.map(Code::Recovery));
    let outcome = access.sign_in(Credentials { username, password, code }, &origin(&request)).await;
    // Of those who have to wait the first: asking of the others would tell by its time who exists, and cost a query each.
    let first = matches!(outcome, Err(SignInError::Throttled(_))) && is_first(&request, &app, &tried);
    let wrong = matches!(outcome, Err(Refused | SecondFactorNeeded | SecondFactorMissing));
    if (first || wrong)
        // Asked of a name that nobody has, too: it takes as long.
        && let Some(account) = access.whose(&tried).await?
    {
        request.extensions_mut().insert(Tried { account, why: None });
    }
    if let Err(SignInError::Throttled(_)) = outcome {
        request.extensions_mut().insert(HeldUp { first });
    }
    match outcome {
        Ok(tokens) => {
            known_by(&request, &access, &tokens.access_token);
            Ok(Json(tokens.into()))
        }
        Err(SignInError::Refused) => Err(Problem::sign_in_refused()),
        Err(SignInError::SecondFactorNeeded) => Err(Problem::second_factor_required()),
        Err(SignInError::SecondFactorMissing) => Err(Problem::second_factor_missing()),
        Err(SignInError::Throttled(seconds)) => Err(Problem::throttled(seconds)),
        Err(SignInError::Store(error)) => Err(error.into()),
    }
}

/// Whether a name is held up for the first time in a minute.
fn is_first(request: &HttpRequest, app: &App, name: &str) -> bool {
    let denials = request.app_data::<Data<Denials>>();
    denials.is_none_or(|denials| denials.admit(("sign_in", sign_in_name(name)), 1, app.clock.now()))
}
