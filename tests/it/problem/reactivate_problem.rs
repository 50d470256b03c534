use futures::future::join_all;
use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::json;

use crate::patient::register;

#[tokio::test]
async fn a_problem_ends_in_one_of_three_ways_and_comes_back_accordingly() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let list = format!("/api/v1/patients/{patient}/problems");
    for (how, back) in [("resolved", "recurrence"), ("remission", "relapse"), ("inactive", "active")] {
        let body = json!({ "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "195967001" }] } });
        let id = app.post(Role::Doctor, &list, body).await.expect(201).id();
        let path = |verb: &str| format!("/api/v1/problems/{id}/{verb}");
        let early = app.post(Role::Doctor, &path("reactivate"), json!({})).await;
        early.expect_problem(409, "/problems/problem/active", &[]);
        app.post(Role::Doctor, &path("resolve"), json!({ "how": how })).await.expect(200);
        let over = app.get(Role::Doctor, &format!("{list}?status={how}&active=false")).await.expect(200).body;
        assert_eq!(over["items"][0]["id"], json!(id), "{how}");
        let before = json!({ "at": "2001-01-01T00:00:00Z" });
        let before = app.post(Role::Doctor, &path("reactivate"), before).await;
        before.expect_problem(422, "/problems/problem/back-before-end", &["/at"]);
        app.post(Role::Doctor, &path("reactivate"), json!({})).await.expect(200);
        let seen = app.get(Role::Nurse, &format!("/api/v1/problems/{id}")).await.expect(200).body;
        assert_eq!(seen["status"], back);
    }
    let coded = app.get(Role::Doctor, &format!("{list}?code=195967001&limit=2")).await.expect(200).body;
    assert!(coded["next_cursor"].is_string(), "{coded:#}");
}

#[tokio::test]
async fn what_is_settled_changes_with_a_reason_and_what_is_refuted_counts_in_no_check() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let list = format!("/api/v1/patients/{patient}/problems");
    let body = json!({ "code": { "text": "Asthma" }, "verification": "provisional" });
    let id = app.post(Role::Doctor, &list, body).await.expect(201).id();
    let path = format!("/api/v1/problems/{id}/verify");
    app.post(Role::Doctor, &path, json!({ "verification": "confirmed" })).await.expect(200);
    let refuted = json!({ "verification": "refuted" });
    let bare = app.post(Role::Doctor, &path, refuted).await;
    bare.expect_problem(422, "/problems/problem/needs-reason", &["/reason"]);
    let one = format!("/api/v1/problems/{id}");
    let in_passing = app.patch(Role::Doctor, &one, 2, json!({ "verification": "provisional" })).await;
    in_passing.expect_problem(422, "/problems/problem/needs-reason", &["/reason"]);
    let with = json!({ "verification": "refuted", "reason": "spirometry is normal" });
    app.post(Role::Doctor, &path, with).await.expect(200);
    let seen = app.get(Role::Doctor, &format!("{list}?verification=refuted")).await.expect(200).body;
    assert_eq!(seen["items"][0]["id"], json!(id));
    let none = app.get(Role::Doctor, &format!("{list}?verification=confirmed")).await.expect(200).body;
    assert_eq!(none["items"], json!([]));
    let unknown = json!({ "code": { "text": "Asthma" }, "verification": "perhaps" });
    let unknown = app.post(Role::Doctor, &list, unknown).await;
    unknown.expect_problem(422, "/problems/request/invalid", &["/verification"]);
    assert_eq!(app.count("es.safety where version = 3").await, 1, "each passed through the safety row");
}

/// Two amend one problem at once from the version they have seen, and two resolve it at once.
#[tokio::test]
async fn of_two_who_amend_one_problem_at_once_one_is_told() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let list = format!("/api/v1/patients/{patient}/problems");
    let id = app.post(Role::Doctor, &list, json!({ "code": { "text": "Asthma" } })).await.expect(201).id();
    let one = format!("/api/v1/problems/{id}");
    let amends = ["mild", "severe"].map(|text| {
        let (app, one) = (&app, &one);
        async move { app.patch(Role::Doctor, one, 1, json!({ "severity": { "text": text } })).await.status }
    });
    let mut answers = join_all(amends).await;
    answers.sort_unstable();
    assert_eq!(answers, [200, 412]);
    let ends = [(); 2].map(|()| {
        let (app, one) = (&app, &one);
        async move { app.post(Role::Doctor, &format!("{one}/resolve"), json!({})).await.status }
    });
    let mut answers = join_all(ends).await;
    answers.sort_unstable();
    assert_eq!(answers, [200, 409]);
}
