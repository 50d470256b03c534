use chrono::{Duration, SecondsFormat};
use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::json;

use super::{sign, well};
use crate::{encounter::admit, patient::register};

#[tokio::test]
async fn charted_vitals_answer_with_their_news2_and_stand_in_the_chart() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/encounters/{}/vitals", admit(&app, &patient).await);
    let charted = app.post(Role::Nurse, &path, well()).await.expect(201);
    assert_eq!(charted.body["news2"]["outcome"], "complete", "{:#}", charted.body);
    assert_eq!((&charted.body["news2"]["total"], &charted.body["news2"]["band"]), (&json!(0), &json!("low")));

    let set = app.get(Role::Nurse, &format!("/api/v1/vitals/{}", charted.id())).await.expect(200);
    assert_eq!(set.body["news2"]["total"], 0);
    assert_eq!(set.body["vitals"]["measurements"][5], sign("temperature", "36.78", "Cel"));
    let chart = app.get(Role::Nurse, &format!("/api/v1/patients/{patient}/chart")).await.expect(200);
    assert_eq!(chart.body["latest_vitals"]["items"].as_array().map(Vec::len), Some(8));

    let worse = json!({ "measurements": [sign("respiratory_rate", "25", "/min")] });
    let alone = app.post(Role::Nurse, &path, worse).await.expect(201);
    assert_eq!((&alone.body["news2"]["total"], &alone.body["news2"]["band"]), (&json!(3), &json!("low-medium")));
    let alone = app.get(Role::Nurse, &format!("/api/v1/vitals/{}", alone.id())).await.expect(200);
    assert_eq!(alone.body["news2"]["outcome"], "incomplete");
    assert_eq!(alone.body["news2"]["missing"].as_array().map(Vec::len), Some(6));
}

#[tokio::test]
async fn what_is_too_old_is_marked_stale_and_does_not_count() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let now = app.platform.app.clock.now();
    let time = |ago: i64| (now - Duration::minutes(ago)).to_rfc3339_opts(SecondsFormat::Secs, true);
    let admission = json!({ "class": "inpatient", "started_at": time(600) });
    let visit = app.post(Role::Nurse, &format!("/api/v1/patients/{patient}/encounters"), admission).await.expect(201);
    let path = format!("/api/v1/encounters/{}/vitals", visit.id());
    let mut earlier = well();
    earlier["measured_at"] = json!(time(90));
    app.post(Role::Nurse, &path, earlier).await.expect(201);

    let alone = json!({ "measurements": [sign("respiratory_rate", "22", "/min")] });
    let news2 = app.post(Role::Nurse, &path, alone).await.expect(201).body["news2"].clone();
    assert_eq!((&news2["outcome"], &news2["partial"]), (&json!("incomplete"), &json!(2)), "{news2:#}");
    assert_eq!(news2["stale"], json!(["spo2", "oxygen", "systolic_bp", "pulse"]));
    assert_eq!(news2["missing"], json!([]));
}

#[tokio::test]
async fn a_struck_set_no_longer_counts() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/encounters/{}/vitals", admit(&app, &patient).await);
    let wrong = app.post(Role::Nurse, &path, json!({ "consciousness": "U" })).await.expect(201);
    let strike = format!("/api/v1/vitals/{}/entered-in-error", wrong.id());
    app.post(Role::Nurse, &strike, json!({ "reason": "wrong patient" })).await.expect(200);
    let again = app.post(Role::Nurse, &strike, json!({ "reason": "wrong patient" })).await;
    again.expect_problem(409, "/problems/vitals/entered-in-error", &[]);
    let next = app.post(Role::Nurse, &path, json!({ "measurements": [sign("heart_rate", "70", "/min")] })).await;
    assert_eq!(next.body["news2"]["partial"], 0, "{:#}", next.body);
    let struck = app.get(Role::Nurse, &format!("/api/v1/vitals/{}", wrong.id())).await.expect(200);
    assert_eq!((&struck.body["news2"], &struck.body["vitals"]["status"]), (&json!(null), &json!("entered-in-error")));
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_its_place() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let encounter = admit(&app, &patient).await;
    let path = format!("/api/v1/encounters/{encounter}/vitals");
    let shape = "/problems/request/shape";
    let cases = [
        (json!({ "measurements": [sign("heart_rate", "72", "bpm")] }), shape, "/measurements/0"),
        (json!({ "measurements": [sign("temperature", "384.5", "Cel")] }), shape, "/measurements/0"),
        (json!({ "measurements": [sign("heart_rate", "0", "/min")] }), shape, "/measurements/0"),
        (json!({ "measurements": [sign("mood", "1", "/min")] }), shape, "/measurements/0/sign"),
        (json!({ "consciousness": "X" }), shape, "/consciousness"),
        (json!({ "consciousnes": "A" }), shape, "/consciousnes"),
        (json!({}), "/problems/vitals/empty", "/measurements"),
        (
            json!({ "consciousness": "A", "measured_at": "2901-01-01T00:00:00Z" }),
            "/problems/vitals/in-the-future",
            "/measured_at",
        ),
        (
            json!({ "measurements": [sign("systolic_bp", "80", "mm[Hg]"), sign("diastolic_bp", "90", "mm[Hg]")] }),
            "/problems/vitals/diastolic-not-below-systolic",
            "/measurements",
        ),
    ];
    for (body, kind, place) in cases {
        app.post(Role::Nurse, &path, body).await.expect_problem(422, kind, &[place]);
    }
    app.post(Role::Doctor, &format!("/api/v1/encounters/{encounter}/discharge"), json!({ "disposition": "home" }))
        .await
        .expect(200);
    let late = app.post(Role::Nurse, &path, well()).await;
    late.expect_problem(409, "/problems/vitals/already-discharged", &[]);
    assert_eq!(app.clinical_events().await, 3);
}

/// A child of seven kilograms, weighed by a nurse: a dose of 500 mg of paracetamol is far beyond 15 mg/kg.
#[tokio::test]
async fn a_weight_that_is_charted_counts_for_doses() {
    let app = spawn_app().await;
    let number = app.platform.app.clock.new_id();
    let born = (app.platform.app.clock.now() - Duration::days(240)).date_naive();
    let child = json!({ "names": [{ "family": "Lind", "given": ["Bo"] }], "birth_date": born,
        "identifiers": [{ "system": "http://hospital.example/mrn", "value": number }] });
    let child = app.post(Role::Receptionist, "/api/v1/patients", child).await.expect(201).id();
    let stay = admit(&app, &child).await;
    let order = json!({ "medication": { "text": "Paracetamol 500 MG Oral Tablet" },
        "dose": { "value": "500", "unit": "mg" }, "frequency": "every 6 hours" });
    let check = format!("/api/v1/patients/{child}/medication-orders/check");
    let told = async || {
        let answer = app.post(Role::Doctor, &check, order.clone()).await.expect(200);
        crate::medication::of_rule(&answer, "dose-limit").len()
    };
    assert_eq!(told().await, 0, "nobody has weighed them");

    let body = json!({ "measurements": [sign("body_weight", "7", "kg"), sign("body_height", "0.685", "m")] });
    let path = format!("/api/v1/encounters/{stay}/vitals");
    let charted = app.post(Role::Nurse, &path, body).await.expect(201);
    assert_eq!(charted.body["news2"], json!(null), "it says nothing of how they fare");
    assert!(told().await > 0);
    let set = app.get(Role::Nurse, &format!("/api/v1/vitals/{}", charted.id())).await.expect(200).body;
    assert_eq!(set["vitals"]["measurements"][1], sign("body_height", "68.5", "cm"), "{set:#}");

    let heavy = json!({ "measurements": [sign("body_weight", "7000", "kg")] });
    app.post(Role::Nurse, &path, heavy).await.expect_problem(422, "/problems/request/shape", &["/measurements/0"]);
    let result = json!({ "code": { "coding": [{ "system": "http://loinc.org", "code": "29463-7" }] },
        "value": { "quantity": { "value": "7", "unit": "kg" } } });
    let result = app.post(Role::LabTechnician, &format!("/api/v1/patients/{child}/laboratory-results"), result).await;
    result.expect_problem(422, "/problems/observation/vital-sign", &["/code"]);
}
