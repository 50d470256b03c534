//! A merge in the middle of an admission, and its undoing.

use std::time::Duration;

use healthcare_application::Role;
use healthcare_infrastructure::{database::Database, rebuild::rebuild_read};
use healthcare_tests::{
    app::{Answer, Ask, TestApp, spawn_app},
    server::until,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::{listed, merge, person, registered, unmerge};
use crate::medication::{no_known_allergies, order, penicillin, prescribe};

async fn chart(app: &TestApp, patient: &str) -> Value {
    app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/chart")).await.expect(200).body
}

async fn as_somebody(app: &TestApp, token: &str, path: &str) -> Answer {
    app.anonymous(Method::GET, path).bearer_auth(token).answer().await
}

/// Waits until a patient's suggestions of the allergy rule are as said.
async fn warned(app: &TestApp, patient: &str, status: &str) {
    let path = format!("/api/v1/patients/{patient}/suggestions");
    until("what decision support says", Duration::from_secs(60), async || {
        let list = app.get(Role::Doctor, &path).await.expect(200).body;
        let items = list["items"].as_array().cloned().unwrap_or_default();
        items.iter().any(|item| item["rule"] == "allergy-conflict" && item["status"] == status).then_some(())
    })
    .await;
}

/// All rows of the read models, in order.
async fn rows(app: &TestApp) -> Vec<String> {
    let owner = app.owner().await;
    let mut all = vec![];
    for table in ["entry", "patient", "patient_match_key", "alert", "appointment", "booking", "waitlist", "device"] {
        let rows = owner.query(&format!("select t::text from read.{table} t order by 1"), &[]).await.expect("rows");
        all.extend(rows.iter().map(|row| format!("{table} {}", row.get::<_, String>(0))));
    }
    all
}

#[tokio::test]
async fn a_patient_registered_twice_is_one_during_the_admission_and_two_again_after() {
    let app = spawn_app().await;
    let ana = registered(&app, person("Ana", "Ferreira", "1954-03-02", "MRN-1")).await;
    let anna = registered(&app, person("Anna", "Ferreira", "1954-03-02", "MRN-2")).await;
    let penicillin = penicillin(&app, &ana).await.expect(201).id();
    no_known_allergies(&app, &anna).await;
    let admitted = json!({ "class": "emergency", "ward": "West" });
    let of = |patient: &str, list: &str| format!("/api/v1/patients/{patient}/{list}");
    let stay = app.post(Role::Receptionist, &of(&anna, "encounters"), admitted).await.expect(201).id();
    let amoxicillin = prescribe(&app, &anna, order("Amoxicillin 500 MG Oral Capsule")).await.expect(201).id();
    let vitals = format!("/api/v1/encounters/{stay}/vitals");
    app.post(Role::Nurse, &vitals, crate::vitals::well()).await.expect(201);
    let device = json!({ "serial": "M-1", "kind": "monitor" });
    let device = app.post(Role::Admin, "/api/v1/devices", device).await.expect(201).id();
    let put_on = format!("/api/v1/devices/{device}/assign");
    app.post(Role::Nurse, &put_on, json!({ "patient": anna })).await.expect(200);
    let (_, west) = app.hire("wendy", Role::Nurse, &["West"]).await;
    assert_eq!(as_somebody(&app, &west, &of(&ana, "chart")).await.status, 403, "West cares for Anna alone");
    let before = (chart(&app, &ana).await, chart(&app, &anna).await);

    merge(&app, &ana, &anna).await.expect(200);
    let both = chart(&app, &ana).await;
    assert_eq!(listed(&app, &ana, "encounters").await, std::slice::from_ref(&stay));
    assert_eq!(listed(&app, &ana, "medication-orders").await, std::slice::from_ref(&amoxicillin));
    assert_eq!(listed(&app, &ana, "allergies").await.len(), 2, "openmrs-core#6194: both");
    assert_eq!(both["vitals"], before.1["vitals"].to_string().replace(&anna, &ana).parse::<Value>().unwrap());
    assert_eq!(as_somebody(&app, &west, &of(&ana, "chart")).await.status, 200, "who cared for Anna knows Ana");
    warned(&app, &ana, "open").await;
    let gone = as_somebody(&app, &west, &of(&anna, "chart")).await;
    gone.clone().expect_problem(409, "/problems/patient/merged", &[]);
    let told = "audit.entry where outcome = 'denied' and reason = 'merged'";
    assert!(app.count(told).await > 0, "who was told where the record is stands in the trail");
    assert_eq!(gone.body["survivor"], json!(ana));
    let late = penicillin_again(&app, &anna).await;
    late.expect_problem(409, "/problems/patient/merged", &[]);
    let admit = json!({ "class": "ambulatory" });
    app.post(Role::Receptionist, &of(&anna, "encounters"), admit).await.expect_problem(
        409,
        "/problems/patient/merged",
        &[],
    );
    let found = app.get(Role::Nurse, "/api/v1/patients?identifier=MRN-2").await.expect(200).body;
    assert_eq!(found["items"][0]["id"], json!(ana), "her old number leads to her record");

    // The stay that came with Anna goes on; other things begin.
    let moved = format!("/api/v1/encounters/{stay}/transfer");
    app.post(Role::Nurse, &moved, json!({ "ward": "East" })).await.expect(200);
    let asthma = json!({ "code": { "text": "asthma" } });
    let stays = app.post(Role::Doctor, &of(&ana, "problems"), asthma).await.expect(201).id();
    let gout = json!({ "code": { "text": "gout" } });
    let goes = app.post(Role::Doctor, &of(&ana, "problems"), gout).await.expect(201).id();
    let (_, east) = app.hire("edna", Role::Nurse, &["East"]).await;
    assert_eq!(as_somebody(&app, &east, &of(&ana, "chart")).await.status, 200);

    let kept = rows(&app).await;
    let owner = Database::connect(&app.database.urls.owner.clone().into(), 2).expect("a pool");
    rebuild_read(&owner, app.platform.store.codec()).await.expect("rebuilt");
    assert_eq!(rows(&app).await, kept, "a rebuild knows who was merged");
    let now = app.platform.app.clock.now().to_rfc3339().replace('+', "%2B");
    let then = app.get(Role::Doctor, &format!("{}?as_of={now}", of(&ana, "chart"))).await.expect(200).body;
    for section in ["allergies", "medications", "problems", "encounters"] {
        let count = |chart: &Value| chart[section]["items"].as_array().map(Vec::len);
        let live = chart(&app, &ana).await;
        assert_eq!(count(&then), count(&live), "{section}");
    }

    let strange = unmerge(&app, &ana, &anna, &[&amoxicillin]).await;
    strange.expect_problem(422, "/problems/identity/not-assignable", &["/assign"]);
    unmerge(&app, &ana, &anna, &[&goes]).await.expect(200);
    assert_eq!(listed(&app, &ana, "problems").await, [stays]);
    assert_eq!(listed(&app, &anna, "problems").await, [goes]);
    assert_eq!(listed(&app, &ana, "allergies").await, [penicillin]);
    assert_eq!(listed(&app, &anna, "allergies").await.len(), 1);
    assert_eq!(listed(&app, &anna, "medication-orders").await, [amoxicillin]);
    assert!(listed(&app, &ana, "medication-orders").await.is_empty());
    let restored = app.get(Role::Doctor, &format!("/api/v1/encounters/{stay}")).await.expect(200).body;
    assert_eq!((&restored["patient"], &restored["ward"]), (&json!(anna), &json!("East")), "with what changed since");
    assert_eq!(as_somebody(&app, &east, &of(&ana, "chart")).await.status, 403, "East cares for Anna alone again");
    assert_eq!(as_somebody(&app, &east, &of(&anna, "chart")).await.status, 200);
    assert_eq!(chart(&app, &anna).await["vitals"], before.1["vitals"]);
    assert_eq!(chart(&app, &ana).await["vitals"], before.0["vitals"]);
    let on = app.get(Role::Nurse, &format!("/api/v1/devices/{device}")).await.expect(200).body;
    assert_eq!(on["assigned_to"], json!(anna));
    warned(&app, &ana, "withdrawn").await;
    let kept = rows(&app).await;
    rebuild_read(&owner, app.platform.store.codec()).await.expect("rebuilt");
    assert_eq!(rows(&app).await, kept, "and who was restored");
}

async fn penicillin_again(app: &TestApp, patient: &str) -> Answer {
    let path = format!("/api/v1/patients/{patient}/allergies");
    app.post(Role::Nurse, &path, json!({ "substance": { "text": "latex" } })).await
}
