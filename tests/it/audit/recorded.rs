//! What is done over REST, and what the trail says of it.

use healthcare_application::Role;
use healthcare_tests::app::{Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::json;
use tokio_postgres::Row;
use uuid::Uuid;

use crate::{encounter::admit, patient::register};

/// The entries that match a test's own clause, in their order.
async fn entries(app: &TestApp, clause: &str) -> Vec<Row> {
    let sql = format!(
        "select action, role, patient, outcome, reason, resource, request, fields, purpose, actor, session,
                host(address), note, xid::text, subject
         from audit.entry where {clause} order by seq"
    );
    app.owner().await.query(&sql, &[]).await.expect("entries")
}

/// Takes from the application the right to record, as a full disk would.
async fn stop_recording(app: &TestApp) {
    app.owner().await.batch_execute("revoke insert on audit.entry from healthcare_app").await.expect("revoked");
}

/// SECURITY 40: who read whose data, by which route, for what, when and from where.
#[tokio::test]
async fn security_40_every_read_of_a_patient_s_data_is_recorded() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let encounter = admit(&app, &patient).await;
    for (path, resource, action) in [
        (format!("/api/v1/patients/{patient}"), "GET /api/v1/patients/{id}", "read_chart"),
        (format!("/api/v1/patients/{patient}/chart"), "GET /api/v1/patients/{id}/chart", "read_chart"),
        (
            format!("/api/v1/patients/{patient}/chart?as_of=2026-01-01T00:00:00Z"),
            "GET /api/v1/patients/{id}/chart",
            "read_chart",
        ),
        (format!("/api/v1/patients/{patient}/allergies"), "GET /api/v1/patients/{id}/allergies", "read_chart"),
        (format!("/api/v1/encounters/{encounter}"), "GET /api/v1/encounters/{id}", "read_chart"),
        (format!("/api/v1/patients/{patient}/vitals"), "GET /api/v1/patients/{id}/vitals", "read_chart"),
    ] {
        let answer = app.get(Role::Doctor, &path).await;
        assert!([200, 404].contains(&answer.status), "{path}: {answer:?}");
        let request: Uuid = answer.header("x-request-id").and_then(|id| id.parse().ok()).expect("a request id");
        let found = entries(&app, &format!("request = '{request}'")).await;
        let [row] = found.as_slice() else { panic!("{path}: {} entries", found.len()) };
        assert_eq!((row.get::<_, &str>(0), row.get::<_, &str>(1)), (action, "doctor"), "{path}");
        assert_eq!(row.get::<_, Option<Uuid>>(2).map(|id| id.to_string()), Some(patient.clone()), "{path}");
        assert_eq!((row.get::<_, &str>(3), row.get::<_, Option<&str>>(5)), ("allowed", Some(resource)), "{path}");
        assert_eq!((row.get::<_, &str>(8), row.get::<_, Option<&str>>(11)), ("TREAT", Some("127.0.0.1")), "{path}");
        assert_ne!(row.get::<_, Uuid>(9), Uuid::nil());
    }
    // A search that finds nobody is a read without a patient; the names typed are not kept.
    app.get(Role::Nurse, "/api/v1/patients?name=Nobody").await.expect(200);
    let found = entries(&app, "action = 'read_directory' and patient is null").await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].get::<_, Option<&str>>(5), Some("GET /api/v1/patients"));
}

/// SECURITY 41: the entry of a write stands in the write's own transaction.
#[tokio::test]
async fn security_41_a_write_is_audited_in_its_transaction() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/allergies");
    let added = app.post(Role::Nurse, &path, json!({ "substance": { "text": "Latex" } })).await.expect(201);
    // What stands on record is read first, which is an entry of its own.
    let [row] = entries(&app, "action = 'chart_allergy' and note is null").await.try_into().expect("one entry");
    assert_eq!(row.get::<_, Option<Uuid>>(2).map(|id| id.to_string()), Some(patient));
    let sql = "select xid::text from es.event where stream_id = $1";
    let stream: Uuid = added.id().parse().expect("an id");
    let event = app.owner().await.query_one(sql, &[&stream]).await.expect("the event");
    assert_eq!(row.get::<_, &str>(13), event.get::<_, &str>(0), "the same transaction");
    assert_eq!(app.count("es.event e where not exists (select from audit.entry a where a.xid = e.xid)").await, 0);
}

/// SECURITY 41, fault 6: nothing is read, written, denied or signed in that cannot be recorded; and it recovers by itself.
#[tokio::test]
async fn security_41_what_cannot_be_recorded_is_not_done() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let (chart, allergies) =
        (format!("/api/v1/patients/{patient}/chart"), format!("/api/v1/patients/{patient}/allergies"));
    app.get(Role::Doctor, &chart).await.expect(200);
    app.token(Role::Receptionist).await;
    app.token(Role::Nurse).await;
    let events = app.count("es.event").await;
    stop_recording(&app).await;
    for path in [chart.clone(), format!("/api/v1/patients/{patient}"), allergies.clone(), "/api/v1/patients".into()] {
        let refused = app.get(Role::Doctor, &path).await;
        assert!(!refused.body.to_string().contains("Ferreira"), "{path}: {}", refused.body);
        refused.expect_problem(503, "/problems/system/unavailable", &[]);
    }
    let refused = app.post(Role::Nurse, &allergies, json!({ "substance": { "text": "Latex" } })).await;
    refused.expect_problem(503, "/problems/system/unavailable", &[]);
    assert_eq!(app.count("es.event").await, events, "nothing was written");
    // Also a denial is not told before it is recorded, and nobody is let in.
    app.get(Role::Receptionist, &chart).await.expect_problem(503, "/problems/system/unavailable", &[]);
    let credentials = json!({ "username": "nurse", "password": "correct horse battery staple" });
    let door = app.anonymous(Method::POST, "/api/v1/auth/login").json(&credentials).answer().await;
    assert_eq!((door.status, door.body["access_token"].as_str()), (503, None));
    app.owner()
        .await
        .batch_execute(
            "grant insert (at, actor, role, session, address, purpose, action, resource, fields, patient, subject,
             outcome, reason, request, note) on audit.entry to healthcare_app",
        )
        .await
        .expect("granted");
    app.get(Role::Doctor, &chart).await.expect(200);
    app.post(Role::Nurse, &allergies, json!({ "substance": { "text": "Latex" } })).await.expect(201);
}

/// SECURITY 42: sign-ins, granted and refused, and denials.
#[tokio::test]
async fn security_42_sign_ins_and_denials_are_recorded() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let token = app.token(Role::Receptionist).await;
    let account = app.platform.access.verify(&token).await.expect("a token").account;
    let [granted]: [Row; 1] = entries(&app, &format!("action = 'sign_in' and actor = '{account}'"))
        .await
        .try_into()
        .unwrap_or_else(|rows: Vec<Row>| panic!("{} sign-ins", rows.len()));
    assert_eq!((granted.get::<_, &str>(1), granted.get::<_, &str>(3)), ("receptionist", "allowed"));
    let wrong = json!({ "username": "receptionist", "password": "not the password at all" });
    app.anonymous(Method::POST, "/api/v1/auth/login").json(&wrong).answer().await.expect(401);
    let [refused] = entries(&app, "action = 'sign_in' and outcome = 'denied'").await.try_into().expect("one refusal");
    assert_eq!(refused.get::<_, Option<&str>>(4), Some("sign-in"));
    assert_eq!(refused.get::<_, Option<&str>>(11), Some("127.0.0.1"));
    assert_eq!(refused.get::<_, Option<Uuid>>(14), Some(account.0), "whose account it was tried with");
    let unknown = json!({ "username": "receptionist\u{0}", "password": "not the password at all" });
    app.anonymous(Method::POST, "/api/v1/auth/login").json(&unknown).answer().await.expect(401);
    assert_eq!(entries(&app, "action = 'sign_in' and outcome = 'denied' and subject is null").await.len(), 1);
    let forged = json!({ "refresh_token": "not-a-token-of-ours" });
    app.anonymous(Method::POST, "/api/v1/auth/refresh").json(&forged).answer().await.expect(401);
    assert_eq!(entries(&app, "action = 'refresh' and outcome = 'denied'").await.len(), 1);

    app.get(Role::Receptionist, &format!("/api/v1/patients/{patient}/chart")).await.expect(403);
    let [denied] = entries(&app, "action = 'read_chart' and outcome = 'denied'").await.try_into().expect("one denial");
    assert_eq!(denied.get::<_, Option<Uuid>>(2).map(|id| id.to_string()), Some(patient));
    assert_eq!((denied.get::<_, &str>(1), denied.get::<_, Option<&str>>(4)), ("receptionist", Some("denied")));
    // No password, no name that was typed and no token is in the trail.
    let sql = "select count(*) from audit.entry e where e::text ~ 'password at all|not-a-token|receptionist@|Ferreira'";
    assert_eq!(app.owner().await.query_one(sql, &[]).await.expect("a count").get::<_, i64>(0), 0);
}
