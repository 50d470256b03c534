//! A consultation saved in one go: note, diagnosis and prescription with decision support, by seventy doctors at once. Each
//! has an account, a session, a connection and patients of their own and saves one visit after the other without a pause; a peer reports a p95 of 701 ms for the
//! like of it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::Context;
use healthcare_application::Role;
use healthcare_domain::id::PatientId;
use serde_json::{Value, json};

use crate::{
    command::{register, registrar},
    hospital::{Hospital, sign_in_as},
    http::{self, Connection},
    load::{self, Client, Window},
    report::{Goal, Item},
    rounds::{ROUNDS, median},
};

const PART: &str = "consultation";
/// People who save at once.
const USERS: usize = 70;
/// Patients of each.
const PATIENTS: usize = 12;
const WARM_UP: Duration = Duration::from_secs(1);
const WINDOW: Duration = Duration::from_secs(8);
/// What a peer reports, in milliseconds.
const PEER_P95_MS: f64 = 701.0;

/// Saves consultations over HTTP with token, permissions, audit, decision support and a durable commit.
pub async fn measure(hospital: &Hospital) -> anyhow::Result<Vec<Item>> {
    let app = &hospital.platform.app;
    let mut visits = vec![];
    let mut connection = hospital.server.connect().await?;
    for n in 0..USERS * PATIENTS {
        let patient = register(app, &registrar(app), 960_000 + n).await?;
        visits.push(visit(hospital, &mut connection, patient).await?);
    }
    let mut tokens = vec![];
    for n in 0..USERS {
        let name = format!("bench-consulting-{n}");
        tokens.push(sign_in_as(&hospital.platform, &hospital.server, Role::Doctor, name).await?);
    }
    hospital.settle().await?;
    let number = Arc::new(AtomicUsize::new(0));
    let mut windows: Vec<Window> = vec![];
    for _ in 0..ROUNDS {
        let mut people = vec![];
        for (visits, token) in visits.chunks(PATIENTS).zip(&tokens) {
            let connection = hospital.server.connect().await?;
            let token = token.clone();
            people.push(Writer { connection, token, visits: visits.to_vec(), number: number.clone(), next: 0 });
        }
        windows.push(load::run(people, WARM_UP, WINDOW).await?);
    }
    let of = |share: f64| median(windows.iter().map(|window| window.quantile_ms(share)));
    let name = |what: &str| format!("note, diagnosis and prescription in one go, {USERS} users, {what}");
    Ok(vec![
        Item::figure(PART, name("saved"), "/s", median(windows.iter().map(|window| window.per_second)), None),
        Item::figure(PART, name("p50"), "ms", of(0.5), None),
        Item::figure(PART, name("p95"), "ms", of(0.95), Some(Goal::AtMost(PEER_P95_MS))),
    ])
}

/// A visit of a patient who was asked about allergies.
async fn visit(hospital: &Hospital, connection: &mut Connection, patient: PatientId) -> anyhow::Result<String> {
    let none = json!({ "substance": { "text": "No known allergies" }, "statement": "none-known" }).to_string();
    let path = format!("/api/v1/patients/{patient}/allergies");
    connection.expect(201, &http::post(&path, Some(&hospital.token), None, &none)).await?;
    let path = format!("/api/v1/patients/{patient}/encounters");
    let visit = json!({ "class": "ambulatory" }).to_string();
    let answer = connection.exchange(&http::post(&path, Some(&hospital.token), None, &visit)).await?;
    let body: Value = serde_json::from_slice(&answer.body)?;
    Ok(body["id"].as_str().with_context(|| format!("a visit: {} {body}", answer.status))?.to_owned())
}

/// Somebody who saves one visit after the other.
struct Writer {
    connection: Connection,
    token: String,
    visits: Vec<String>,
    number: Arc<AtomicUsize>,
    next: usize,
}

impl Client for Writer {
    async fn ask(&mut self) -> anyhow::Result<()> {
        let visit = &self.visits[self.next % self.visits.len()];
        self.next += 1;
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        let words =
            "Exudate on both tonsils, fever since two days, no cough. Centor 4. Advised rest and fluids. ".repeat(8);
        let body = json!({
            "note": {
                "note_type": { "coding": [{ "system": "http://loinc.org", "code": "11488-4", "display": "Consult note" }] },
                "title": format!("Consultation {number}"), "sections": [{ "title": "Assessment", "text": words }],
            },
            "diagnosis": { "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "43878008",
                "display": "Streptococcal sore throat" }] } },
            // Ordered again for who had it before, it is a warning, which does not interrupt.
            "prescription": { "medication": { "text": "Amoxicillin 500 MG Oral Capsule" }, "frequency": "three times a day" },
        });
        let path = format!("/api/v1/encounters/{visit}/consultation");
        let key = format!("consultation-{number}");
        self.connection.expect(201, &http::post(&path, Some(&self.token), Some(&key), &body.to_string())).await
    }
}
