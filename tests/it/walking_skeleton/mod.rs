//! The whole path in one test: import → chart → prescription → decision support with its justification → vitals of a
//! device → NEWS2 → alert → timed escalation → live notification → reporting view. It is walked twice: on embedded
//! defaults, and over a real Kafka and a real Redis, into which the test looks itself.

mod backbone;
mod steps;

use std::time::Duration;

use healthcare_application::Role;
use healthcare_domain::alert::Priority;
use healthcare_infrastructure::escalation::{Ladder, set_ladder};
use healthcare_tests::{
    app::{Backing, TestApp, spawn_app_with},
    kafka, redis,
};

use crate::live::Follower;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_path_on_embedded_defaults() {
    walk(&spawn_app_with(Backing::default()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_path_over_kafka_and_redis() {
    let (brokers, redis) = (kafka::shared().await.brokers(), redis::shared().await);
    let backing = Backing { kafka: Some(brokers.clone()), redis: Some(redis.url()), ..Backing::default() };
    let app = spawn_app_with(backing).await;
    let walked = walk(&app).await;
    backbone::domain_events_are_there(&app, &brokers, &walked).await;
    backbone::telemetry_went_through(&brokers, &walked).await;
    backbone::sign_ins_are_counted_in_redis(&app, &redis.url()).await;
}

/// What the walk leaves behind, to be looked for elsewhere.
pub struct Walked {
    /// The patient who was prescribed for and measured.
    pub patient: String,
    /// The event ids of the readings that were sent.
    pub readings: Vec<String>,
    /// The alert they raised.
    pub alert: String,
}

async fn walk(app: &TestApp) -> Walked {
    // Short rungs, so that the ladder is climbed while the test waits.
    let quick = Ladder([Duration::from_secs(1); 3]);
    set_ladder(&app.platform.db, Priority::High, quick).await.expect("a ladder");
    for role in [Role::Nurse, Role::SeniorClinician, Role::Doctor] {
        app.token(role).await;
    }
    steps::import_and_read_charts(app).await;
    let (patient, encounter) = steps::register_and_admit(app).await;
    let order = steps::prescribe_against_an_allergy(app, &patient).await;
    steps::justification_says_why(app, &patient).await;

    let nurse = app.token(Role::Nurse).await;
    let senior = app.token(Role::SeniorClinician).await;
    let (mut at_the_nurse, _) = Follower::new(&app.url, &nurse, "").await;
    let (mut at_the_senior, _) = Follower::new(&app.url, &senior, "").await;
    let readings = steps::send_deterioration(app, &patient).await;
    let alert = steps::told(&mut at_the_nurse, "alert.raised", &patient).await;
    steps::respiration_is_shown_live(app, &nurse, &patient).await;
    let escalated = steps::told(&mut at_the_senior, "alert.escalated", &patient).await;
    assert_eq!(escalated["subject"]["id"], alert["subject"]["id"], "{escalated:#}");
    let alert = alert["subject"]["id"].as_str().expect("an alert").to_owned();
    steps::acknowledging_stops_the_ladder(app, &alert).await;
    steps::the_chart_shows_it(app, &patient, &order, &alert).await;
    steps::discharge(app, &encounter).await;
    steps::reporting_has_it(app).await;
    Walked { patient, readings, alert }
}
