//! `governance.backtest_patient`: of whom the versions of a backtest would have alerted.

use chrono::NaiveDate;
use healthcare_application::{
    StoreError,
    backtest::{Alerted, AlertedPaging, Change},
};
use healthcare_domain::id::PatientId;
use tokio_postgres::{Row, types::ToSql};
use uuid::Uuid;

use crate::{
    database::{Database, Sight, unavailable},
    views::order,
};

/// Keeps those of a piece. One that is tried again stands as it came out last.
pub(super) async fn keep(
    tx: &deadpool_postgres::Transaction<'_>,
    id: Uuid,
    alerted: &[Alerted],
) -> Result<(), StoreError> {
    if alerted.is_empty() {
        return Ok(());
    }
    let count = |alerts: u64| i32::try_from(alerts).unwrap_or(i32::MAX);
    let patients: Vec<Uuid> = alerted.iter().map(|one| one.patient.0).collect();
    let pseudonyms: Vec<Uuid> = alerted.iter().map(|one| one.pseudonym).collect();
    let days: Vec<NaiveDate> = alerted.iter().map(|one| one.first_on).collect();
    let candidate: Vec<i32> = alerted.iter().map(|one| count(one.candidate)).collect();
    let baseline: Vec<Option<i32>> = alerted.iter().map(|one| one.baseline.map(count)).collect();
    let keep =
        "insert into governance.backtest_patient (backtest, patient_id, pseudonym, first_on, candidate, baseline)
        select $1::uuid, piece.* from unnest($2::uuid[], $3::uuid[], $4::date[], $5::integer[], $6::integer[]) piece
        on conflict (backtest, patient_id) do update set pseudonym = excluded.pseudonym, first_on = excluded.first_on,
            candidate = excluded.candidate, baseline = excluded.baseline";
    let keep = tx.prepare_cached(keep).await.map_err(unavailable)?;
    let values: [&(dyn ToSql + Sync); 6] = [&id, &patients, &pseudonyms, &days, &candidate, &baseline];
    tx.execute(&keep, &values).await.map_err(unavailable)?;
    Ok(())
}

/// A page of them, under whoever holds their record now; one more than is asked for where there are more.
pub(super) async fn read(db: &Database, id: Uuid, paging: &AlertedPaging) -> Result<Vec<Alerted>, StoreError> {
    let AlertedPaging { change, after, limit, direction } = paging;
    let (way, limit) = (order::way(*direction), i64::from(*limit) + 1);
    let side = change.map(side).unwrap_or_default();
    let select = "select p.pseudonym, es.survivor_of(p.patient_id), p.first_on, p.candidate, p.baseline
        from governance.backtest_patient p where p.backtest = $1";
    let rest = format!("{side} order by p.first_on {way}, p.pseudonym {way} limit $2");
    // Two statements, so that a page is found by its place.
    let rows = match after {
        None => db.read_as(&Sight::rules(), &format!("{select}{rest}"), &[&id, &limit]).await?,
        Some(place) => {
            let behind = format!(" and (p.first_on, p.pseudonym) {} ($3, $4)", order::behind(*direction));
            let values: [&(dyn ToSql + Sync); 4] = [&id, &limit, &place.on, &place.pseudonym];
            db.read_as(&Sight::rules(), &format!("{select}{behind}{rest}"), &values).await?
        }
    };
    rows.iter().map(alerted).collect()
}

/// The patients of one side, as [`Alerted::change`] tells it.
const fn side(change: Change) -> &'static str {
    match change {
        Change::Same => " and p.candidate > 0 and coalesce(p.baseline, 1) > 0",
        Change::Added => " and p.candidate > 0 and p.baseline = 0",
        Change::Removed => " and p.candidate = 0",
    }
}

fn alerted(row: &Row) -> Result<Alerted, StoreError> {
    let count = |alerts: i32| u64::try_from(alerts).map_err(|_| StoreError::Damaged("fewer alerts than none".into()));
    Ok(Alerted {
        pseudonym: row.get(0),
        patient: PatientId(row.get(1)),
        first_on: row.get(2),
        candidate: count(row.get(3))?,
        baseline: row.get::<_, Option<i32>>(4).map(count).transpose()?,
    })
}
