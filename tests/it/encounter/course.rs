use healthcare_application::{Role, clock::Clock};
use healthcare_infrastructure::clock::SystemClock;
use healthcare_tests::app::{TestApp, spawn_app};
use serde_json::{Value, json};

use crate::{
    patient::register,
    ward::{Ward, admit_to},
};

async fn begin(app: &TestApp, body: Value) -> String {
    let patient = register(app).await;
    app.post(Role::Receptionist, &format!("/api/v1/patients/{patient}/encounters"), body).await.expect(201).id()
}

#[tokio::test]
async fn a_planned_visit_is_come_to_or_called_off() {
    let app = spawn_app().await;
    let tomorrow = SystemClock.now() + chrono::Duration::days(1);
    let planned = json!({ "class": "ambulatory", "status": "planned", "started_at": tomorrow });
    let visit = begin(&app, planned.clone()).await;
    let path = |verb: &str| format!("/api/v1/encounters/{visit}/{verb}");
    let early = app.post(Role::Nurse, &path("start"), json!({})).await;
    early.expect_problem(409, "/problems/encounter/not-now", &[]);
    let charted = app.post(Role::Nurse, &path("vitals"), crate::vitals::well()).await;
    charted.expect_problem(409, "/problems/vitals/not-now", &[]);
    app.post(Role::Receptionist, &path("arrive"), json!({})).await.expect(200);
    let twice = app.post(Role::Receptionist, &path("arrive"), json!({})).await;
    twice.expect_problem(409, "/problems/encounter/not-now", &[]);
    app.post(Role::Nurse, &path("start"), json!({})).await.expect(200);
    let late = app.post(Role::Receptionist, &path("cancel"), json!({ "reason": "forgot" })).await;
    late.expect_problem(409, "/problems/encounter/not-now", &[]);

    let off = begin(&app, planned).await;
    let cancel = format!("/api/v1/encounters/{off}/cancel");
    app.post(Role::Receptionist, &cancel, json!({ "reason": "is well" })).await.expect(200);
    let seen = app.get(Role::Nurse, &format!("/api/v1/encounters/{off}")).await.expect(200).body;
    assert_eq!(seen["status"], "cancelled");
    let past = json!({ "class": "ambulatory", "status": "planned", "started_at": "2020-01-01T00:00:00Z" });
    let patient = register(&app).await;
    let past = app.post(Role::Receptionist, &format!("/api/v1/patients/{patient}/encounters"), past).await;
    past.expect_problem(422, "/problems/encounter/out-of-order", &[]);
}

#[tokio::test]
async fn a_visit_that_never_was_gives_its_bed_back_and_is_in_no_list() {
    let app = spawn_app().await;
    let ward = Ward::open(&app, "West").await;
    let (bed, patient) = (ward.bed("1").await, register(&app).await);
    let stay = admit_to(&app, &patient, &bed).await.expect(201).id();
    let path = format!("/api/v1/encounters/{stay}/entered-in-error");
    let why = json!({ "reason": "another patient" });
    app.post(Role::Nurse, &path, why.clone()).await.expect(200);
    assert_eq!(ward.state(&bed).await, "cleaning");
    let twice = app.post(Role::Nurse, &path, why).await;
    twice.expect_problem(409, "/problems/encounter/entered-in-error", &[]);
    for list in [format!("/api/v1/patients/{patient}/encounters"), "/api/v1/encounters".to_owned()] {
        let list = app.get(Role::Nurse, &list).await.expect(200).body;
        assert_eq!(list["items"], json!([]));
    }
}

/// Two who move a patient at once: by If-Match, the second is told.
#[tokio::test]
async fn who_has_seen_another_version_is_told() {
    let app = spawn_app().await;
    let stay = begin(&app, json!({ "class": "emergency", "status": "arrived" })).await;
    let path = format!("/api/v1/encounters/{stay}/triage");
    let ask = async |seen: &str| {
        use healthcare_tests::app::Ask;
        let request = app.request(Role::Nurse, reqwest::Method::POST, &path).await.header("if-match", seen);
        request.json(&json!({ "scale": "esi", "level": 3 })).answer().await
    };
    ask("\"1\"").await.expect(200);
    ask("\"1\"").await.expect_problem(412, "/problems/request/stale", &["If-Match"]);
    let six = app.post(Role::Nurse, &path, json!({ "scale": "esi", "level": 6 })).await;
    six.expect_problem(422, "/problems/request/invalid", &["/level"]);
}
