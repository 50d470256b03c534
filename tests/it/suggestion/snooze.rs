use healthcare_application::Role;
use healthcare_tests::app::{TestApp, spawn_app};
use serde_json::{Value, json};

use super::{critical, in_seconds, report, until};

async fn ids(app: &TestApp, path: &str) -> Vec<String> {
    let body = app.get(Role::Doctor, path).await.expect(200).body;
    let items = body.pointer("/suggestions/items").or_else(|| body.get("items"));
    let id = |item: &Value| item["id"].as_str().map(|id| format!("/api/v1/suggestions/{id}"));
    items.and_then(Value::as_array).into_iter().flatten().filter_map(id).collect()
}

async fn waiting(app: &TestApp, patient: &str) -> Vec<Value> {
    let path = format!("/api/v1/inbox?kind=suggestion&patient={patient}");
    app.get(Role::Doctor, &path).await.expect(200).body["items"].as_array().expect("items").clone()
}

/// What is put off is gone from what is open, from the chart and from the inbox, and comes back by itself.
#[tokio::test]
async fn what_is_put_off_leaves_and_comes_back_by_itself() {
    let app = spawn_app().await;
    let (patient, path) = critical(&app).await;
    let open = format!("/api/v1/patients/{patient}/suggestions?status=open");
    let snoozed = format!("/api/v1/patients/{patient}/suggestions?status=snoozed");
    let chart = format!("/api/v1/patients/{patient}/chart");
    for shown in [&open, &chart] {
        assert_eq!(ids(&app, shown).await, std::slice::from_ref(&path), "{shown}");
    }
    let waits = waiting(&app, &patient).await;
    assert_eq!((&waits[0]["priority"], &waits[0]["subject"]["type"]), (&json!("critical"), &json!("suggestion")));

    let put_off = json!({ "until": in_seconds(&app, 4), "reason": "repeat sample" });
    let done = app.post(Role::Doctor, &format!("{path}/snooze"), put_off.clone()).await.expect(200);
    assert_eq!(done.header("etag"), Some("\"2\""));
    for left in [&open, &chart] {
        assert_eq!(ids(&app, left).await, Vec::<String>::new(), "{left}");
    }
    assert_eq!(ids(&app, &snoozed).await, std::slice::from_ref(&path));
    assert_eq!(waiting(&app, &patient).await, Vec::<Value>::new());
    let read = app.get(Role::Doctor, &path).await.expect(200).body;
    assert_eq!((&read["snoozed_until"], &read["snooze_reason"]), (&put_off["until"], &json!("repeat sample")));
    // The finding still holds: it is neither raised anew nor withdrawn while it is put off.
    report(&app, &patient, "6.9").await;

    for _ in 0..400 {
        if !waiting(&app, &patient).await.is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(waiting(&app, &patient).await.len(), 1);
    for shown in [&open, &chart] {
        assert_eq!(ids(&app, shown).await, std::slice::from_ref(&path), "{shown}");
    }
    assert_eq!(ids(&app, &snoozed).await, Vec::<String>::new());
    until(&app, &patient, "critical-potassium-high", &["open"]).await;
}

#[tokio::test]
async fn what_is_put_off_is_withdrawn_when_it_no_longer_holds_and_can_be_answered() {
    let app = spawn_app().await;
    let (patient, path) = critical(&app).await;
    let put_off = json!({ "until": in_seconds(&app, 3600) });
    app.post(Role::Pharmacist, &format!("{path}/snooze"), put_off.clone()).await.expect(200);
    report(&app, &patient, "4.2").await;
    until(&app, &patient, "critical-potassium-high", &["withdrawn"]).await;
    let late = app.post(Role::Doctor, &format!("{path}/snooze"), put_off.clone()).await;
    late.expect_problem(409, "/problems/suggestion/not-open", &[]);
    assert_eq!(app.count("wf.snoozed").await, 0);

    let (_, path) = critical(&app).await;
    app.post(Role::Doctor, &format!("{path}/snooze"), put_off).await.expect(200);
    app.post(Role::Doctor, &format!("{path}/accept"), json!({})).await.expect(200);
    assert_eq!(app.count("wf.snoozed").await, 0);
}

/// It never is put off for good: a critical one comes back within a day, any within a month.
#[tokio::test]
async fn it_has_an_end_and_is_refused_without_one() {
    let app = spawn_app().await;
    let (_, path) = critical(&app).await;
    let snooze = format!("{path}/snooze");
    let body = |seconds: i64| json!({ "until": in_seconds(&app, seconds) });
    let refused = app.post(Role::Doctor, &snooze, body(25 * 3600)).await;
    refused.expect_problem(422, "/problems/suggestion/snooze-too-long", &["/until"]);
    let refused = app.post(Role::Doctor, &snooze, body(-5)).await;
    refused.expect_problem(422, "/problems/suggestion/snooze-over", &["/until"]);
    app.post(Role::Doctor, &snooze, json!({})).await.expect_problem(422, "/problems/request/shape", &[""]);
    app.post(Role::Nurse, &snooze, body(60)).await.expect_problem(403, "/problems/access/denied", &[]);
    let odd = json!({ "until": in_seconds(&app, 60), "because": "x" });
    app.post(Role::Doctor, &snooze, odd).await.expect_problem(422, "/problems/request/shape", &["/because"]);
    let nobody = format!("/api/v1/suggestions/{}/snooze", app.platform.app.clock.new_id());
    app.post(Role::Doctor, &nobody, body(60)).await.expect(404);
    assert_eq!(app.get(Role::Doctor, &path).await.expect(200).header("etag"), Some("\"1\""));
}
