//! Who may see and do what: roles, care relationships, labels, break-glass, and the nets under them.

mod break_glass;
mod everywhere;
mod filters;
mod foreign;
mod label;
mod matrix;
mod own_act;
mod relationship;
mod row_security;
mod searches;
mod shown;

use healthcare_application::Role;
use healthcare_domain::id::AccountId;
use healthcare_tests::app::{Answer, Ask, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

/// Somebody of the staff.
struct Staff<'a> {
    app: &'a TestApp,
    id: AccountId,
    token: String,
}

impl<'a> Staff<'a> {
    /// Somebody who works on these wards and nowhere else.
    async fn hired(app: &'a TestApp, name: &str, role: Role, wards: &[&str]) -> Self {
        let (id, token) = app.hire(name, role, wards).await;
        Self { app, id, token }
    }

    async fn get(&self, path: &str) -> Answer {
        self.app.anonymous(Method::GET, path).bearer_auth(&self.token).answer().await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.app.anonymous(Method::POST, path).bearer_auth(&self.token).json(&body).answer().await
    }

    /// Whether they may open a patient's chart.
    async fn opens(&self, patient: &str) -> bool {
        let answer = self.get(&format!("/api/v1/patients/{patient}/chart")).await;
        match answer.status {
            200 => true,
            403 => false,
            _ => panic!("neither open nor closed: {answer:?}"),
        }
    }
}

/// Registers somebody as the reception of the house does.
async fn registered(app: &TestApp) -> String {
    let person = json!({ "names": [{ "family": "Lind", "given": ["Ana"] }], "gender": "female",
        "birth_date": "1950-01-01", "telecom": [{ "system": "phone", "value": "0041 44 000 00 00" }] });
    app.post(Role::Receptionist, "/api/v1/patients", person).await.expect(201).id()
}

/// Admits them to a ward; the encounter.
async fn admitted(app: &TestApp, patient: &str, ward: &str) -> String {
    let stay = json!({ "class": "inpatient", "ward": ward });
    app.post(Role::Receptionist, &format!("/api/v1/patients/{patient}/encounters"), stay).await.expect(201).id()
}
