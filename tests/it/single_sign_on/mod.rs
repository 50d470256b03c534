//! Single sign-on at a real provider: who it answers for comes in as who they are here, and nothing else does.

mod answers;
mod issuer;
mod logout;
mod people;

use healthcare_application::Role;
use healthcare_infrastructure::access::oidc::OidcSettings;
use healthcare_tests::{
    app::{Backing, TestApp, spawn_app_with},
    oidc::{Issuer, Provider},
};
use serde_json::{Value, json};

/// A server with a nurse, and a provider that knows people.
async fn site(change: impl FnOnce(&mut OidcSettings), people: Value, algorithm: &str) -> (TestApp, Provider) {
    site_of(Issuer::new(), change, people, algorithm).await
}

/// The same, with an issuer that was set up for it.
async fn site_of(
    issuer: Issuer,
    change: impl FnOnce(&mut OidcSettings),
    people: Value,
    algorithm: &str,
) -> (TestApp, Provider) {
    site_over(Backing::default(), issuer, change, people, algorithm).await
}

/// The same, over this.
async fn site_over(
    backing: Backing,
    issuer: Issuer,
    change: impl FnOnce(&mut OidcSettings),
    people: Value,
    algorithm: &str,
) -> (TestApp, Provider) {
    let mut oidc = issuer.settings();
    change(&mut oidc);
    let app = spawn_app_with(Backing { oidc: Some(oidc), ..backing }).await;
    app.token(Role::Nurse).await;
    let provider = issuer.start(&app.url, &people, algorithm).await;
    (app, provider)
}

/// The provider knows the nurse as `n-1`.
fn nurse() -> Value {
    json!({ "n-1": { "preferred_username": "nurse", "groups": ["nurses"], "amr": ["pwd", "otp"] } })
}
