//! Alerts: raised once, climbing until somebody answers, silent afterwards.

mod chaos;
mod killed_server;
mod ladder;
mod list_alerts;
mod raise_alert;

use std::time::Duration;

use healthcare_application::{
    Actor, Call, Role,
    alert::{AcknowledgeAlert, acknowledge_alert, raise_alert as raise},
    store::Committed,
};
use healthcare_domain::{
    alert::{AlertContent, Priority},
    id::{AccountId, AlertId, PatientId},
};
use healthcare_infrastructure::escalation::{Ladder, set_ladder};
use healthcare_tests::record::Record;

/// What a limit that was crossed says.
pub fn content(patient: PatientId, rule: &str, priority: Priority) -> AlertContent {
    AlertContent {
        patient,
        rule: rule.to_owned(),
        rule_version: "1".to_owned(),
        priority,
        title: "SpO2 84 %".to_owned(),
        message: "SpO2 below 85 % for 15 s".to_owned(),
        measured_at: chrono::DateTime::UNIX_EPOCH,
        device: None,
        evidence: vec!["reading-1".to_owned()],
    }
}

/// A call of an account of a role.
fn call(record: &Record, account: AccountId, role: Role) -> Call {
    Call { actor: Actor::of(account, role), ..Call::system(record.id()) }
}

async fn raised(record: &Record, patient: PatientId, rule: &str, priority: Priority) -> Committed {
    raise(&record.app, &Call::system(record.id()), content(patient, rule, priority)).await.expect("an alert")
}

async fn acknowledged(record: &Record, alert: uuid::Uuid, by: AccountId) -> Committed {
    let cmd = AcknowledgeAlert { alert: AlertId(alert), note: None };
    acknowledge_alert(&record.app, &call(record, by, Role::Nurse), cmd).await.expect("an answer")
}

/// Gives every rung of every priority this long.
async fn each_rung_has(record: &Record, time: Duration) {
    for priority in [Priority::High, Priority::Medium] {
        set_ladder(record.store.database(), priority, Ladder([time; 3])).await.expect("a ladder");
    }
}

/// Who was told of an alert, in the order of telling: the type and the roles.
async fn told(record: &Record, alert: uuid::Uuid) -> Vec<(String, Vec<String>)> {
    let rows = record
        .owner
        .query(
            "select type, array(select name from live.audience a where a.notification_id = n.notification_id order by 1)
             from live.notification n where subject_id = $1 order by position",
            &[&alert],
        )
        .await
        .expect("notifications");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}
