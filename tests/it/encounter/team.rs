use healthcare_application::Role;
use healthcare_tests::app::{Answer, Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::json;

use super::admit;
use crate::patient::register;

async fn opens(app: &TestApp, token: &str, patient: &str) -> bool {
    let chart = app.anonymous(Method::GET, &format!("/api/v1/patients/{patient}/chart"));
    let answer: Answer = chart.bearer_auth(token).answer().await;
    match answer.status {
        200 => true,
        403 => false,
        _ => panic!("neither open nor closed: {answer:?}"),
    }
}

/// Taking part in a visit is a care relationship: it opens the record, and goes on for the grace after it ends.
#[tokio::test]
async fn who_takes_part_in_a_visit_cares_for_the_patient() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let stay = admit(&app, &patient).await;
    let (consultant, token) = app.hire("consultant", Role::Doctor, &["Far away"]).await;
    assert!(!opens(&app, &token, &patient).await);
    let path = format!("/api/v1/encounters/{stay}/participants");
    let who = json!({ "account": consultant.0, "role": "consultant" });
    let own = app.anonymous(Method::POST, &path).bearer_auth(&token).json(&who).answer().await;
    own.expect_problem(403, "/problems/access/no-care-relationship", &[]);
    app.post(Role::Nurse, &path, who.clone()).await.expect(200);
    assert!(opens(&app, &token, &patient).await);
    let twice = app.post(Role::Nurse, &path, who.clone()).await;
    twice.expect_problem(409, "/problems/encounter/already-participant", &[]);
    let nobody = json!({ "account": "01890000-0000-7000-8000-000000000000", "role": "attender" });
    let nobody = app.post(Role::Nurse, &path, nobody).await;
    nobody.expect_problem(422, "/problems/request/foreign-reference", &["/account"]);

    // What happens to the visit otherwise leaves them in it; who is let go stays let go.
    let transfer = format!("/api/v1/encounters/{stay}/transfer");
    app.post(Role::Nurse, &transfer, json!({ "ward": "B" })).await.expect(200);
    let open = "access.relationship where kind in ('admission', 'encounter') and valid_to is null";
    assert_eq!(app.count(open).await, 2, "who admitted, and the consultant");
    app.post(Role::Nurse, &format!("{path}/remove"), who.clone()).await.expect(200);
    app.post(Role::Nurse, &transfer, json!({ "ward": "C" })).await.expect(200);
    assert_eq!(app.count(open).await, 1);
    let gone = app.post(Role::Nurse, &format!("{path}/remove"), who).await;
    gone.expect_problem(409, "/problems/encounter/not-participant", &[]);
    let visit = app.get(Role::Nurse, &format!("/api/v1/encounters/{stay}")).await.expect(200).body;
    assert!(visit["team"][0]["until"].is_string(), "{visit:#}");
}
