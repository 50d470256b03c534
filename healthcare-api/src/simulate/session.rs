//! A signed-in account over HTTP.

use std::time::{Duration, Instant};

use healthcare_application::clock::Clock;
use healthcare_infrastructure::{access::totp_code, clock::SystemClock};
use reqwest::{Client, Method, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::demo::DemoAccount;

/// How long a code of a second factor is the code of the moment, in seconds.
const TOTP_STEP: i64 = 30;
/// A token is renewed when it has less than this left.
const MARGIN: Duration = Duration::from_secs(60);

/// Why the server did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// It cannot be reached, or broke off.
    #[error("the server does not answer")]
    Unreachable(#[from] reqwest::Error),
    /// The account's file holds no secret where there should be one.
    #[error("the secret of the account's second factor cannot be read")]
    NoSecret,
    /// It refused; its own words follow.
    #[error("{what}: {status} {problem}")]
    Refused {
        /// What was asked.
        what: String,
        /// The HTTP status.
        status: StatusCode,
        /// The problem's title and detail.
        problem: String,
    },
}

/// One account's session with a server. Its access token is renewed before it expires.
pub struct Session {
    client: Client,
    url: String,
    account: DemoAccount,
    tokens: Mutex<Tokens>,
}

struct Tokens {
    access: String,
    refresh: String,
    renew_at: Instant,
}

#[derive(Deserialize)]
struct TokenPair {
    access_token: String,
    refresh_token: String,
    expires_in: u64,
}

impl From<TokenPair> for Tokens {
    fn from(pair: TokenPair) -> Self {
        let TokenPair { access_token, refresh_token, expires_in } = pair;
        let lives = Duration::from_secs(expires_in);
        Self { access: access_token, refresh: refresh_token, renew_at: Instant::now() + lives.saturating_sub(MARGIN) }
    }
}

impl Session {
    /// Signs in.
    ///
    /// # Errors
    /// When the server cannot be reached, or the name or password is wrong there.
    pub async fn sign_in(client: Client, url: &str, account: DemoAccount) -> Result<Self, SessionError> {
        let tokens = login(&client, url, &account).await?;
        Ok(Self { client, url: url.to_owned(), account, tokens: Mutex::new(tokens) })
    }

    /// Where the server is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// An access token that is valid for a while: renewed by its refresh token, or by signing in again.
    ///
    /// # Errors
    /// As [`Session::sign_in`].
    pub async fn token(&self) -> Result<String, SessionError> {
        let mut tokens = self.tokens.lock().await;
        if tokens.renew_at <= Instant::now() {
            let body = json!({ "refresh_token": tokens.refresh });
            let answer = self.client.post(format!("{}/api/v1/auth/refresh", self.url)).json(&body).send().await?;
            *tokens = match understood::<TokenPair>("renewing the token", answer).await {
                Ok(pair) => pair.into(),
                Err(SessionError::Refused { .. }) => login(&self.client, &self.url, &self.account).await?,
                Err(unreachable) => return Err(unreachable),
            };
        }
        Ok(tokens.access.clone())
    }

    /// Asks for something.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    pub async fn get(&self, path: &str) -> Result<Value, SessionError> {
        let request = self.client.request(Method::GET, format!("{}{path}", self.url));
        understood(path, request.bearer_auth(self.token().await?).send().await?).await
    }

    /// Sends a command; with a key its repeat is answered as the first was.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    pub async fn post(
        &self,
        path: &str,
        key: Option<&str>,
        body: &impl serde::Serialize,
    ) -> Result<Value, SessionError> {
        let mut request = self.client.post(format!("{}{path}", self.url)).bearer_auth(self.token().await?).json(body);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        understood(path, request.send().await?).await
    }
}

/// Signs in, with a code of the moment where the account has a second factor. A code works once: where another program
/// has just used it, the next one is shown, which the server takes a step early; then there is nothing but to wait.
async fn login(client: &Client, url: &str, account: &DemoAccount) -> Result<Tokens, SessionError> {
    let DemoAccount { username, password, totp_secret, .. } = account;
    let attempt = async |ahead: i64| {
        let mut body = json!({ "username": username, "password": password });
        if let Some(secret) = totp_secret {
            let at = SystemClock.now() + chrono::Duration::seconds(ahead);
            body["totp"] = totp_code(secret, at).map_err(|_| SessionError::NoSecret)?.into();
        }
        let answer = client.post(format!("{url}/api/v1/auth/login")).json(&body).send().await?;
        Ok(understood::<TokenPair>(&format!("signing in as {username}"), answer).await?.into())
    };
    let used_up = |outcome: &Result<Tokens, SessionError>| {
        let refused = matches!(outcome, Err(SessionError::Refused { status: StatusCode::UNAUTHORIZED, .. }));
        refused && totp_secret.is_some()
    };
    for ahead in [0, TOTP_STEP] {
        let outcome = attempt(ahead).await;
        if !used_up(&outcome) {
            return outcome;
        }
    }
    let into = SystemClock.now().timestamp().rem_euclid(TOTP_STEP);
    tokio::time::sleep(Duration::from_secs(u64::try_from(TOTP_STEP - into).unwrap_or_default() + 1)).await;
    attempt(TOTP_STEP).await
}

async fn understood<T: serde::de::DeserializeOwned>(what: &str, answer: Response) -> Result<T, SessionError> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer.json().await?);
    }
    let problem: Value = answer.json().await.unwrap_or_default();
    let text = |field: &str| problem[field].as_str().unwrap_or_default().to_owned();
    let problem = [
        text("title"),
        text("detail"),
        problem["errors"].as_array().map_or_else(String::new, |e| json!(e).to_string()),
    ];
    let problem = problem.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ");
    Err(SessionError::Refused { what: what.to_owned(), status, problem })
}

impl SessionError {
    /// Whether it may work when it is tried again as it is.
    pub fn passes(&self) -> bool {
        match self {
            Self::Unreachable(error) => !error.is_decode(),
            Self::NoSecret => false,
            Self::Refused { status, .. } => status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS,
        }
    }
}
