use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::json;

use super::{diabetes, followed};
use crate::{encounter::admit, note::Somebody, patient::register};

#[tokio::test]
async fn a_plan_is_followed_to_its_end() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    admit(&app, &patient).await;
    let ann = Somebody::hired(&app, "ann", Role::Doctor, &["A"]).await;
    let nia = Somebody::hired(&app, "nia", Role::Nurse, &["A"]).await;
    let plan = ann.plans(&patient, diabetes()).await;
    let part = |part: &str| format!("{plan}/{part}");
    ann.course(&plan, "complete").await.expect_problem(409, "/problems/plan/not-now", &[]);
    let early = nia.post(&part("activities/1/done"), json!({})).await;
    early.expect_problem(409, "/problems/plan/not-followed", &[]);
    ann.course(&plan, "activate").await.expect(200);
    ann.post(&part("status"), json!({ "course": "hold" })).await.expect_problem(
        422,
        "/problems/request/invalid",
        &["/reason"],
    );
    ann.course(&plan, "hold").await.expect(200);
    assert_eq!(
        (&ann.sees(&plan).await["status"], &ann.sees(&plan).await["reason"]),
        (&json!("on-hold"), &json!("as agreed"))
    );
    ann.course(&plan, "resume").await.expect(200);

    ann.post(&part("activities"), json!({ "what": { "text": "Foot check" } })).await.expect(200);
    ann.post(
        &part("activities/2/assign"),
        json!({ "to": { "account": nia.id }, "scheduled_at": "2027-01-05T09:00:00Z" }),
    )
    .await
    .expect(200);
    nia.post(&part("activities/1/done"), json!({ "note": "Understood." })).await.expect(200);
    nia.post(&part("activities/1/skip"), json!({ "reason": "x" })).await.expect_problem(
        409,
        "/problems/plan/part-is-over",
        &[],
    );
    nia.post(&part("activities/9/done"), json!({})).await.expect_problem(404, "/problems/plan/no-such-part", &[]);
    nia.post(&part("activities/2/skip"), json!({ "reason": "Amputated." })).await.expect(200);
    ann.post(&part("goals"), json!({ "description": { "text": "Walks" }, "proposed": true })).await.expect(200);
    ann.post(&part("goals/2/status"), json!({ "course": "met" })).await.expect_problem(
        409,
        "/problems/plan/part-is-over",
        &[],
    );
    ann.post(&part("goals/2/status"), json!({ "course": "accept" })).await.expect(200);
    ann.post(&part("goals/2/status"), json!({ "course": "not-met" })).await.expect_problem(
        422,
        "/problems/request/invalid",
        &["/reason"],
    );
    ann.post(&part("goals/2/status"), json!({ "course": "cancel", "reason": "dying" })).await.expect(200);
    ann.post(&part("goals/1/status"), json!({ "course": "met" })).await.expect(200);
    ann.post(&part("reviews"), json!({ "due": "2026-01-31" })).await.expect_problem(
        409,
        "/problems/plan/already-due",
        &[],
    );
    ann.post(&part("reviews"), json!({ "due": "2027-02-28" })).await.expect(200);
    ann.post(&part("reviews/1/held"), json!({ "outcome": "On target." })).await.expect(200);

    let seen = ann.sees(&plan).await;
    let done = &seen["activities"][0];
    assert_eq!(
        (&done["status"], &done["by"], &done["note"]),
        (&json!("completed"), &json!(nia.id), &json!("Understood."))
    );
    assert_eq!(
        (&seen["activities"][1]["status"], &seen["activities"][1]["reason"]),
        (&json!("skipped"), &json!("Amputated."))
    );
    assert_eq!((&seen["goals"][0]["status"], &seen["goals"][1]["status"]), (&json!("met"), &json!("cancelled")));
    assert_eq!(seen["reviews"][0]["held"]["outcome"], "On target.");
    assert_eq!(app.count("es.event where event_type in ('plan.activated', 'plan.goal.met')").await, 2);

    ann.course(&plan, "complete").await.expect(200);
    ann.course(&plan, "revoke").await.expect_problem(409, "/problems/plan/over", &[]);
    ann.post(&part("entered-in-error"), json!({ "reason": "another patient" })).await.expect(200);
    assert_eq!(ann.sees(&plan).await["status"], "entered-in-error");
    let list = ann.get(&format!("/api/v1/patients/{patient}/plans")).await.expect(200);
    assert_eq!(list.body["items"], json!([]));
}

/// Two nurses who do the same task at once: one did it.
#[tokio::test]
async fn a_task_is_done_once_by_whoever_was_faster() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    admit(&app, &patient).await;
    let ann = Somebody::hired(&app, "ann", Role::Doctor, &["A"]).await;
    let nia = Somebody::hired(&app, "nia", Role::Nurse, &["A"]).await;
    let ned = Somebody::hired(&app, "ned", Role::Nurse, &["A"]).await;
    for _ in 0..6 {
        let plan = ann.plans(&patient, followed()).await;
        let path = format!("{plan}/activities/1/done");
        let (one, other) = futures::join!(nia.post(&path, json!({})), ned.post(&path, json!({})));
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        let by = &ann.sees(&plan).await["activities"][0]["by"];
        assert_eq!(*by, json!(if one.status == 200 { nia.id } else { ned.id }));
    }
}
