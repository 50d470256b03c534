use chrono::Duration;
use healthcare_telemetry_gateway::reading::RawValue;

use super::{Ward, reading, spo2};

#[tokio::test]
async fn a_batch_is_stored_once_and_each_refusal_says_why() {
    let ward = Ward::new().await;
    let (patient, _) = ward.monitored("MON-1").await;
    let now = ward.now();
    let batch = [
        spo2("MON-1", 97.0, now),
        reading("MON-1", "8867-4", 72.0, "{beats}/min", now),
        reading("MON-1", "8867-4", 72.0, "bpm", now + Duration::seconds(1)),
        reading("MON-1", "8310-5", 384.5, "Cel", now),
        spo2("MON-9", 97.0, now),
        spo2("MON-1", 0.0, now + Duration::seconds(1)),
        spo2("MON-1", 97.0, now),
    ];
    let first = ward.submit(&batch).await;
    let refused: Vec<_> = first.refused.iter().map(|r| (r.index, r.reason.reason())).collect();
    assert_eq!((first.accepted, first.duplicates), (3, 1));
    assert_eq!(refused, [(2, "unknown_unit"), (3, "impossible"), (4, "unknown_device")]);

    ward.at(1).await;
    let again = ward.submit(&batch).await;
    assert_eq!((again.accepted, again.duplicates), (0, 4));
    let stored = format!("telemetry.reading where patient_id = '{patient}'");
    assert_eq!(ward.record.count(&stored).await, 3);
    assert_eq!(ward.record.count("telemetry.reading where value is null and quality & 8 = 8").await, 1);
    assert_eq!(ward.record.count("telemetry.reading_default").await, 0, "every row lies in its day's partition");
}

#[tokio::test]
async fn a_reading_of_a_device_on_nobody_is_kept_and_never_alarms() {
    let ward = Ward::new().await;
    ward.device("MON-2").await;
    let receipt = ward.submit(&[spo2("MON-2", 60.0, ward.now())]).await;
    assert_eq!(receipt.accepted, 1);
    assert_eq!(ward.record.count("telemetry.reading where patient_id is null").await, 1);
    assert_eq!(ward.record.count("telemetry.monitor").await, 0);
    assert_eq!(ward.record.count("read.alert").await, 0);
}

#[tokio::test]
async fn a_late_reading_belongs_to_whom_the_device_was_on_when_it_measured() {
    let ward = Ward::new().await;
    let (ana, device) = ward.monitored("MON-3").await;
    let now = ward.now();
    ward.unassign(device, now - Duration::minutes(20)).await;
    let bo = ward.patient().await;
    ward.assign(device, bo, now - Duration::minutes(10)).await;
    let minutes = |n| now - Duration::minutes(n);
    ward.submit(&[spo2("MON-3", 96.0, minutes(30)), spo2("MON-3", 97.0, minutes(15)), spo2("MON-3", 98.0, minutes(5))])
        .await;
    let value_of = async |whose: String| {
        let sql = format!("select value from telemetry.reading where {whose}");
        ward.record.owner.query_one(&sql, &[]).await.expect("one reading").get::<_, f64>(0)
    };
    assert_eq!(value_of(format!("patient_id = '{ana}'")).await, 96.0);
    assert_eq!(value_of("patient_id is null".into()).await, 97.0);
    assert_eq!(value_of(format!("patient_id = '{bo}'")).await, 98.0);
    assert_eq!(ward.record.count("telemetry.reading where quality & 2 = 2").await, 3, "all of them came late");
}

#[tokio::test]
async fn a_device_clock_a_day_off_gives_way_to_the_time_of_receipt() {
    let ward = Ward::new().await;
    let (patient, _) = ward.monitored("MON-4").await;
    ward.submit(&[spo2("MON-4", 75.0, ward.now() - Duration::days(1) + Duration::hours(2))]).await;
    let stored = format!("telemetry.reading where quality & 4 = 4 and patient_id = '{patient}'");
    assert_eq!(ward.record.count(&stored).await, 1);
    assert_eq!(ward.alerts(patient).await.len(), 2, "it alarms as what was measured now: the limit and the score");
}

#[tokio::test]
async fn concurrent_batches_are_each_answered_for_their_own() {
    let ward = Ward::new().await;
    ward.monitored("MON-5").await;
    let now = ward.now();
    let batches: Vec<Vec<_>> = (0..40)
        .map(|batch| (0..25).map(|n| spo2("MON-5", 97.0, now - Duration::milliseconds(batch * 25 + n))).collect())
        .collect();
    let twice = batches.iter().chain(&batches).map(|batch| ward.transport.submit(batch, None, None));
    let receipts = futures::future::join_all(twice).await;
    let receipts: Vec<_> = receipts.into_iter().map(|receipt| receipt.expect("stored")).collect();
    assert_eq!(receipts.iter().map(|r| r.accepted).sum::<u64>(), 1000);
    assert_eq!(receipts.iter().map(|r| r.duplicates).sum::<u64>(), 1000);
    assert!(receipts.iter().all(|r| r.accepted + r.duplicates == 25));
    assert_eq!(ward.record.count("telemetry.reading").await, 1000);
}

#[tokio::test]
async fn nothing_is_acknowledged_that_is_not_stored() {
    let ward = Ward::new().await;
    ward.monitored("MON-6").await;
    ward.record.owner.batch_execute("alter table telemetry.monitor rename to gone").await.expect("broken");
    let batch = [spo2("MON-6", 97.0, ward.now())];
    assert!(ward.transport.submit(&batch, None, None).await.is_err());
    assert_eq!(ward.record.count("telemetry.reading").await, 0);
    ward.record.owner.batch_execute("alter table telemetry.gone rename to monitor").await.expect("mended");
    assert_eq!(ward.submit(&batch).await.accepted, 1, "the same batch is taken when the store is back");
}

#[tokio::test]
async fn coded_values_are_stored_as_numbers() {
    let ward = Ward::new().await;
    ward.monitored("MON-7").await;
    let coded = |code: &str, value| {
        let mut one = reading("MON-7", code, 0.0, "", ward.now());
        (one.value, one.unit) = (value, None);
        one
    };
    let receipt =
        ward.submit(&[coded("80288-4", RawValue::Text("V".into())), coded("on_oxygen", RawValue::Flag(true))]).await;
    assert_eq!(receipt.accepted, 2);
    assert_eq!(ward.record.count("telemetry.reading where (code, value) in ((10, 2), (11, 1))").await, 2);
}

/// What was stored stays as it was, and what is new among it is stored all the same.
#[tokio::test]
async fn of_a_batch_that_is_there_in_part_the_rest_is_stored() {
    let ward = Ward::new().await;
    let (patient, _) = ward.monitored("MON-8").await;
    let now = ward.now();
    let second = |n, value| spo2("MON-8", value, now - Duration::seconds(n));
    assert_eq!(ward.submit(&[second(1, 95.0), second(3, 96.0)]).await.accepted, 2);

    ward.at(1).await;
    let receipt = ward.submit(&[second(0, 97.0), second(1, 71.0), second(2, 98.0), second(3, 72.0)]).await;
    assert_eq!((receipt.accepted, receipt.duplicates), (2, 2));
    let values = "select array_agg(value order by time desc) from telemetry.reading";
    let values: Vec<f64> = ward.record.owner.query_one(values, &[]).await.expect("they are there").get(0);
    assert_eq!(values, [97.0, 95.0, 98.0, 96.0]);
    assert!(ward.alerts(patient).await.is_empty(), "a value that was not stored is not judged either");
    // The connection is as it was: the next batch takes the straight way again.
    assert_eq!(ward.submit(&[second(-1, 97.0)]).await.accepted, 1);
}
