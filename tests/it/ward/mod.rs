//! Wards and beds over the real server.

mod lists;
mod manage;
mod race;
mod rebuilt;

use healthcare_application::Role;
use healthcare_tests::app::{Answer, TestApp};
use serde_json::{Value, json};

/// A ward with one room.
pub struct Ward<'a> {
    pub app: &'a TestApp,
    pub id: String,
}

impl<'a> Ward<'a> {
    /// Opens one that asks for nothing.
    pub async fn open(app: &'a TestApp, name: &str) -> Self {
        Self::described(app, json!({ "name": name })).await
    }

    /// Opens one.
    pub async fn described(app: &'a TestApp, profile: Value) -> Self {
        let id = app.post(Role::Admin, "/api/v1/wards", profile).await.expect(201).id();
        app.post(Role::Admin, &format!("/api/v1/wards/{id}/rooms"), json!({ "room": "101" })).await.expect(200);
        Self { app, id }
    }

    /// Puts a bed up in its room.
    pub async fn bed(&self, name: &str) -> String {
        let body = json!({ "room": "101", "name": name });
        self.app.post(Role::Admin, &format!("/api/v1/wards/{}/beds", self.id), body).await.expect(201).id()
    }

    /// Its beds as a role sees them.
    pub async fn beds(&self, role: Role) -> Vec<Value> {
        let list = self.app.get(role, &format!("/api/v1/wards/{}/beds", self.id)).await.expect(200);
        list.body["items"].as_array().cloned().expect("a list")
    }

    /// The state of a bed.
    pub async fn state(&self, bed: &str) -> String {
        let found = self.beds(Role::Nurse).await.into_iter().find(|one| one["id"] == bed).expect("the bed");
        found["state"].as_str().expect("a state").to_owned()
    }
}

/// Does something with a bed.
pub async fn keep(app: &TestApp, role: Role, bed: &str, verb: &str, body: Value) -> Answer {
    app.post(role, &format!("/api/v1/beds/{bed}/{verb}"), body).await
}

/// Admits a patient to a bed, as the reception does.
pub async fn admit_to(app: &TestApp, patient: &str, bed: &str) -> Answer {
    let body = json!({ "class": "inpatient", "bed_id": bed });
    app.post(Role::Receptionist, &format!("/api/v1/patients/{patient}/encounters"), body).await
}
