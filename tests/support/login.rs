//! Accounts with a password and, where their role needs one, a second factor; and how they sign in.

use std::time::Duration;

use chrono::Utc;
use healthcare_infrastructure::access::{Access, NewAccount, totp_code};
use reqwest::Client;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::{Answer, Ask};

/// How long a code is the code of the moment, in seconds.
const STEP: i64 = 30;

/// What an account signs in with; an entry of `demo-accounts.json` is read as one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Login {
    /// The name.
    pub username: String,
    /// The password.
    pub password: String,
    /// The secret of the second factor, where there is one.
    #[serde(default)]
    pub totp_secret: Option<String>,
}

impl Login {
    /// Makes an account and activates it by its link.
    ///
    /// # Panics
    /// When that does not work.
    pub async fn made(access: &Access, new: NewAccount, password: &str) -> Self {
        let username = new.username.clone();
        let account = access.create_account(new).await.expect("an account");
        let link = access.activation_token(account).await.expect("a link");
        let enrolment = access.activate(&link, password.to_owned().into()).await.expect("the account is activated");
        Self { username, password: password.to_owned(), totp_secret: enrolment.map(|enrolment| enrolment.secret) }
    }

    /// The code this many steps from now; none without a second factor.
    ///
    /// # Panics
    /// When the secret is none.
    pub fn code(&self, steps: i64) -> Option<String> {
        #[expect(clippy::disallowed_methods, reason = "the authenticator of a test has a clock of its own")]
        let at = Utc::now() + chrono::Duration::seconds(steps * STEP);
        self.totp_secret.as_ref().map(|secret| totp_code(secret, at).expect("a secret"))
    }

    /// The body of a sign-in, with the code this many steps from now.
    pub fn body(&self, steps: i64) -> Value {
        let mut body = json!({ "username": self.username, "password": self.password });
        if let Some(code) = self.code(steps) {
            body["totp"] = code.into();
        }
        body
    }

    /// Signs in at a server and answers the access token. A code works once: of two sign-ins within a step the second
    /// one shows the next code, which a server takes a step early, and a third one waits.
    ///
    /// # Panics
    /// When the account cannot sign in.
    pub async fn sign_in(&self, url: &str) -> String {
        self.sign_in_through(&Client::new(), url).await
    }

    /// As [`Login::sign_in`], by a client that knows more, e.g. whom the server's certificate is signed by.
    ///
    /// # Panics
    /// When the account cannot sign in.
    pub async fn sign_in_through(&self, client: &Client, url: &str) -> String {
        let answer = self.try_sign_in(client, url).await.expect(200);
        answer.body["access_token"].as_str().map(str::to_owned).expect("a token")
    }

    /// As [`Login::sign_in`], with the last answer.
    pub async fn try_sign_in(&self, client: &Client, url: &str) -> Answer {
        let attempt = async |steps| {
            client.post(format!("{url}/api/v1/auth/login")).json(&self.body(steps)).send().await.expect("an answer")
        };
        for steps in [0, 1] {
            let response = attempt(steps).await;
            if response.status() != 401 || self.totp_secret.is_none() {
                return Answer::of(response).await;
            }
        }
        #[expect(clippy::disallowed_methods, reason = "the authenticator of a test has a clock of its own")]
        let into = Utc::now().timestamp().rem_euclid(STEP);
        tokio::time::sleep(Duration::from_secs(u64::try_from(STEP - into).unwrap_or_default() + 1)).await;
        client.post(format!("{url}/api/v1/auth/login")).json(&self.body(1)).answer().await
    }
}
