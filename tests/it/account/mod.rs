//! Accounts, sign-in, second factors, sessions.

mod manage;
mod password;
mod published_keys;
mod second_factor;
mod sessions;
mod sign_in;

use healthcare_application::Role;
use healthcare_tests::app::{Answer, Ask, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

/// Asks as the bearer of a token.
async fn ask(app: &TestApp, token: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
    let request = app.anonymous(method, path).bearer_auth(token);
    match body {
        Some(body) => request.json(&body).answer().await,
        None => request.answer().await,
    }
}

/// Posts as nobody in particular.
async fn post(app: &TestApp, path: &str, body: Value) -> Answer {
    app.anonymous(Method::POST, path).json(&body).answer().await
}

/// The identity of an account by its name.
async fn id_of(app: &TestApp, username: &str) -> String {
    let select = "select id::text from auth.account where username = $1";
    app.owner().await.query_one(select, &[&username]).await.expect("an account").get(0)
}

/// An account made over REST by an administrator, with its link.
async fn invited(app: &TestApp, username: &str, role: Role) -> (String, String) {
    let answer =
        app.post(Role::Admin, "/api/v1/accounts", json!({ "username": username, "role": role })).await.expect(201);
    let link = answer.body["activation"]["token"].as_str().expect("a link").to_owned();
    (answer.id(), link)
}
