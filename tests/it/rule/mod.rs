//! Rules through their life, over the real server.

mod broken;
mod guide;
mod knowledge;
mod life;
mod lists;
mod rebuilt;
mod shadow;
mod takes_effect;

use healthcare_application::Role;
use healthcare_tests::app::{Answer, Ask, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

/// A rule of the test's own: it stops every order of paracetamol and asks why.
pub fn document(id: &str, version: u32) -> Value {
    json!({
        "id": id,
        "version": version,
        "title": "Paracetamol looked at twice",
        "purpose": "A test of the life of rules",
        "evidence": [{ "citation": "Agreed on the ward, 2026", "grade": "local-practice", "source": "checked" }],
        "owner": "Ward pharmacy",
        "severity": "critical",
        "triggers": ["order-sign"],
        "when": { "drug": { "of": "draft", "in": ["ingredient:acetaminophen"], "as": "drug" } },
        "then": {
            "summary": format!("{{drug}}: looked at twice, version {version}"),
            "detail": "{drug} is looked at twice here.",
            "override_reasons": ["It was looked at twice"]
        },
        "tests": [
            { "name": "paracetamol", "given": { "draft": "Paracetamol 500 MG Oral Tablet" },
              "expect": { "fired": [["critical", "twice"]] } },
            { "name": "amoxicillin", "given": { "draft": "Amoxicillin 500 MG Oral Capsule" }, "expect": "not_fired" }
        ]
    })
}

/// Two authors at one server.
pub struct Desk<'a> {
    pub app: &'a TestApp,
    pub first: String,
    pub second: String,
}

impl<'a> Desk<'a> {
    pub async fn of(app: &'a TestApp) -> Self {
        let first = app.token(Role::RuleAuthor).await;
        let second = app.sign_up("second-author", Role::RuleAuthor, None).await;
        Self { app, first, second }
    }

    pub async fn post(&self, token: &str, path: &str, body: Value) -> Answer {
        self.app.anonymous(Method::POST, &format!("/api/v1/rules{path}")).bearer_auth(token).json(&body).answer().await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.app.anonymous(Method::GET, &format!("/api/v1/rules{path}")).bearer_auth(&self.first).answer().await
    }

    /// Drafts a version as the first author.
    pub async fn draft(&self, document: Value) -> Answer {
        self.post(&self.first, "", json!({ "document": document, "reason": "asked for by the ward" })).await
    }

    /// Drafts a version, has it tested, and the second author put it in the shadow.
    pub async fn shadowed(&self, document: Value) {
        let path = format!("/{}/versions/{}", document["id"].as_str().expect("an id"), document["version"]);
        self.draft(document).await.expect(201);
        let tested = self.post(&self.first, &format!("{path}/test"), json!({})).await.expect(200);
        assert_eq!(tested.body["passed"], true, "{:#}", tested.body);
        self.post(&self.second, &format!("{path}/shadow"), json!({ "reason": "reviewed" })).await.expect(200);
    }

    /// The same, and then in force in the whole house.
    pub async fn active(&self, document: Value) {
        let path = format!("/{}/versions/{}/activate", document["id"].as_str().expect("an id"), document["version"]);
        self.shadowed(document).await;
        self.post(&self.second, &path, json!({ "reason": "counted" })).await.expect(200);
    }
}
