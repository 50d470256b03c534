use healthcare_api::startup::Part;
use healthcare_application::Role;
use healthcare_infrastructure::backtest::BacktestWorker;
use healthcare_tests::app::{Backing, TestApp, spawn_app_with};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::{
    patient::register,
    suggestion::{report, reviewed},
    support::walk::walked,
};

const BACKTESTS: &str = "/api/v1/rules/backtests";

/// A house in which nobody runs backtests but the test.
async fn house() -> TestApp {
    let parts = vec![Part::Command, Part::Query, Part::Projector, Part::Dss, Part::Gateway];
    let app = spawn_app_with(Backing { parts, ..Backing::default() }).await;
    for value in ["6.8", "4.2", "6.9", "6.5"] {
        let patient = register(&app).await;
        report(&app, &patient, value).await;
    }
    reviewed(&app).await;
    app
}

/// A process of its own, which keeps what it counted after every so many patients.
fn worker(app: &TestApp, patients: usize) -> BacktestWorker {
    BacktestWorker::new(app.platform.app.clone(), app.platform.store.clone()).with_pieces_of(patients)
}

async fn shown(app: &TestApp, role: Role, id: &str) -> Value {
    app.get(role, &format!("{BACKTESTS}/{id}")).await.expect(200).body
}

/// What does not depend on how it was run: counts, the moments and the patients that were picked. Pseudonyms and lots are
/// each backtest's own, and sums of days are rounded by the order in which they are added.
async fn outcome(app: &TestApp, id: &str) -> Value {
    let mut whole = shown(app, Role::Doctor, id).await;
    assert_eq!(whole["state"], "done", "{whole:#}");
    whole["report"]["patient_days"] = Value::Null;
    whole["report"]["candidate"]["per_1000_patient_days"] = Value::Null;
    let sorted = |mut items: Vec<Value>| {
        for item in &mut items {
            item["pseudonym"] = Value::Null;
        }
        items.sort_by_key(|item| item["patient"].to_string());
        items
    };
    let samples = sorted(whole["samples"].as_array().expect("samples").clone());
    let patients = sorted(walked(app, Role::Doctor, &format!("{BACKTESTS}/{id}/patients"), 50).await);
    assert!(patients.len() == 3 && patients.iter().all(|one| one["patient"].is_string()), "{patients:#?}");
    json!({ "report": whole["report"], "progress": whole["progress"], "samples": samples, "patients": patients })
}

/// While it runs it is told how far it is, piece by piece; nothing that it has counted is told before it is done; and one that
/// went on in another process after every piece comes to what one comes to that ran through.
#[tokio::test]
async fn how_far_it_is_is_told_while_it_runs() {
    let app = house().await;
    let now = app.platform.app.clock.now();
    let body = json!({ "rule_id": "critical-potassium-high", "from": now - chrono::Duration::days(10), "to": now });
    let ask = async || app.post(Role::RuleAuthor, BACKTESTS, body.clone()).await.expect(201).id();
    let id = ask().await;
    let progress = |shown: &Value| {
        let of = |field: &str| shown["progress"][field].as_u64();
        (shown["state"].as_str().map(str::to_owned), of("patients_done"), of("patients_total"))
    };
    let waiting = shown(&app, Role::RuleAuthor, &id).await;
    assert_eq!(progress(&waiting), (Some("queued".to_owned()), Some(0), None));

    let stop = CancellationToken::new();
    stop.cancel();
    let mut events = 0;
    for done in 1..=3 {
        assert!(worker(&app, 1).pass(&stop).await.expect("a piece"), "there is one to be run");
        let running = shown(&app, Role::RuleAuthor, &id).await;
        assert_eq!(progress(&running), (Some("running".to_owned()), Some(done), Some(4)), "{running:#}");
        let read = running["progress"]["events"].as_u64().expect("a count");
        assert!(read > events, "{running:#}");
        events = read;
        assert_eq!((&running["report"], &running["samples"]), (&Value::Null, &json!([])));
        let path = format!("{BACKTESTS}/{id}/patients");
        let nobody_yet = app.get(Role::Doctor, &path).await.expect(200).body;
        assert_eq!(nobody_yet, json!({ "complete": false, "items": [], "next_cursor": null }));
    }
    let go_on = CancellationToken::new();
    assert!(worker(&app, 1).pass(&go_on).await.expect("the rest"));
    let by_pieces = outcome(&app, &id).await;
    assert_eq!(by_pieces["report"]["candidate"]["patients"], 3, "{by_pieces:#}");

    let through = ask().await;
    assert!(worker(&app, 250).pass(&go_on).await.expect("all at once"));
    assert!(!worker(&app, 250).pass(&go_on).await.expect("nothing"), "none is left");
    assert_eq!(outcome(&app, &through).await, by_pieces);
    let listed = app.get(Role::Doctor, &format!("{BACKTESTS}/{through}/patients")).await.expect(200).body;
    assert_eq!(listed["complete"], true);
}

/// Patients who are tried again, because what was counted of them was lost, are listed once.
#[tokio::test]
async fn who_is_tried_again_is_listed_once() {
    let app = house().await;
    let now = app.platform.app.clock.now();
    let body = json!({ "rule_id": "critical-potassium-high", "from": now - chrono::Duration::days(10), "to": now });
    let id = app.post(Role::RuleAuthor, BACKTESTS, body).await.expect(201).id();
    let go_on = CancellationToken::new();
    assert!(worker(&app, 3).pass(&go_on).await.expect("all of it"));
    let once = outcome(&app, &id).await;
    let lost =
        "update governance.backtest set state = 'running', worker = gen_random_uuid(), tally = null, ended_at = null,
        resume_after = null, patients_done = 0, seen_at = null; update governance.backtest_patient set candidate = 7";
    app.owner().await.batch_execute(lost).await.expect("as of a process that died");
    assert!(worker(&app, 2).pass(&go_on).await.expect("all of it again"));
    assert_eq!(outcome(&app, &id).await, once);
    assert_eq!(app.count("governance.backtest_patient").await, 3);
}
