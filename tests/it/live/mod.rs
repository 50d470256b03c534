//! What people are told live: nothing is missed, nobody hears what is not for them, and who is slow comes back.

mod access;
pub mod follower;
mod notifications;
mod outbox;
mod slow;
mod vitals;

use healthcare_application::{Call, alert::raise_alert};
use healthcare_domain::{
    alert::{AlertContent, Priority},
    id::PatientId,
};
use healthcare_infrastructure::platform::Platform;

pub use follower::Follower;

/// Raises an alert beside the server, as the gateway does.
async fn alerted(platform: &Platform, title: &str, priority: Priority) -> uuid::Uuid {
    let id = || platform.app.clock.new_id();
    let content = AlertContent {
        patient: PatientId(id()),
        rule: "news2".to_owned(),
        rule_version: "1".to_owned(),
        priority,
        title: title.to_owned(),
        message: "Respiration 26 /min, SpO2 91 %".to_owned(),
        measured_at: platform.app.clock.now(),
        device: None,
        evidence: vec![],
    };
    raise_alert(&platform.app, &Call::system(id()), content).await.expect("an alert").id
}
