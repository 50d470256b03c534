//! Readings go after their days; what they came to stays.

use chrono::{DateTime, TimeDelta, Utc};
use healthcare_application::{
    Call, Role,
    telemetry::{Aggregate, VitalsQuery, get_vitals},
};
use healthcare_domain::id::PatientId;
use healthcare_telemetry_gateway::ingest::clockwork;

use super::{
    super::{Ward, spo2},
    roll_all_up,
};

const SERIAL: &str = "MON-KEPT";

struct Kept {
    ward: Ward,
    by: Call,
    patient: PatientId,
    device: healthcare_domain::id::DeviceId,
    /// A whole hour, ten days ago.
    then: DateTime<Utc>,
}

impl Kept {
    /// A monitor of whom four hours of ten days ago are stored, a reading a minute, and an hour of now.
    async fn new() -> Self {
        let ward = Ward::new().await;
        let (patient, device) = (ward.patient().await, ward.device(SERIAL).await);
        ward.assign(device, patient, ward.now() - TimeDelta::days(500)).await;
        let second = ward.now().timestamp() - 10 * 86_400;
        let then = DateTime::from_timestamp(second - second % 3600, 0).expect("an hour");
        let by = ward.call(Role::Nurse).await;
        let kept = Self { ward, by, patient, device, then };
        let minutes = (0..240).map(|n| kept.then + TimeDelta::minutes(n));
        let now = (0..60).map(|n| kept.ward.now() - TimeDelta::minutes(n));
        let times: Vec<_> = minutes.chain(now).collect();
        assert_eq!(kept.send(&times).await, 300);
        kept
    }

    async fn send(&self, times: &[DateTime<Utc>]) -> u64 {
        let one = |(n, at): (usize, &DateTime<Utc>)| {
            let mut reading = spo2(SERIAL, 95.0 + (n % 5) as f64, *at);
            reading.sent_at = Some(self.ward.now().to_rfc3339());
            reading
        };
        let batch: Vec<_> = times.iter().enumerate().map(one).collect();
        self.ward.submit(&batch).await.accepted
    }

    async fn trend(&self, from: DateTime<Utc>, step: u32) -> Vec<Aggregate> {
        let (to, codes) = (self.then + TimeDelta::days(1), vec!["59408-5".into()]);
        let query = VitalsQuery { patient: self.patient, codes, from, to, step: Some(step) };
        let shown = get_vitals(&self.ward.gateway.app, &self.by, query).await.expect("a trend");
        shown.series.into_iter().flat_map(|series| series.buckets).collect()
    }

    async fn trends(&self) -> [Vec<Aggregate>; 4] {
        let middle = self.then + TimeDelta::minutes(90);
        [
            self.trend(self.then, 3600).await,
            self.trend(self.then, 60).await,
            self.trend(middle, 3600).await,
            self.trend(middle, 86_400).await,
        ]
    }

    async fn retire(&self, days: i32) {
        let client = self.ward.gateway.db.get().await.expect("a connection");
        client.query_one("select telemetry.retire_partitions($1)", &[&days]).await.expect("retired");
    }

    async fn readings_then(&self) -> i64 {
        self.ward.record.count("telemetry.reading where time < now() - interval '9 days'").await
    }
}

#[tokio::test]
async fn no_day_of_readings_goes_before_it_is_rolled_up_and_the_trend_is_there_afterwards() {
    let kept = Kept::new().await;
    let before = kept.trends().await;
    assert_eq!(before.each_ref().map(Vec::len), [4, 240, 3, before[3].len()]);
    assert_eq!(before[2][0].count, 30, "half of an hour");

    kept.retire(7).await;
    assert_eq!(kept.readings_then().await, 240, "they wait");
    roll_all_up(&kept.ward.gateway.db, TimeDelta::zero()).await;
    kept.retire(7).await;
    assert_eq!(kept.readings_then().await, 0);
    assert_eq!(kept.trends().await, before);
    assert_eq!(kept.trend(kept.then, 90).await, [], "of the readings themselves there is nothing");

    // What comes of the same hours now does not take the place of what was there.
    assert_eq!(kept.send(&[kept.then + TimeDelta::seconds(1), kept.then + TimeDelta::seconds(61)]).await, 2);
    assert_eq!(kept.trends().await, before, "before the worker came by");
    roll_all_up(&kept.ward.gateway.db, TimeDelta::zero()).await;
    assert_eq!(kept.trends().await, before, "and afterwards");
    kept.retire(7).await;
    assert_eq!(kept.readings_then().await, 0);

    // The device was not on the patient for the last two of the hours after all: that holds for the rollups, too.
    let open = "update telemetry.assignment set valid_to = $2 where device_id = $1";
    let until = kept.then + TimeDelta::hours(2);
    kept.ward.record.owner.execute(open, &[&kept.device.0, &until]).await.expect("corrected");
    roll_all_up(&kept.ward.gateway.db, TimeDelta::zero()).await;
    assert_eq!(kept.trend(kept.then, 3600).await, before[0][..2]);
    assert_eq!(kept.trend(kept.then, 60).await, before[1][..120]);
}

#[tokio::test]
async fn minutes_go_after_400_days_by_whole_months_and_hours_stay() {
    let kept = Kept::new().await;
    roll_all_up(&kept.ward.gateway.db, TimeDelta::zero()).await;
    let days = |n| kept.ward.now() - TimeDelta::days(n);
    let made = "do $$ declare m timestamp; begin
        for m in select generate_series(date_trunc('month', now() at time zone 'UTC') - interval '16 months',
                                        date_trunc('month', now() at time zone 'UTC') - interval '5 months', '1 month') loop
            execute format('create table telemetry.%I partition of telemetry.rollup_minute for values from (%L) to (%L)',
                'rollup_minute_' || to_char(m, 'YYYYMM'), m at time zone 'UTC', (m + interval '1 month') at time zone 'UTC');
        end loop; end $$";
    kept.ward.record.owner.batch_execute(made).await.expect("months of before");
    for ago in [440, 380] {
        for table in ["rollup_minute", "rollup_hour"] {
            let sql = format!(
                "insert into telemetry.{table} select $1, 3, date_bin('1 hour', $2, 'epoch'), $3, 60, 90, 99, 5700"
            );
            let of = (&kept.device.0, &days(ago), &kept.patient.0);
            kept.ward.record.owner.execute(&sql, &[of.0, of.1, of.2]).await.expect("of long ago");
        }
    }
    let minutes = kept.ward.record.count("telemetry.rollup_minute").await;
    clockwork::keep_up(&kept.ward.gateway.db).await.expect("kept up");
    let old = |table: &str| format!("telemetry.{table} where at < now() - interval '370 days'");
    assert_eq!(kept.ward.record.count(&old("rollup_minute")).await, 1, "380 days ago");
    assert_eq!(kept.ward.record.count(&old("rollup_hour")).await, 2);
    assert_eq!(kept.ward.record.count("telemetry.rollup_minute").await, minutes - 1, "nothing younger went");
    clockwork::keep_up(&kept.ward.gateway.db).await.expect("and again");

    let long_ago = kept.trend(days(500), 86_400).await;
    assert_eq!(long_ago.iter().take(2).map(|day| (day.count, day.avg)).collect::<Vec<_>>(), [(60, 95.0), (60, 95.0)]);
}
