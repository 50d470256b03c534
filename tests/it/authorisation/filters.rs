use std::time::{Duration, Instant};

use healthcare_application::{Call, Role, alert::raise_alert};
use healthcare_domain::{
    alert::{AlertContent, Priority},
    id::PatientId,
};
use healthcare_tests::app::{TestApp, spawn_app};
use serde_json::{Value, json};

use super::{Staff, admitted, registered};
use crate::{live::Follower, note::signed};

async fn alerted(app: &TestApp, patient: &str, title: &str) -> uuid::Uuid {
    let ports = &app.platform.app;
    let content = AlertContent {
        patient: PatientId(patient.parse().expect("an id")),
        rule: title.to_owned(),
        rule_version: "1".to_owned(),
        priority: Priority::High,
        title: title.to_owned(),
        message: "SpO2 84 %".to_owned(),
        measured_at: ports.clock.now(),
        device: None,
        evidence: vec![],
    };
    raise_alert(ports, &Call::system(ports.clock.new_id()), content).await.expect("an alert").id
}

fn of(answer: &Value, field: &str) -> Vec<String> {
    let items = answer["items"].as_array().expect("a list");
    items.iter().map(|item| item[field].as_str().expect("text").to_owned()).collect()
}

/// SECURITY 30: lists over all patients, their pages, and notifications show what a permit would open, whatever is asked.
#[tokio::test]
async fn lists_over_all_patients_hold_those_of_the_circle() {
    let app = spawn_app().await;
    let (own, other) = (registered(&app).await, registered(&app).await);
    admitted(&app, &own, "East").await;
    admitted(&app, &other, "West").await;
    let nurse = Staff::hired(&app, "of-east", Role::Nurse, &["East"]).await;
    let house = Staff::hired(&app, "of-the-house", Role::Nurse, &["*"]).await;
    let nobody = Staff::hired(&app, "of-nowhere", Role::Nurse, &[]).await;
    for n in 0..3 {
        alerted(&app, &own, &format!("own-{n}")).await;
        alerted(&app, &other, &format!("other-{n}")).await;
    }
    let first = nurse.get("/api/v1/alerts?limit=2").await.expect(200);
    assert_eq!(of(&first.body, "rule"), ["own-2", "own-1"]);
    let cursor = first.body["next_cursor"].as_str().expect("a second page").to_owned();
    let second = nurse.get(&format!("/api/v1/alerts?limit=2&cursor={cursor}")).await.expect(200);
    assert_eq!((of(&second.body, "rule"), &second.body["next_cursor"]), (vec!["own-0".to_owned()], &Value::Null));
    assert_eq!(of(&house.get("/api/v1/alerts").await.expect(200).body, "rule").len(), 6);
    assert!(of(&nobody.get("/api/v1/alerts").await.expect(200).body, "rule").is_empty());
    assert_eq!(nurse.get(&format!("/api/v1/alerts?patient={other}")).await.status, 403);

    let told = nurse.get("/api/v1/notifications").await.expect(200);
    assert_eq!(of(&told.body, "title"), ["own-2", "own-1", "own-0"]);
    assert!(of(&nobody.get("/api/v1/notifications").await.expect(200).body, "title").is_empty());

    let label = json!({ "label": "V", "reason": "at the patient's request" });
    app.post(Role::PrivacyOfficer, &format!("/api/v1/patients/{own}/label"), label).await.expect(200);
    assert!(of(&nurse.get("/api/v1/alerts").await.expect(200).body, "rule").is_empty());
    assert_eq!(of(&house.get("/api/v1/alerts").await.expect(200).body, "rule").len(), 3);
}

/// SECURITY 30, 22: who follows live hears of those they care for, from the moment they do, and no longer than five
/// seconds after.
#[tokio::test]
async fn live_ends_with_the_relationship() {
    let app = spawn_app().await;
    let (own, other) = (registered(&app).await, registered(&app).await);
    let nurse = Staff::hired(&app, "of-east", Role::Nurse, &["East"]).await;
    let (mut live, _) = Follower::new(&app.url, &nurse.token, "").await;
    // In the same breath as the admission: nothing that is theirs is missed.
    let encounter = admitted(&app, &own, "East").await;
    alerted(&app, &other, "not-theirs").await;
    alerted(&app, &own, "theirs").await;
    assert_eq!(live.next_of("notification").await.expect("a notification")["title"], "theirs");
    let away = json!({ "ward": "West" });
    app.post(Role::Nurse, &format!("/api/v1/encounters/{encounter}/transfer"), away).await.expect(200);
    let left = Instant::now();
    while left.elapsed() < Duration::from_secs(5) {
        live.next_of("heartbeat").await.expect("a heartbeat");
    }
    alerted(&app, &own, "no-longer-theirs").await;
    let position = live.next_of("heartbeat").await.expect("a heartbeat")["position"].clone();
    let (mut live, _) = Follower::new(&app.url, &nurse.token, &format!("?position={}", 0)).await;
    let mut heard = vec![];
    loop {
        let message = live.next().await.expect("a message");
        match message["kind"].as_str() {
            Some("notification") => heard.push(message["title"].clone()),
            Some("heartbeat") if message["position"].as_i64() >= position.as_i64() => break,
            _ => {}
        }
    }
    assert!(heard.is_empty(), "what was told before is heard again by who may still: {heard:?}");
}

/// SECURITY 32, 22: who follows live on the strength of a grant hears nothing of the patient five seconds after its end.
#[tokio::test]
async fn live_ends_with_the_grant() {
    let app = spawn_app().await;
    let patient = registered(&app).await;
    let nurse = Staff::hired(&app, "on-call", Role::Nurse, &[]).await;
    let emergency = json!({ "reason": "found unconscious in the entrance hall", "purpose": "ETREAT" });
    nurse.post(&format!("/api/v1/patients/{patient}/break-glass"), emergency).await.expect(201);
    let (mut live, _) = Follower::new(&app.url, &nurse.token, "").await;
    alerted(&app, &patient, "under-the-grant").await;
    assert_eq!(live.next_of("notification").await.expect("a notification")["title"], "under-the-grant");
    assert!(nurse.opens(&patient).await);
    let over = "update access.break_glass set until = clock_timestamp()";
    assert_eq!(app.owner().await.execute(over, &[]).await.expect("its time is over"), 1);
    assert!(!nurse.opens(&patient).await, "over HTTP at once");
    let ended = Instant::now();
    let mut position = 0;
    while ended.elapsed() < Duration::from_secs(5) {
        position = live.next_of("heartbeat").await.expect("a heartbeat")["position"].as_i64().expect("a position");
    }
    alerted(&app, &patient, "after-its-end").await;
    loop {
        let message = live.next().await.expect("a message");
        assert_ne!(message["kind"], "notification", "{message:#}");
        if message["kind"] == "heartbeat" && message["position"].as_i64() > Some(position) {
            break;
        }
    }
}

/// SECURITY 32, 40: what a list or a live connection shows by a grant alone stands in the trail as emergency treatment, as a
/// direct read does; what a relationship opens is treatment.
#[tokio::test]
async fn what_a_grant_alone_shows_is_recorded_as_such() {
    let app = spawn_app().await;
    let patient = registered(&app).await;
    admitted(&app, &patient, "East").await;
    alerted(&app, &patient, "before").await;
    let related = Staff::hired(&app, "of-east", Role::Nurse, &["East"]).await;
    let house = Staff::hired(&app, "of-the-house", Role::Nurse, &["*"]).await;
    let on_call = Staff::hired(&app, "on-call", Role::Nurse, &[]).await;
    let emergency = json!({ "reason": "found unconscious in the entrance hall", "purpose": "ETREAT" });
    let path = format!("/api/v1/patients/{patient}/break-glass");
    on_call.post(&path, emergency.clone()).await.expect(201);
    house.post(&path, emergency).await.expect(201);
    let recorded = async |who: &Staff<'_>, resource: &str, outcome: &str, purpose: &str| {
        let of = format!(
            "audit.entry where actor = '{}' and patient = '{patient}' and resource = '{resource}'
                and outcome = '{outcome}' and purpose = '{purpose}'",
            who.id.0
        );
        app.count(&of).await
    };
    // An entry of what it was opened by, and none of the other kind.
    let counts = async |who: &Staff<'_>, resource: &str| {
        (recorded(who, resource, "break_glass", "ETREAT").await, recorded(who, resource, "allowed", "TREAT").await)
    };
    let note = signed("Round", "breathing is stable");
    app.post(Role::Doctor, &format!("/api/v1/patients/{patient}/notes"), note).await.expect(201);
    let lists = ["GET /api/v1/alerts", "GET /api/v1/encounters", "GET /api/v1/notifications", "GET /api/v1/inbox"];
    for resource in lists.into_iter().chain(["POST /api/v1/notes/search"]) {
        let (method, list) = resource.split_once(' ').expect("a method and a path");
        for who in [&related, &house, &on_call] {
            let shown = match method {
                "GET" => who.get(list).await,
                _ => who.post(list, json!({ "words": "stable" })).await,
            };
            assert!(shown.expect(200).body.to_string().contains(&patient), "{list} shows them");
        }
        assert_eq!(counts(&on_call, resource).await, (1, 0), "{list}");
        assert_eq!(counts(&related, resource).await, (0, 1), "{list}");
        assert_eq!(counts(&house, resource).await, (0, 1), "{list}: without a label the house may, and needs no grant");
    }
    let label = json!({ "label": "R", "reason": "at the patient's request" });
    app.post(Role::PrivacyOfficer, &format!("/api/v1/patients/{patient}/label"), label).await.expect(200);
    house.get("/api/v1/alerts").await.expect(200);
    assert_eq!(counts(&house, "GET /api/v1/alerts").await, (1, 1), "behind a label the grant alone opens it");

    for (who, title, expected) in [(&on_call, "to-on-call", (1, 0)), (&related, "to-related", (0, 1))] {
        let (mut live, _) = Follower::new(&app.url, &who.token, "").await;
        alerted(&app, &patient, title).await;
        assert_eq!(live.next_of("notification").await.expect("a notification")["title"], title);
        assert_eq!(counts(who, "GET /api/v1/live").await, expected, "live");
    }
}
