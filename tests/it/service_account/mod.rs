//! Accounts of programs: made by an identity manager, known by a secret or a certificate, bounded by their scopes.

mod bounds;
mod certificate;
mod endings;
mod secrets;

use healthcare_application::Role;
use healthcare_infrastructure::care::{WHOLE_HOUSE, put_on_ward};
use healthcare_tests::app::{Answer, Ask, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

const ACCOUNTS: &str = "/api/v1/service-accounts";
const TOKEN: &str = "/api/v1/auth/token";

/// Makes a service account and answers its id.
async fn create(app: &TestApp, role: &str, scopes: Value) -> String {
    let new = json!({ "name": "Interface", "purpose": "A test", "role": role, "scopes": scopes });
    app.post(Role::Admin, ACCOUNTS, new).await.expect(201).id()
}

/// Gives it a secret.
async fn issue(app: &TestApp, id: &str) -> Answer {
    app.post(Role::Admin, &format!("{ACCOUNTS}/{id}/secrets"), json!({ "valid_days": 30 })).await
}

fn text(answer: &Answer, field: &str) -> String {
    answer.body[field].as_str().unwrap_or_else(|| panic!("{field}: {answer:?}")).to_owned()
}

/// Asks for a token with a secret, as a form.
async fn ask(app: &TestApp, id: &str, secret: &str, scope: Option<&str>) -> Answer {
    let mut form = vec![("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    form.extend(scope.map(|scope| ("scope", scope)));
    app.anonymous(Method::POST, TOKEN).form(&form).answer().await
}

/// Asks for a path with a token.
async fn with(app: &TestApp, token: &str, method: Method, path: &str) -> Answer {
    app.anonymous(method, path).bearer_auth(token).json(&json!({})).answer().await
}

/// A token of a new program that serves the whole house, in a role and with these scopes.
pub async fn token(app: &TestApp, role: &str, scopes: Value) -> String {
    let id = create(app, role, scopes).await;
    let account = healthcare_domain::id::AccountId(id.parse().expect("an id"));
    put_on_ward(&app.platform.db, account, WHOLE_HOUSE).await.expect("a ward");
    let secret = text(&issue(app, &id).await.expect(201), "client_secret");
    text(&ask(app, &id, &secret, None).await.expect(200), "access_token")
}
