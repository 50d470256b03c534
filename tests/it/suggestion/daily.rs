//! What comes due by time alone.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use healthcare_application::{
    App, Call, Role,
    clock::Clock,
    decision::{ReplayOutcome, replay_decision},
    rule::refresh,
};
use healthcare_infrastructure::decision::DailyReview;
use healthcare_tests::app::{TestApp, spawn_app};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{reviewed, until};
use crate::{
    medication::{no_known_allergies, order, prescribe},
    patient::register,
    rule::{Desk, document},
};

/// A clock that is so many days ahead.
struct Ahead(Arc<dyn Clock>, i64);

impl Clock for Ahead {
    fn now(&self) -> DateTime<Utc> {
        self.0.now() + chrono::Duration::days(self.1)
    }

    fn new_id(&self) -> Uuid {
        self.0.new_id()
    }
}

/// The daily look of a day that is so many days from now.
async fn look_in(app: &TestApp, days: i64) {
    let now = app.platform.app.clone();
    let then = App { clock: Arc::new(Ahead(now.clock.clone(), days)), ..now };
    DailyReview::new(then, app.platform.db.clone()).finish().await.expect("everybody was looked at");
}

/// Somebody who takes methotrexate since today, and of whom nothing was measured.
async fn on_methotrexate(app: &TestApp) -> String {
    let patient = register(app).await;
    no_known_allergies(app, &patient).await;
    let weekly = json!({ "medication": { "text": "Methotrexate 2.5 MG Oral Tablet" }, "frequency": "once a week" });
    prescribe(app, &patient, weekly).await.expect(201);
    patient
}

const RULE: &str = "monitoring-due";
const BY_TIME: &str = "es.evaluation where trigger = 'time.passed'";

async fn raised(app: &TestApp, patient: &str) -> i64 {
    app.count(&format!("es.event where event_type = 'suggestion.raised' and patient_id = '{patient}'")).await
}

/// Blood and liver are due every 92 days: told once, on the day, though nothing happened; and kept with what it stood on.
#[tokio::test]
async fn what_comes_due_by_time_alone_is_told_once() {
    let app = spawn_app().await;
    let patient = on_methotrexate(&app).await;
    reviewed(&app).await;
    look_in(&app, 90).await;
    assert_eq!(raised(&app, &patient).await, 0, "not due yet");
    look_in(&app, 100).await;
    let open = until(&app, &patient, RULE, &["open", "open"]).await;
    let kept = app.count(BY_TIME).await;
    for day in [100, 101, 102] {
        look_in(&app, day).await;
    }
    until(&app, &patient, RULE, &["open", "open"]).await;
    assert_eq!(raised(&app, &patient).await, 2, "told once");
    assert_eq!(app.count(BY_TIME).await, kept, "a look that finds what the last one found leaves no entry");

    let id = open[0]["id"].as_str().expect("an id");
    let why = app.get(Role::Doctor, &format!("/api/v1/suggestions/{id}/justification")).await.expect(200).body;
    assert_eq!(why["trigger"], "time.passed", "{why:#}");
    let call = Call::system(app.platform.app.clock.new_id());
    let again = replay_decision(&app.platform.app, &call, id.parse().expect("an id")).await.expect("judged again");
    assert!(matches!(again.outcome, ReplayOutcome::Same { .. }), "{again:?}");
}

/// What was answered is not told again before the rule's time is over, and then it is.
#[tokio::test]
async fn what_was_answered_is_told_again_when_its_time_is_over() {
    let app = spawn_app().await;
    let patient = on_methotrexate(&app).await;
    reviewed(&app).await;
    look_in(&app, 100).await;
    for open in until(&app, &patient, RULE, &["open", "open"]).await {
        let path = format!("/api/v1/suggestions/{}/override", open["id"].as_str().expect("an id"));
        app.post(Role::Doctor, &path, json!({ "reason": "Will monitor" })).await.expect(200);
    }
    // Answered on that day, and not on the day of the server.
    let then = "update read.entry set at = at + interval '100 days' where kind = 'suggestion'";
    app.owner().await.batch_execute(then).await.expect("answered then");
    look_in(&app, 101).await;
    look_in(&app, 113).await;
    assert_eq!(raised(&app, &patient).await, 2, "a fortnight is not over");
    look_in(&app, 115).await;
    assert_eq!(raised(&app, &patient).await, 4, "it is still due");
}

/// A look that was broken off goes on where it was left, for nobody twice, and then that of the day begins. Who died is left
/// in peace, and who takes nothing is not looked at.
#[tokio::test]
async fn a_look_that_was_broken_off_goes_on_and_passes_nobody_over() {
    let app = spawn_app().await;
    let (one, two, dead) = (on_methotrexate(&app).await, on_methotrexate(&app).await, on_methotrexate(&app).await);
    register(&app).await;
    assert!(one < two, "else nothing is shown");
    let died = json!({ "deceased": { "at": app.platform.app.clock.now() } });
    app.patch(Role::Doctor, &format!("/api/v1/patients/{dead}"), 1, died).await.expect(200);
    reviewed(&app).await;
    let broken_off = format!(
        "update wf.daily_review set day = (now() at time zone 'utc')::date + 99, reached = '{one}', done = false"
    );
    app.owner().await.batch_execute(&broken_off).await.expect("broken off");
    look_in(&app, 100).await;
    assert_eq!((raised(&app, &one).await, raised(&app, &two).await, raised(&app, &dead).await), (2, 2, 0));
    assert_eq!(app.count("wf.daily_review where done and reached is null and looked = 2 and failed = 0").await, 1);

    // While another process is at it, this one waits.
    let mut owner = app.owner().await;
    let elsewhere = owner.transaction().await.expect("a transaction");
    elsewhere.execute("select from wf.daily_review for update", &[]).await.expect("held");
    let mut waits = Box::pin(look_in(&app, 101));
    let early = tokio::time::timeout(Duration::from_secs(1), &mut waits).await;
    assert!(early.is_err(), "another process is at it");
    elsewhere.commit().await.expect("let go");
    waits.await;
    assert_eq!((raised(&app, &one).await, raised(&app, &two).await), (2, 2), "told once");
}

/// A rule that is put into force speaks of everybody it is about within a day, and one that is retired falls silent.
#[tokio::test]
async fn a_rule_that_is_put_into_force_or_retired_is_told_of_within_a_day() {
    const HOUSE: &str = "paracetamol-runs";
    let app = spawn_app().await;
    let desk = Desk::of(&app).await;
    let patient = register(&app).await;
    no_known_allergies(&app, &patient).await;
    prescribe(&app, &patient, order("Paracetamol 500 MG Oral Tablet")).await.expect(201);
    reviewed(&app).await;

    desk.active(running(HOUSE)).await;
    refresh(&app.platform.app).await.expect("it reads the rules");
    look_in(&app, 1).await;
    until(&app, &patient, HOUSE, &["open"]).await;
    let retire = format!("/{HOUSE}/versions/1/retire");
    desk.post(&desk.second, &retire, json!({ "reason": "not needed" })).await.expect(200);
    refresh(&app.platform.app).await.expect("it reads the rules");
    look_in(&app, 2).await;
    until(&app, &patient, HOUSE, &["withdrawn"]).await;
}

/// A rule about paracetamol that is taken, which listens to orders.
fn running(id: &str) -> Value {
    let mut rule = document(id, 1);
    rule["severity"] = json!("warning");
    rule["triggers"] = json!(["pharmacy.medication.prescribed"]);
    rule["when"]["drug"]["of"] = json!("active");
    rule["tests"] = json!([
        { "name": "paracetamol", "given": { "active": ["Paracetamol 500 MG Oral Tablet"] },
          "expect": { "fired": [["warning", "twice"]] } },
        { "name": "amoxicillin", "given": { "active": ["Amoxicillin 500 MG Oral Capsule"] }, "expect": "not_fired" }
    ]);
    rule
}
