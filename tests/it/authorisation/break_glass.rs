use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use healthcare_application::{
    Call, Permission, Role,
    access::{Actor, Denied, Purpose, Unauthorised},
    clock::Clock,
};
use healthcare_domain::id::PatientId;
use healthcare_infrastructure::{access::SecondFactorPolicy, clock::SystemClock};
use healthcare_tests::{
    app::{Backing, TestApp, spawn_app, spawn_app_with},
    free_port,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Staff, registered};
use crate::support::walk::both_ways;

fn emergency() -> Value {
    json!({ "reason": "found unconscious in the entrance hall", "purpose": "ETREAT" })
}

async fn queue(app: &TestApp, state: &str) -> Vec<Value> {
    let page = app.get(Role::PrivacyOfficer, &format!("/api/v1/break-glass?state={state}")).await.expect(200);
    page.body["items"].as_array().expect("a list").clone()
}

/// SECURITY 32: it opens one patient's record to one account, is announced at once, and waits for a review.
#[tokio::test]
async fn the_glass_is_broken_announced_and_reviewed() {
    let app = spawn_app().await;
    let (patient, other) = (registered(&app).await, registered(&app).await);
    let doctor = Staff::hired(&app, "on-call", Role::Doctor, &[]).await;
    let colleague = Staff::hired(&app, "colleague", Role::Doctor, &[]).await;
    let path = format!("/api/v1/patients/{patient}/break-glass");
    assert!(!doctor.opens(&patient).await);
    let opened = doctor.post(&path, emergency()).await.expect(201);
    assert!(opened.body["until"].is_string(), "{:#}", opened.body);
    assert!(doctor.opens(&patient).await);
    assert!(!doctor.opens(&other).await, "one patient");
    assert!(!colleague.opens(&patient).await, "one account");

    let told = app.get(Role::PrivacyOfficer, "/api/v1/notifications").await.expect(200);
    let told = &told.body["items"][0];
    assert_eq!((&told["type"], &told["priority"]), (&json!("breakglass.opened"), &json!("urgent")));
    assert_eq!(told["subject"]["id"], *opened.id());
    assert_eq!(told["patient_id"], Value::Null, "whose record it is stands on the queue");
    let waiting = queue(&app, "unreviewed").await;
    assert_eq!(waiting.len(), 1);
    assert_eq!((&waiting[0]["patient"], &waiting[0]["account"]), (&json!(patient), &json!(doctor.id)));

    let review = format!("/api/v1/break-glass/{}/review", opened.id());
    let outcome = json!({ "outcome": "justified", "note": "the chart shows the resuscitation" });
    assert_eq!(doctor.post(&review, outcome.clone()).await.status, 403);
    app.post(Role::PrivacyOfficer, &review, outcome.clone()).await.expect(200);
    assert_eq!((queue(&app, "unreviewed").await.len(), queue(&app, "reviewed").await.len()), (0, 1));
    let again = app.post(Role::PrivacyOfficer, &review, outcome).await;
    again.expect_problem(409, "/problems/break-glass/already-reviewed", &[]);
}

/// SECURITY 32: who gives it back early has lost it.
#[tokio::test]
async fn a_grant_is_closed_early_by_whose_it_is() {
    let app = spawn_app().await;
    let patient = registered(&app).await;
    let doctor = Staff::hired(&app, "on-call", Role::Doctor, &[]).await;
    let grant = doctor.post(&format!("/api/v1/patients/{patient}/break-glass"), emergency()).await.expect(201).id();
    let close = format!("/api/v1/break-glass/{grant}/close");
    let other = app.post(Role::Nurse, &close, json!({})).await;
    other.expect_problem(403, "/problems/break-glass/not-yours", &[]);
    doctor.post(&close, json!({})).await.expect(200);
    assert!(!doctor.opens(&patient).await);
    let chart = doctor.get(&format!("/api/v1/patients/{patient}/chart")).await;
    chart.expect_problem(403, "/problems/access/break-glass-expired", &[]);
    doctor.post(&close, json!({})).await.expect_problem(409, "/problems/break-glass/over", &[]);
}

/// SECURITY 32: it is found where `Location` says, by whose it is and by who reviews, and by nobody else; who looked is recorded.
#[tokio::test]
async fn a_grant_is_found_by_whose_it_is_and_by_who_reviews() {
    let app = spawn_app().await;
    let patient = registered(&app).await;
    let doctor = Staff::hired(&app, "on-call", Role::Doctor, &[]).await;
    let opened = doctor.post(&format!("/api/v1/patients/{patient}/break-glass"), emergency()).await.expect(201);
    let place = opened.header("location").expect("a place").to_owned();
    let own = doctor.get(&place).await.expect(200);
    assert_eq!((own.header("etag"), &own.body["patient"]), (Some("\"1\""), &json!(patient)));
    let seen = app.get(Role::PrivacyOfficer, &place).await.expect(200).body;
    assert_eq!(vec![seen], queue(&app, "unreviewed").await, "as the queue shows it");
    app.get(Role::Nurse, &place).await.expect(404);
    app.get(Role::Receptionist, &place).await.expect_problem(403, "/problems/access/denied", &[]);
    let looked = format!(
        "audit.entry where resource = 'GET /api/v1/break-glass/{{id}}' and outcome = 'allowed' and patient = '{patient}'"
    );
    assert_eq!(app.count(&looked).await, 2);
    let refused = format!(
        "audit.entry where resource = 'GET /api/v1/break-glass/{{id}}' and outcome = 'denied' and reason = 'not-yours'
            and role = 'nurse' and action = 'break_glass' and patient = '{patient}'"
    );
    assert_eq!(app.count(&refused).await, 1, "who asked for another's");

    doctor.post(&format!("{place}/close"), json!({})).await.expect(200);
    let outcome = json!({ "outcome": "referred", "note": "who called whom?" });
    app.post(Role::PrivacyOfficer, &format!("{place}/review"), outcome).await.expect(200);
    let over = doctor.get(&place).await.expect(200);
    assert_eq!((over.header("etag"), &over.body["outcome"]), (Some("\"3\""), &json!("referred")));
    assert!(over.body["closed_at"].is_string() && over.body["reviewed_at"].is_string(), "{}", over.body);
}

/// SECURITY 32: it ends by itself after the time the house allows; what is done under it is emergency treatment.
#[tokio::test]
async fn a_grant_ends_by_itself() {
    let app = spawn_app().await;
    let patient = registered(&app).await;
    let doctor = Staff::hired(&app, "on-call", Role::Doctor, &[]).await;
    doctor.post(&format!("/api/v1/patients/{patient}/break-glass"), emergency()).await.expect(201);
    let patient = PatientId(patient.parse().expect("an id"));
    let after = async |minutes: i64| {
        let mut ports = app.platform.app.clone();
        ports.clock = Arc::new(Later(Duration::minutes(minutes)));
        let call = Call::of(Actor::of(doctor.id, Role::Doctor), Uuid::nil());
        ports.authorise(&call, Permission::ReadChart, Some(patient)).await.map(|permit| permit.purpose())
    };
    assert_eq!(after(59).await.expect("in its time"), Purpose::EmergencyTreatment);
    assert!(matches!(after(61).await, Err(Unauthorised::Denied(Denied::BreakGlassExpired))));
}

/// SECURITY 32: a reason, a purpose, and a role that treats.
#[tokio::test]
async fn the_glass_is_not_broken_without_a_reason_or_by_everybody() {
    let app = spawn_app().await;
    let patient = registered(&app).await;
    let path = format!("/api/v1/patients/{patient}/break-glass");
    for bad in [
        json!({ "purpose": "ETREAT" }),
        json!({ "reason": "  ", "purpose": "ETREAT" }),
        json!({ "reason": "curious", "purpose": "FUN" }),
        json!({ "reason": "for a day or two", "purpose": "ETREAT", "minutes": 10_000 }),
    ] {
        assert_eq!(app.post(Role::Doctor, &path, bad).await.status, 422);
    }
    for role in [Role::Admin, Role::Receptionist, Role::Analyst, Role::Auditor, Role::PrivacyOfficer, Role::Device] {
        assert_eq!(app.post(role, &path, emergency()).await.status, 403, "{role}");
    }
    let nobody = "/api/v1/patients/0198a6b0-0000-7000-8000-000000000000/break-glass";
    app.post(Role::Doctor, nobody, emergency()).await.expect(404);
    assert_eq!(app.count("access.break_glass").await, 0);
}

/// SECURITY 26 and 32: who breaks the glass has signed in with a second factor, unless the house asks nobody for one.
#[tokio::test]
async fn the_glass_is_broken_by_who_showed_a_second_factor() {
    let app = spawn_app().await;
    let patient = registered(&app).await;
    let path = format!("/api/v1/patients/{patient}/break-glass");
    let doctor = Staff::hired(&app, "on-call", Role::Doctor, &[]).await;
    let weakly = Staff { app: &app, id: doctor.id, token: app.sign_in_weakly(doctor.id).await };
    let refused = weakly.post(&path, emergency()).await;
    refused.expect_problem(403, "/problems/access/second-factor-needed", &[]);
    assert_eq!(app.count("access.break_glass").await, 0);
    let denied = "audit.entry where action = 'break_glass' and outcome = 'denied' and patient =";
    assert_eq!(app.count(&format!("{denied} '{patient}'")).await, 1, "it stands in the trail");
    doctor.post(&path, emergency()).await.expect(201);

    let app = spawn_app_with(Backing { second_factor: SecondFactorPolicy::Optional, ..Backing::default() }).await;
    let patient = registered(&app).await;
    let doctor = Staff::hired(&app, "on-call", Role::Doctor, &[]).await;
    let weakly = Staff { app: &app, id: doctor.id, token: app.sign_in_weakly(doctor.id).await };
    weakly.post(&format!("/api/v1/patients/{patient}/break-glass"), emergency()).await.expect(201);
    assert!(weakly.opens(&patient).await);
}

/// SECURITY 33: with the broker and Redis down, relationships and break-glass work: PostgreSQL alone decides.
#[tokio::test]
async fn the_glass_is_broken_with_broker_and_redis_down() {
    let nobody_there = |port: u16| format!("127.0.0.1:{port}");
    let backing = Backing {
        kafka: Some(nobody_there(free_port())),
        redis: Some(format!("redis://{}", nobody_there(free_port()))),
        ..Backing::default()
    };
    let app = spawn_app_with(backing).await;
    let patient = registered(&app).await;
    let doctor = Staff::hired(&app, "on-call", Role::Doctor, &[]).await;
    assert!(!doctor.opens(&patient).await);
    doctor.post(&format!("/api/v1/patients/{patient}/break-glass"), emergency()).await.expect(201);
    assert!(doctor.opens(&patient).await);
    let told = app.get(Role::PrivacyOfficer, "/api/v1/notifications").await.expect(200);
    assert_eq!(told.body["items"][0]["type"], "breakglass.opened");
}

/// A clock that runs ahead.
struct Later(Duration);

impl Clock for Later {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + self.0
    }
    fn new_id(&self) -> Uuid {
        SystemClock.new_id()
    }
}

#[tokio::test]
async fn the_queue_of_broken_glass_is_told_from_either_end() {
    let app = spawn_app().await;
    let doctor = Staff::hired(&app, "on-call", Role::Doctor, &[]).await;
    for _ in 0..3 {
        let patient = registered(&app).await;
        doctor.post(&format!("/api/v1/patients/{patient}/break-glass"), emergency()).await.expect(201);
    }
    both_ways(&app, Role::PrivacyOfficer, "/api/v1/break-glass", "-at").await;
    both_ways(&app, Role::PrivacyOfficer, "/api/v1/break-glass?state=unreviewed", "-at").await;
}
