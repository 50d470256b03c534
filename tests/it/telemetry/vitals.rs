use chrono::Duration;
use healthcare_application::{
    Role,
    telemetry::{VitalsQuery, get_vitals},
};
use healthcare_domain::{
    id::{PatientId, VitalsId},
    vitals::{Consciousness, Measurement, Spo2Scale, VitalSign, Vitals},
};
use healthcare_telemetry_gateway::ingest::charted;
use rust_decimal::Decimal;

use super::{Ward, alert, spo2};

fn query(ward: &Ward, patient: PatientId, step: Option<u32>) -> VitalsQuery {
    let to = ward.now() + Duration::seconds(1);
    VitalsQuery { patient, codes: vec!["59408-5".into()], from: to - Duration::hours(2), to, step }
}

#[tokio::test]
async fn values_are_shown_one_by_one_and_by_bucket() {
    let ward = Ward::new().await;
    let (patient, device) = ward.monitored("MON-1").await;
    let now = ward.now();
    let values = [(0, 98.0), (1, 96.0), (60, 94.0), (61, 0.0)];
    let batch: Vec<_> = values.iter().map(|(s, v)| spo2("MON-1", *v, now - Duration::seconds(*s))).collect();
    ward.submit(&batch).await;
    let by = ward.call(Role::Nurse);

    let shown = get_vitals(&ward.gateway.app, &by, query(&ward, patient, None)).await.expect("values");
    let points: Vec<_> = shown.series[0].points.iter().map(|p| (p.value, p.device)).collect();
    let of = Some(device.0);
    assert_eq!(points, [(None, of), (Some(94.0), of), (Some(96.0), of), (Some(98.0), of)]);
    assert_eq!(shown.series[0].points[0].flags, ["late", "no_signal"]);

    let binned =
        get_vitals(&ward.gateway.app, &by, query(&ward, patient, Some(3600 * 24 * 31))).await.expect("buckets");
    let bucket = &binned.series[0].buckets[0];
    assert_eq!((bucket.count, bucket.min, bucket.max, bucket.avg), (3, 94.0, 98.0, 96.0));
}

#[tokio::test]
async fn nothing_is_shown_of_another_patient_or_of_a_time_without_the_device() {
    let ward = Ward::new().await;
    let (ana, device) = ward.monitored("MON-2").await;
    let now = ward.now();
    ward.submit(&[spo2("MON-2", 97.0, now - Duration::minutes(30)), spo2("MON-2", 98.0, now)]).await;
    ward.unassign(device, now - Duration::minutes(10)).await;
    let bo = ward.patient().await;
    let by = ward.call(Role::Doctor);
    let values = async |patient| {
        let shown = get_vitals(&ward.gateway.app, &by, query(&ward, patient, None)).await.expect("values");
        shown.series.iter().flat_map(|s| &s.points).map(|p| p.value).collect::<Vec<_>>()
    };
    assert_eq!(values(ana).await, [Some(97.0)]);
    assert_eq!(values(bo).await, []);
    let admin = ward.call(Role::Admin);
    assert!(get_vitals(&ward.gateway.app, &admin, query(&ward, ana, None)).await.is_err());
}

#[tokio::test]
async fn charted_vitals_are_scored_and_alarm_until_struck_out() {
    let ward = Ward::new().await;
    let patient = ward.patient().await;
    let m = |sign: VitalSign, value: i64| Measurement::new(sign, Decimal::from(value), sign.unit()).expect("possible");
    let set = Vitals {
        measurements: vec![
            m(VitalSign::RespiratoryRate, 26),
            m(VitalSign::Spo2, 91),
            m(VitalSign::SystolicBp, 95),
            m(VitalSign::HeartRate, 95),
            m(VitalSign::Temperature, 37),
        ],
        consciousness: Some(Consciousness::Alert),
        on_oxygen: Some(false),
        spo2_scale: Spo2Scale::Scale1,
        measured_at: ward.now(),
        encounter: None,
    };
    let id = VitalsId(ward.record.id());
    let policy = &ward.gateway.settings.policy;
    for _ in 0..2 {
        let mut client = ward.gateway.db.get().await.expect("a connection");
        let tx = client.transaction().await.expect("begins");
        charted::chart(&tx, patient, id, &set, policy, ward.now()).await.expect("taken");
        tx.commit().await.expect("commits");
    }
    ward.carry_out().await;
    assert_eq!(ward.alerts(patient).await, [alert("news2", "high", "active")]);
    assert_eq!(ward.record.count("telemetry.score where total = 9").await, 1);
    assert_eq!(ward.record.count("telemetry.latest where vitals_id is not null").await, 7);

    let mut client = ward.gateway.db.get().await.expect("a connection");
    let tx = client.transaction().await.expect("begins");
    charted::strike(&tx, patient, id, policy, ward.now() + Duration::seconds(1)).await.expect("struck");
    tx.commit().await.expect("commits");
    assert_eq!(ward.record.count("telemetry.latest").await, 0);
    assert_eq!(ward.record.count("telemetry.score where total is null and partial = 0").await, 1);
}
