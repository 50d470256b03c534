use chrono::Duration;
use healthcare_application::{
    Role,
    alert::{AcknowledgeAlert, acknowledge_alert},
};
use healthcare_domain::id::AlertId;
use healthcare_telemetry_gateway::runtime::Ground;

use super::{Ward, alert, reading, spo2};

#[tokio::test]
async fn a_limit_crossed_for_its_time_is_raised_by_the_clock_and_cleared_by_it() {
    let ward = Ward::new().await;
    let (patient, _) = ward.monitored("MON-1").await;
    let start = ward.now();
    ward.submit(&[reading("MON-1", "8867-4", 125.0, "/min", start)]).await;
    ward.at(5).await;
    assert!(ward.alerts(patient).await.iter().all(|(rule, ..)| rule != "limit:heart_rate:high"));
    ward.at(10).await;
    assert_eq!(ward.alerts(patient).await, [alert("limit:heart_rate:high", "medium", "active")]);
    ward.submit(&[reading("MON-1", "8867-4", 80.0, "/min", start + Duration::seconds(10))]).await;
    ward.at(39).await;
    assert_eq!(ward.alerts(patient).await, [alert("limit:heart_rate:high", "medium", "active")]);
    ward.at(41).await;
    assert_eq!(ward.alerts(patient).await, [alert("limit:heart_rate:high", "medium", "cleared")]);
}

#[tokio::test]
async fn a_severe_desaturation_is_high_at_once_and_clears_only_when_answered() {
    let ward = Ward::new().await;
    let (patient, _) = ward.monitored("MON-2").await;
    let start = ward.now();
    ward.submit(&[spo2("MON-2", 75.0, start)]).await;
    let raised = ward.alerts(patient).await;
    assert_eq!(raised, [alert("limit:spo2:low", "high", "active"), alert("news2", "medium", "active")]);
    for second in 1..5 {
        ward.at(second).await;
        ward.submit(&[spo2("MON-2", 75.0, start + Duration::seconds(second))]).await;
    }
    assert_eq!(ward.alerts(patient).await, raised, "one alert is open for a patient and a rule");
    ward.at(5).await;
    ward.submit(&[spo2("MON-2", 98.0, start + Duration::seconds(5))]).await;
    ward.at(120).await;
    assert_eq!(ward.alerts(patient).await[0].2, "active", "high latches");

    let row = ward.record.owner.query_one("select id from read.alert where rule = 'limit:spo2:low'", &[]).await;
    let cmd = AcknowledgeAlert { alert: AlertId(row.expect("an alert").get(0)), note: None };
    acknowledge_alert(&ward.gateway.app, &ward.call(Role::Nurse).await, cmd).await.expect("answered");
    ward.at(121).await;
    ward.at(152).await;
    assert_eq!(ward.alerts(patient).await[0], alert("limit:spo2:low", "high", "cleared"));
}

#[tokio::test]
async fn another_node_goes_on_where_one_stopped() {
    let ward = Ward::new().await;
    let (patient, _) = ward.monitored("MON-3").await;
    let start = ward.now();
    ward.submit(&[reading("MON-3", "8867-4", 121.0, "/min", start)]).await;
    let other = Ground::new(ward.gateway.app.clone(), ward.record.platform.db.clone());
    let (transport, _) = other.in_process(&ward.stop);
    ward.clock.seconds.store(11, std::sync::atomic::Ordering::SeqCst);
    let later = [reading("MON-3", "8867-4", 121.0, "/min", start + Duration::seconds(11))];
    transport.submit(&later, None, None).await.expect("stored");
    ward.carry_out().await;
    assert_eq!(ward.alerts(patient).await, [alert("limit:heart_rate:high", "medium", "active")]);
}

#[tokio::test]
async fn a_change_carried_out_twice_raises_one_alert() {
    let ward = Ward::new().await;
    let (patient, _) = ward.monitored("MON-4").await;
    ward.transport.submit(&[spo2("MON-4", 75.0, ward.now())], None, None).await.expect("stored");
    // What a node leaves behind that dies between the command and the end of its change.
    ward.record
        .owner
        .batch_execute("create table left_behind as select * from telemetry.alert_change")
        .await
        .expect("kept");
    ward.carry_out().await;
    ward.record
        .owner
        .batch_execute("insert into telemetry.alert_change overriding system value select * from left_behind")
        .await
        .expect("left behind");
    ward.carry_out().await;
    assert_eq!(ward.record.count("telemetry.alert_change").await, 0);
    assert_eq!(ward.alerts(patient).await.len(), 2);
    assert_eq!(ward.record.count("es.event where event_type = 'alert.raised'").await, 2, "the limit and the score");
}

#[tokio::test]
async fn a_silent_monitor_is_a_technical_alarm_until_it_is_taken_off() {
    let ward = Ward::new().await;
    let (patient, device) = ward.monitored("MON-5").await;
    let start = ward.now();
    ward.submit(&[spo2("MON-5", 97.0, start - Duration::seconds(2)), spo2("MON-5", 97.0, start)]).await;
    let rule = format!("technical:silent:{device}");
    ward.at(59).await;
    assert!(ward.alerts(patient).await.is_empty());
    ward.at(61).await;
    assert_eq!(ward.alerts(patient).await, [alert(&rule, "low", "active")]);
    ward.unassign(device, ward.now()).await;
    ward.at(63).await;
    assert_eq!(ward.alerts(patient).await, [alert(&rule, "low", "cleared")]);
}

#[tokio::test]
async fn the_score_is_stored_with_its_parts_and_what_is_missing() {
    let ward = Ward::new().await;
    let (patient, _) = ward.monitored("MON-6").await;
    let now = ward.now();
    ward.submit(&[reading("MON-6", "9279-1", 26.0, "/min", now), reading("MON-6", "8480-6", 99.0, "mm[Hg]", now)])
        .await;
    let row = ward
        .record
        .owner
        .query_one(
            "select total, partial, band, respiratory_rate, systolic_bp, pulse from telemetry.score where patient_id = $1",
            &[&patient.0],
        )
        .await
        .expect("one score");
    assert_eq!(row.get::<_, Option<i16>>(0), None, "incomplete: there is no total");
    assert_eq!((row.get::<_, i16>(1), row.get::<_, String>(2)), (5, "medium".into()));
    assert_eq!((row.get::<_, Option<i16>>(3), row.get::<_, Option<i16>>(4)), (Some(3), Some(2)));
    assert_eq!(row.get::<_, Option<i16>>(5), None);
    assert_eq!(ward.alerts(patient).await, [alert("news2", "high", "active")]);
}
