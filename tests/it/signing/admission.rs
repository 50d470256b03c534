use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::{Value, json};

use super::{kept, replays, set_aside};
use crate::{
    medication::{no_known_allergies, of_rule},
    suggestion::{
        corrected::{before, reported_as, reported_elsewhere},
        critical, report, until,
    },
};

const HOOK: &str = "encounter-start";
const POTASSIUM: &str = "critical-potassium-high";

fn stay() -> Value {
    json!({ "class": "inpatient", "ward": "A" })
}

#[tokio::test]
async fn who_admits_a_patient_with_an_unanswered_critical_result_is_told() {
    let app = spawn_app().await;
    let (patient, _) = critical(&app).await;
    let path = format!("/api/v1/patients/{patient}/encounters");
    let told = app.post(Role::Doctor, &path, stay()).await.expect_problem(409, "/problems/encounter/findings", &[]);
    assert_eq!(of_rule(&told, POTASSIUM)[0]["severity"], "critical");
    assert_eq!(of_rule(&told, "admission-allergies-unknown")[0]["severity"], "warning");
    replays(&app, &told, HOOK).await;
    assert_eq!(app.count("es.event where stream_type = 'encounter'").await, 0);
    let admitted = app.post(Role::Doctor, &path, set_aside(&told, &stay())).await.expect(201);
    replays(&app, &admitted, HOOK).await;
    let kept = kept(&app, &patient, "encounter.started").await;
    assert_eq!(kept[0]["finding"], of_rule(&told, POTASSIUM)[0]["id"]);
}

/// Somebody deals with it already: whoever admits is not asked again.
#[tokio::test]
async fn what_was_answered_does_not_interrupt_an_admission() {
    let app = spawn_app().await;
    let (patient, suggestion) = critical(&app).await;
    no_known_allergies(&app, &patient).await;
    app.post(Role::Doctor, &format!("{suggestion}/override"), json!({ "reason": "Being treated" })).await.expect(200);
    let path = format!("/api/v1/patients/{patient}/encounters");
    let admitted = app.post(Role::Doctor, &path, stay()).await.expect(201);
    assert!(of_rule(&admitted, POTASSIUM).is_empty(), "{:#}", admitted.body);
    assert!(!of_rule(&admitted, "vte-prophylaxis").is_empty(), "what does not interrupt is told");
}

/// An answer is for what was known then: one that is worse and came after it is told at once, however long suggestions of
/// the rule are silent.
#[tokio::test]
async fn a_result_that_came_after_the_answer_interrupts_an_admission() {
    let app = spawn_app().await;
    let (patient, suggestion) = critical(&app).await;
    app.post(Role::Doctor, &format!("{suggestion}/override"), json!({ "reason": "Being treated" })).await.expect(200);
    report(&app, &patient, "7.4").await;
    let path = format!("/api/v1/patients/{patient}/encounters");
    let told = app.post(Role::Doctor, &path, stay()).await.expect_problem(409, "/problems/encounter/findings", &[]);
    assert_eq!(of_rule(&told, POTASSIUM).len(), 1, "{:#}", told.body);
}

/// A correction keeps the moment of the measurement; who answered knew what stood there before it.
#[tokio::test]
async fn a_result_that_was_corrected_after_the_answer_interrupts_an_admission() {
    let app = spawn_app().await;
    let at = before(&app);
    let patient = reported_elsewhere(&app, &at, 6.8).await;
    let open = until(&app, &patient, POTASSIUM, &["open"]).await;
    let suggestion = format!("/api/v1/suggestions/{}", open[0]["id"].as_str().expect("an id"));
    app.post(Role::Doctor, &format!("{suggestion}/override"), json!({ "reason": "Being treated" })).await.expect(200);
    let path = format!("/api/v1/patients/{patient}/encounters");
    assert_eq!(reported_elsewhere(&app, &at, 6.7).await, patient);
    let told = app.post(Role::Doctor, &path, stay()).await.expect_problem(409, "/problems/encounter/findings", &[]);
    assert_eq!(of_rule(&told, POTASSIUM).len(), 1, "{:#}", told.body);
}

/// What was answered is the value: that the laboratory confirms it tells nobody another one.
#[tokio::test]
async fn a_result_that_is_confirmed_after_the_answer_interrupts_nobody() {
    let app = spawn_app().await;
    let at = before(&app);
    let patient = reported_as(&app, &at, 6.8, "preliminary").await;
    let open = until(&app, &patient, POTASSIUM, &["open"]).await;
    let suggestion = format!("/api/v1/suggestions/{}", open[0]["id"].as_str().expect("an id"));
    app.post(Role::Doctor, &format!("{suggestion}/override"), json!({ "reason": "Being treated" })).await.expect(200);
    let amended = "es.event where event_type = 'observation.amended'";
    assert_eq!(app.count(amended).await, 0);
    assert_eq!(reported_as(&app, &at, 6.8, "final").await, patient);
    assert_eq!(app.count(amended).await, 1, "it was told");
    app.post(Role::Doctor, &format!("/api/v1/patients/{patient}/encounters"), stay()).await.expect(201);
}

/// Who is told of the chart on the way of admitting is on record as one who read it; so is who asks by trying answers.
#[tokio::test]
async fn who_is_told_of_the_chart_is_recorded_as_having_read_it() {
    let app = spawn_app().await;
    let (patient, _) = critical(&app).await;
    let path = format!("/api/v1/patients/{patient}/encounters");
    let by_admitting = "resource = 'POST /api/v1/patients/{id}/encounters'";
    let reads = format!("audit.entry where action = 'read_chart' and patient = '{patient}' and {by_admitting}");
    let unwritten =
        format!("audit.entry where action = 'admit_patient' and note = 'nothing written' and {by_admitting}");
    app.post(Role::Receptionist, &path, json!({ "class": "ambulatory" })).await.expect(201);
    assert_eq!(app.count(&reads).await, 0, "nothing was told");
    app.post(Role::Doctor, &path, stay()).await.expect(409);
    assert_eq!(app.count(&reads).await, 1);
    assert_eq!(app.count(&unwritten).await, 1, "no stay began");
    let stray = json!({ "class": "inpatient", "overrides": [{ "finding": "x", "reason": "y" }] });
    app.post(Role::Doctor, &path, stray).await.expect(422);
    assert_eq!((app.count(&reads).await, app.count(&unwritten).await), (2, 2));
}

/// The emergency department is where they belong; who stays from there is checked, whichever way the stay begins. Who may
/// not see the chart is told nothing of it, and is not held up.
#[tokio::test]
async fn only_a_stay_is_checked_and_only_of_who_may_see_the_chart() {
    let app = spawn_app().await;
    let (patient, _) = critical(&app).await;
    let path = format!("/api/v1/patients/{patient}/encounters");
    let emergency = json!({ "class": "emergency", "status": "arrived" });
    let visit = app.post(Role::Doctor, &path, emergency).await.expect(201);
    assert!(visit.body.get("findings").is_none(), "{:#}", visit.body);
    let class = format!("/api/v1/encounters/{}/class", visit.id());
    let body = json!({ "class": "inpatient" });
    let told = app.post(Role::Doctor, &class, body.clone()).await;
    let told = told.expect_problem(409, "/problems/encounter/findings", &[]);
    app.post(Role::Doctor, &class, set_aside(&told, &body)).await.expect(200);

    let (other, _) = critical(&app).await;
    let path = format!("/api/v1/patients/{other}/encounters");
    let stray = json!({ "class": "inpatient", "overrides": [{ "finding": "x", "reason": "y" }] });
    let stray = app.post(Role::Receptionist, &path, stray).await;
    stray.expect_problem(422, "/problems/encounter/unknown-finding", &["/overrides"]);
    let admitted = app.post(Role::Receptionist, &path, stay()).await.expect(201);
    assert!(admitted.body.get("findings").is_none(), "{:#}", admitted.body);
    assert_eq!(app.count("es.evaluation where trigger = 'encounter-start'").await, 2);
}
