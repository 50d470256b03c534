//! How far everybody is, for operators. Asked of the database, so that a consumer that runs nowhere shows as well.

use healthcare_application::StoreError;
use tokio_postgres::Client;

use crate::database::unavailable;

/// Sets the gauges of the log: `healthcare_consumer_tick`, `healthcare_consumer_ticks_behind`,
/// `healthcare_consumer_seconds_behind`, `healthcare_parked_patients`, each by consumer; and
/// `healthcare_oldest_write_transaction_seconds`.
pub(super) async fn report(client: &Client) -> Result<(), StoreError> {
    let rows = client
        .query(
            "select c.name, min(c.tick_id), (select max(tick_id) from es.tick) - min(c.tick_id),
                coalesce(extract(epoch from clock_timestamp() - (
                    select at from es.tick where tick_id > min(c.tick_id) order by tick_id limit 1)), 0)::float8,
                (select count(distinct coalesce(patient_id, stream_id)) from es.parked p where p.name = c.name)
             from es.checkpoint c group by c.name",
            &[],
        )
        .await
        .map_err(unavailable)?;
    for row in &rows {
        let consumer: String = row.get(0);
        let (tick, behind, parked): (i64, i64, i64) = (row.get(1), row.get(2), row.get(4));
        let gauge = |name: &'static str, value: f64| metrics::gauge!(name, "consumer" => consumer.clone()).set(value);
        gauge("healthcare_consumer_tick", as_f64(tick));
        gauge("healthcare_consumer_ticks_behind", as_f64(behind));
        gauge("healthcare_consumer_seconds_behind", row.get(3));
        gauge("healthcare_parked_patients", as_f64(parked));
    }
    let row = client
        .query_one(
            "select coalesce(max(extract(epoch from clock_timestamp() - xact_start)), 0)::float8
             from pg_stat_activity where datname = current_database() and backend_xid is not null",
            &[],
        )
        .await
        .map_err(unavailable)?;
    metrics::gauge!("healthcare_oldest_write_transaction_seconds").set(row.get::<_, f64>(0));
    Ok(())
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "a gauge is a float; counts stay below 2^53")]
fn as_f64(count: i64) -> f64 {
    count as f64
}
