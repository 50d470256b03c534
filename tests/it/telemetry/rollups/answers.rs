//! What is answered with a step is what the values come to one by one, wherever it is taken from.

use std::{collections::BTreeMap, sync::atomic::Ordering};

use chrono::{DateTime, Duration, TimeDelta, Utc};
use healthcare_application::{
    Call, Role,
    clock::Clock,
    telemetry::{VitalsQuery, get_vitals},
};
use healthcare_domain::id::PatientId;
use healthcare_infrastructure::clock::SystemClock;
use healthcare_telemetry_gateway::reading::Reading;
use rand::{Rng, SeedableRng, rngs::StdRng};
use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{
    super::{Ward, reading, spo2},
    roll_all_up,
};

/// Of each state so many questions are asked.
const QUESTIONS: usize = 25;
const STEPS: [u32; 9] = [60, 300, 1200, 1800, 3600, 7200, 86_400, 90, 30];
const SERIAL: &str = "MON-TREND";

/// Count, lowest, highest and mean, by signal and bucket.
type Buckets = BTreeMap<(String, DateTime<Utc>), (i64, f64, f64, f64)>;

struct Bedside {
    ward: Ward,
    by: Call,
    patients: [PatientId; 2],
}

impl Bedside {
    async fn ask(&self, patient: PatientId, span: (DateTime<Utc>, DateTime<Utc>), step: u32) -> Buckets {
        let mut all = Buckets::new();
        let mut from = span.0;
        loop {
            let query = VitalsQuery { patient, codes: vec![], from, to: span.1, step: Some(step) };
            let page = get_vitals(&self.ward.gateway.app, &self.by, query).await.expect("buckets");
            for series in page.series {
                for bucket in series.buckets {
                    let of = (bucket.count, bucket.min, bucket.max, bucket.avg);
                    assert_eq!(all.insert((series.code.clone(), bucket.at), of), None);
                }
            }
            let Some(next) = page.next_from else { return all };
            from = next;
        }
    }

    /// The same, of the values one by one.
    async fn reckon(&self, patient: PatientId, span: (DateTime<Utc>, DateTime<Utc>), step: u32) -> Buckets {
        let mut values: BTreeMap<(String, DateTime<Utc>), Vec<f64>> = BTreeMap::new();
        let mut from = span.0;
        loop {
            let query = VitalsQuery { patient, codes: vec![], from, to: span.1, step: None };
            let page = get_vitals(&self.ward.gateway.app, &self.by, query).await.expect("values");
            for series in page.series {
                for point in series.points {
                    let Some(value) = point.value else { continue };
                    let second = point.at.timestamp().div_euclid(i64::from(step)) * i64::from(step);
                    let bucket = DateTime::from_timestamp(second, 0).expect("a time");
                    values.entry((series.code.clone(), bucket)).or_default().push(value);
                }
            }
            let Some(next) = page.next_from else { break };
            from = next;
        }
        let come_to = |values: Vec<f64>| {
            let total: Decimal = values.iter().map(|v| Decimal::try_from(*v).expect("few digits")).sum();
            let (low, high) = values.iter().fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(*v), high.max(*v)));
            (values.len() as i64, low, high, total.to_f64().expect("a number") / values.len() as f64)
        };
        values.into_iter().map(|(of, values)| (of, come_to(values))).collect()
    }

    /// Asks at random, and compares.
    async fn hold(&self, rng: &mut StdRng, state: &str) {
        let mut found = 0;
        for _ in 0..QUESTIONS {
            let patient = self.patients[rng.random_range(0..2)];
            let step = STEPS[rng.random_range(0..STEPS.len())];
            let span = self.span(rng);
            let (asked, reckoned) = (self.ask(patient, span, step).await, self.reckon(patient, span, step).await);
            assert_eq!(asked, reckoned, "{state}: {span:?} by {step} s");
            found += asked.len();
        }
        assert!(found > QUESTIONS, "{state}: there is something to find");
    }

    /// A time within the last day and a half, whose ends are whole minutes or hours now and then.
    fn span(&self, rng: &mut StdRng) -> (DateTime<Utc>, DateTime<Utc>) {
        let mut end = || {
            let at = self.ward.now() - TimeDelta::microseconds(rng.random_range(-3_600_000_000..36 * 3_600_000_000));
            let unit = [0, 60, 3600][rng.random_range(0..3)];
            let whole = if unit == 0 { None } else { DateTime::from_timestamp(at.timestamp() / unit * unit, 0) };
            whole.unwrap_or(at)
        };
        let (a, b) = (end(), end());
        (a.min(b), a.max(b) + TimeDelta::microseconds(1))
    }
}

/// A reading that tells when it was sent: late, and its clock right.
fn sent(ward: &Ward, mut reading: Reading) -> Reading {
    reading.sent_at = Some(ward.now().to_rfc3339());
    reading
}

#[tokio::test]
async fn a_step_answers_what_the_values_come_to_wherever_it_is_taken_from() {
    let seed = rand::rng().random();
    println!("seed {seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let ward = Ward::new().await;
    let (ana, bo) = (ward.patient().await, ward.patient().await);
    let device = ward.device(SERIAL).await;
    let by = ward.call(Role::Nurse).await;
    let ago = |seconds: i64| ward.now() - Duration::milliseconds(seconds * 1000 - 137);
    // From one to the other and back, all within a few seconds of two minutes; and off for a while.
    let hour = 3600;
    for (patient, from, to) in [
        (ana, 34 * hour, 20 * hour + 7),
        (bo, 20 * hour + 6, 20 * hour + 1),
        (ana, 20 * hour, 20 * hour - 3),
        (ana, 20 * hour - 9, 11 * hour),
        (bo, 11 * hour, 5 * hour),
        (bo, 4 * hour + 1800, 3 * hour),
    ] {
        ward.assign(device, patient, ago(from)).await;
        ward.unassign(device, ago(to)).await;
    }
    ward.assign(device, ana, ago(3 * hour - 1)).await;
    let heart_rate = |value, at| reading(SERIAL, "8867-4", value, "/min", at);
    let mut batch = vec![];
    let mut second = 35 * hour;
    while second > 0 {
        let at = ago(second);
        batch.push(sent(&ward, spo2(SERIAL, f64::from(rng.random_range(900..1000_i32)) / 10.0, at)));
        if rng.random() {
            batch.push(sent(&ward, heart_rate(f64::from(rng.random_range(60..90_i32)), at)));
        }
        second -= if (20 * hour - 20..20 * hour + 20).contains(&second) { 1 } else { rng.random_range(60..200) };
    }
    // A clock that is wrong: this goes by its receipt. At no time that one of those before may have.
    batch.push(heart_rate(66.0, ago(9 * hour) + TimeDelta::milliseconds(500)));
    let receipt = ward.submit(&batch).await;
    assert_eq!(receipt.accepted, batch.len() as u64, "{receipt:?}");
    let bedside = Bedside { ward, by, patients: [ana, bo] };
    let (ward, db) = (&bedside.ward, bedside.ward.gateway.db.clone());

    bedside.hold(&mut rng, "nothing is rolled up").await;
    assert_eq!(ward.record.count("telemetry.rollup_hour").await, 0);
    roll_all_up(&db, TimeDelta::hours(12)).await;
    bedside.hold(&mut rng, "what is older than twelve hours is rolled up").await;
    roll_all_up(&db, TimeDelta::zero()).await;
    assert_eq!(ward.record.count("telemetry.rollup_dirty").await, 0);
    bedside.hold(&mut rng, "all is rolled up").await;

    let late = [
        sent(ward, spo2(SERIAL, 81.5, ago_of(ward, 30 * hour + 1))),
        sent(ward, spo2(SERIAL, 0.0, ago_of(ward, 29 * hour + 2))),
        sent(ward, spo2(SERIAL, 82.5, ago_of(ward, 20 * hour + 3))),
    ];
    assert_eq!(ward.submit(&late).await.accepted, 3);
    assert_eq!(ward.record.count("telemetry.rollup_dirty").await, 2, "not for what has no value");
    bedside.hold(&mut rng, "something came late").await;
    // Accounts are made by the database's clock: ours must not stay too far behind it.
    let elapsed = (SystemClock.now() - ward.clock.start).num_seconds();
    ward.clock.seconds.store(elapsed, Ordering::SeqCst);
    ward.unassign(device, ago_of(ward, 2 * hour + 1801)).await;
    ward.assign(device, bo, ago_of(ward, 2 * hour + 1777)).await;
    bedside.hold(&mut rng, "the device was on somebody else since, as is entered afterwards").await;
    roll_all_up(&db, TimeDelta::zero()).await;
    bedside.hold(&mut rng, "all is rolled up again").await;

    // That it is taken from the rollups shows where they are wrong.
    let span = (bedside.ward.now() - TimeDelta::days(3), bedside.ward.now() + TimeDelta::days(1));
    for (table, step) in [("rollup_hour", 7200), ("rollup_minute", 1800)] {
        ward.record.owner.batch_execute(&format!("update telemetry.{table} set high = 999")).await.expect("spoilt");
        let spoilt = bedside.ask(ana, span, step).await;
        assert!(spoilt.values().filter(|(_, _, high, _)| *high == 999.0).count() > 10, "{table}");
    }
}

fn ago_of(ward: &Ward, seconds: i64) -> DateTime<Utc> {
    ward.now() - Duration::milliseconds(seconds * 1000 - 311)
}
