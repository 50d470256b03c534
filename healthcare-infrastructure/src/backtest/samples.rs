//! `governance.backtest_sample`: moments that were picked, each sealed under its patient's key.

use healthcare_application::{
    Permit, StoreError,
    access::Circle,
    backtest::{Change, Followed, KeptSample, NotShown, Sample},
};
use healthcare_domain::id::PatientId;
use healthcare_dss::Finding;
use tokio_postgres::Row;
use uuid::Uuid;

use crate::{
    database::{Database, Sight, unavailable},
    event_store::{Codec, Keys, open_bytes, sample_place, seal_bytes},
};

fn damaged(what: &'static str) -> StoreError {
    StoreError::Damaged(what.into())
}

/// What was picked so far, as far as a run needs it to go on: what was found is kept already.
pub(super) async fn kept(client: &deadpool_postgres::Object, id: Uuid) -> Result<Vec<Sample>, StoreError> {
    let sql = "select draw, patient_id, at, trigger, finding, change, followed from governance.backtest_sample
        where backtest = $1 order by draw";
    let rows = client.query(sql, &[&id]).await.map_err(unavailable)?;
    let sample = |row: &Row| {
        Ok(Sample {
            draw: row.get(0),
            patient: PatientId(row.get(1)),
            at: row.get(2),
            trigger: row.get(3),
            finding: row.get(4),
            change: change(row.get(5))?,
            followed: followed(row.get(6))?,
            found: None,
        })
    };
    rows.iter().map(sample).collect()
}

fn change(word: &str) -> Result<Change, StoreError> {
    Change::ALL.into_iter().find(|one| one.as_str() == word).ok_or_else(|| damaged("a sample changed as none can"))
}

fn followed(word: &str) -> Result<Followed, StoreError> {
    Followed::ALL.into_iter().find(|one| one.as_str() == word).ok_or_else(|| damaged("a sample ended as none can"))
}

/// What was newly found, sealed, in the order of the samples; nothing of a patient whose key was destroyed meanwhile.
pub(super) async fn seal(codec: &Codec, id: Uuid, samples: &[Sample]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
    let fresh: Vec<Option<PatientId>> =
        samples.iter().filter(|sample| sample.found.is_some()).map(|sample| Some(sample.patient)).collect();
    let keys: Keys = codec.keys(fresh).await?;
    let seal = |sample: &Sample| {
        let Some(found) = sample.found.as_ref().filter(|_| keys.contains_key(&sample.patient)) else { return Ok(None) };
        let plain = serde_json::to_vec(found).map_err(|e| StoreError::Damaged(Box::new(e)))?;
        seal_bytes(&keys, Some(sample.patient), &sample_place(id, sample.draw), &plain).map(Some)
    };
    samples.iter().map(seal).collect()
}

/// Keeps those that are picked now, and lets go of those that are not any more.
pub(super) async fn keep(
    tx: &deadpool_postgres::Transaction<'_>,
    id: Uuid,
    samples: &[Sample],
    sealed: Vec<Option<Vec<u8>>>,
) -> Result<(), StoreError> {
    let picked: Vec<Uuid> = samples.iter().map(|sample| sample.draw).collect();
    let drop = "delete from governance.backtest_sample where backtest = $1 and draw <> all($2)";
    tx.execute(drop, &[&id, &picked]).await.map_err(unavailable)?;
    let insert = "insert into governance.backtest_sample
            (backtest, draw, patient_id, at, trigger, finding, change, followed, found)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing";
    let insert = tx.prepare_cached(insert).await.map_err(unavailable)?;
    for (sample, found) in samples.iter().zip(sealed).filter(|(sample, _)| sample.found.is_some()) {
        let Sample { draw, patient, at, trigger, finding, change, followed, found: _ } = sample;
        let (change, followed) = (change.as_str(), followed.as_str());
        tx.execute(&insert, &[&id, draw, &patient.0, at, trigger, finding, &change, &followed, &found])
            .await
            .map_err(unavailable)?;
    }
    Ok(())
}

/// The moments of a backtest in the order of their lots, opened where the circle has the patient.
pub(crate) async fn read(
    (db, codec): (&Database, &Codec),
    permit: &Permit,
    circle: Option<&Circle>,
    id: Uuid,
) -> Result<Vec<KeptSample>, StoreError> {
    let select = "select s.draw, s.patient_id, held.by, s.at, s.trigger, s.change, s.followed, s.found
        from governance.backtest_sample s cross join lateral (select es.survivor_of(s.patient_id) as by) held
        where s.backtest = $1 order by s.draw";
    let rows = db.read_as(&Sight::rules(), select, &[&id]).await?;
    // The circle bounds what is opened: a record may hold what was picked under another registration.
    let is_open = |row: &&Row| circle.is_some_and(|circle| circle.has(Some(PatientId(row.get(2)))));
    permit.recorded_of(rows.iter().filter(is_open).map(|row| PatientId(row.get(2)))).await?;
    let keys = codec.keys(rows.iter().filter(is_open).map(|row| Some(PatientId(row.get(1))))).await?;
    let sample = |row: &Row| {
        let registration = PatientId(row.get(1));
        let place = sample_place(id, row.get(0));
        let found = match row.get::<_, Option<&[u8]>>(7) {
            _ if !is_open(&row) => Ok(None),
            sealed => opened(&keys, registration, &place, sealed).map(Some),
        };
        Ok(KeptSample {
            patient: PatientId(row.get(2)),
            registration,
            at: row.get(3),
            trigger: row.get(4),
            change: change(row.get(5))?,
            followed: followed(row.get(6))?,
            found,
        })
    };
    rows.iter().map(sample).collect()
}

/// One that does not open is told as such; the others are shown. Of who was erased nothing is there to be opened, whether it
/// was kept before or not any more.
fn opened(keys: &Keys, registration: PatientId, place: &[u8], sealed: Option<&[u8]>) -> Result<Finding, NotShown> {
    if !keys.contains_key(&registration) {
        return Err(NotShown::Erased);
    }
    let plain = open_bytes(keys, Some(registration), place, sealed.ok_or(NotShown::NotKept)?);
    serde_json::from_slice(&plain.map_err(|_| NotShown::Damaged)?).map_err(|_| NotShown::Damaged)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::vault::DataKey;

    #[test]
    fn what_was_found_of_who_was_erased_is_told_as_erased_whether_it_was_kept_or_not() {
        let (patient, place) = (PatientId(Uuid::from_u128(1)), sample_place(Uuid::from_u128(2), Uuid::from_u128(3)));
        let held = Keys::from([(patient, Arc::new(DataKey::generate()))]);
        let sealed = seal_bytes(&held, Some(patient), &place, b"no finding").unwrap();
        // The key is destroyed: while the backtest ran nothing was kept, before it what was kept does not open.
        let destroyed = Keys::new();
        for kept in [None, Some(sealed.as_slice())] {
            assert_eq!(opened(&destroyed, patient, &place, kept), Err(NotShown::Erased));
        }
        assert_eq!(opened(&held, patient, &place, None), Err(NotShown::NotKept));
        assert_eq!(opened(&held, patient, &place, Some(&sealed)), Err(NotShown::Damaged));
    }
}
