use std::{sync::OnceLock, time::Duration};

use chrono::{DateTime, Utc};
use healthcare_application::{
    Role,
    clock::Clock,
    live::{LiveValue, LiveVital},
};
use healthcare_domain::id::PatientId;
use healthcare_infrastructure::{clock::SystemClock, live::LiveVitals};
use healthcare_tests::app::{TestApp, spawn_app};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::Follower;

static TODAY: OnceLock<DateTime<Utc>> = OnceLock::new();

fn at(second: i64) -> DateTime<Utc> {
    // Of today, for what is older than a day is not shown.
    *TODAY.get_or_init(|| SystemClock.now()) + chrono::Duration::seconds(second)
}

fn vital(patient: PatientId, code: &str, value: f64, second: i64) -> LiveVital {
    let (code, unit) = (code.to_owned(), Some("%".to_owned()));
    LiveVital {
        patient_id: patient,
        code,
        value: LiveValue::Number(value),
        unit,
        measured_at: at(second),
        device_id: None,
        flagged: false,
    }
}

/// The vitals of another process over the same record, such as a gateway apart.
fn elsewhere(app: &TestApp) -> (LiveVitals, CancellationToken) {
    let (vitals, stop) = (LiveVitals::default(), CancellationToken::new());
    tokio::spawn(vitals.clone().run(app.platform.db.clone(), stop.clone()));
    (vitals, stop)
}

async fn values(live: &mut Follower, wanted: usize) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    while all.len() < wanted {
        let message = live.next_of("vitals").await.expect("vitals");
        for vital in message["vitals"].as_array().expect("a list") {
            all.push((vital["patient_id"].as_str().expect("an id").to_owned(), vital["value"].clone()));
        }
    }
    all.sort_by_key(|one| one.0.clone());
    all
}

#[tokio::test]
async fn vitals_of_another_process_are_seen_and_resume_at_the_newest() {
    let app = spawn_app().await;
    let nurse = app.token(Role::Nurse).await;
    let patient = PatientId(app.platform.app.clock.new_id());
    let (gateway, stop) = elsewhere(&app);
    let (mut live, _) = Follower::new(&app.url, &nurse, "").await;
    gateway.publish(vec![vital(patient, "59408-5", 97.0, 1)]);
    assert_eq!(values(&mut live, 1).await, [(patient.to_string(), 97.0.into())]);
    gateway.publish(vec![vital(patient, "59408-5", 96.0, 2), vital(patient, "59408-5", 91.0, 3)]);
    gateway.publish(vec![vital(patient, "59408-5", 99.0, 1)]);
    assert_eq!(values(&mut live, 1).await, [(patient.to_string(), 91.0.into())], "the newest, not what came late");
    drop(live);
    let (mut again, _) = Follower::new(&app.url, &nurse, "").await;
    assert_eq!(values(&mut again, 1).await, [(patient.to_string(), 91.0.into())]);
    stop.cancel();
}

#[tokio::test]
async fn a_client_chooses_whose_vitals_it_follows() {
    let app = spawn_app().await;
    let nurse = app.token(Role::Nurse).await;
    let id = || PatientId(app.platform.app.clock.new_id());
    let (one, two) = (id(), id());
    let (gateway, stop) = elsewhere(&app);
    gateway.publish(vec![vital(one, "59408-5", 97.0, 1), vital(two, "59408-5", 88.0, 1)]);
    // Until the server knows of both.
    let (mut all, _) = Follower::new(&app.url, &nurse, "?patients=all").await;
    assert_eq!(values(&mut all, 2).await.len(), 2);
    let (mut only, _) = Follower::new(&app.url, &nurse, &format!("?patients={two}")).await;
    assert_eq!(values(&mut only, 1).await, [(two.to_string(), 88.0.into())]);
    only.say(&format!(r#"{{"watch": ["{one}"]}}"#)).await;
    assert_eq!(values(&mut only, 1).await, [(one.to_string(), 97.0.into())]);
    only.say(r#"{"watch": "none"}"#).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    gateway.publish(vec![vital(one, "59408-5", 90.0, 2), vital(two, "59408-5", 85.0, 2)]);
    assert_eq!(values(&mut all, 2).await.len(), 2);
    assert_eq!(only.next().await.expect("a message")["kind"], "heartbeat", "nothing of what it does not follow");
    stop.cancel();
}
