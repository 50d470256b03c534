//! Notes over the real server.

mod cosign;
mod lists;
mod race;
mod search;
mod signed;
mod template;
mod write;

use healthcare_application::Role;
use healthcare_domain::id::AccountId;
use healthcare_tests::app::{Answer, Ask, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

/// Somebody of the staff, by name.
pub struct Somebody<'a> {
    pub app: &'a TestApp,
    pub id: AccountId,
    pub token: String,
}

impl<'a> Somebody<'a> {
    /// Somebody who works on these wards and nowhere else.
    pub async fn hired(app: &'a TestApp, name: &str, role: Role, wards: &[&str]) -> Self {
        let (id, token) = app.hire(name, role, wards).await;
        Self { app, id, token }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.app.anonymous(Method::GET, path).bearer_auth(&self.token).answer().await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.app.anonymous(Method::POST, path).bearer_auth(&self.token).json(&body).answer().await
    }

    pub async fn put(&self, path: &str, seen: i64, body: Value) -> Answer {
        let request = self.app.anonymous(Method::PUT, path).bearer_auth(&self.token);
        request.header("if-match", format!("\"{seen}\"")).json(&body).answer().await
    }

    /// Writes a note about somebody; its path.
    pub async fn writes(&self, patient: &str, body: Value) -> String {
        let written = self.post(&format!("/api/v1/patients/{patient}/notes"), body).await.expect(201);
        format!("/api/v1/notes/{}", written.id())
    }
}

/// A progress note in one section.
pub fn note(title: &str, text: &str) -> Value {
    json!({
        "note_type": { "coding": [{ "system": "http://loinc.org", "code": "11506-3", "display": "Progress note" }] },
        "title": title, "sections": [{ "title": "Assessment", "text": text }],
    })
}

/// The same, signed at once.
pub fn signed(title: &str, text: &str) -> Value {
    let mut body = note(title, text);
    body["sign"] = json!(true);
    body
}

/// A text of a field of every item of a list.
pub fn of(answer: &Answer, field: &str) -> Vec<String> {
    let items = answer.body["items"].as_array().unwrap_or_else(|| panic!("a list: {:#}", answer.body));
    items.iter().map(|item| item[field].as_str().expect("text").to_owned()).collect()
}
