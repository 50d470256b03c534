//! Reading the justification log.

use chrono::{DateTime, Utc};
use healthcare_application::{
    Permit, StoreError,
    backtest::JudgedLive,
    store::{EvaluationRecord, StoredEvaluation, StoredReview},
};
use healthcare_domain::id::PatientId;
use tokio_postgres::Row;
use uuid::Uuid;

use super::codec::{self, Codec, Keys};
use crate::database::{Database, unavailable};

/// One evaluation, opened under the patient's key. Nothing when it is about somebody else than the permit.
pub async fn one(
    client: &deadpool_postgres::Object,
    codec: &Codec,
    permit: &Permit,
    id: Uuid,
) -> Result<Option<StoredEvaluation>, StoreError> {
    let Some(patient) = permit.patient() else { return Ok(None) };
    let statement = client
        .prepare_cached(
            "select trigger, position, facts, judgements, actor, at, patient_id, edition
             from es.evaluation where evaluation_id = $1 and patient_id = any(es.identities($2))",
        )
        .await
        .map_err(unavailable)?;
    let Some(row) = client.query_opt(&statement, &[&id, &patient.0]).await.map_err(unavailable)? else {
        return Ok(None);
    };
    // Sealed for the registration it was made for.
    let patient = PatientId(row.get(6));
    let keys = codec.keys([Some(patient)]).await?;
    let open = |sealed: &[u8]| -> Result<serde_json::Value, StoreError> {
        let plain = codec::open_bytes(&keys, Some(patient), id.as_bytes(), sealed)?;
        serde_json::from_slice(&plain).map_err(|e| StoreError::Damaged(Box::new(e)))
    };
    let record = EvaluationRecord {
        id,
        patient,
        trigger: row.get(0),
        position: row.get(1),
        facts: open(row.get(2))?,
        judgements: open(row.get(3))?,
        edition: None,
        told: None,
        // What was in the shadow is shown to nobody here.
        shadow: vec![],
    };
    Ok(Some(StoredEvaluation { record, edition: row.get(7), actor: row.get(4), at: row.get(5) }))
}

/// What the newest review of the permit's patient came to. Hooks have no dot in their names, and are no reviews.
pub async fn last_review(
    client: &deadpool_postgres::Object,
    codec: &Codec,
    permit: &Permit,
) -> Result<Option<StoredReview>, StoreError> {
    let Some(patient) = permit.patient() else { return Ok(None) };
    let sql = "select e.evaluation_id, e.patient_id, e.judgements,
            (select coalesce(array_agg(s.rule order by s.rule, s.rule_version), '{}') from es.shadow_judgement s
                where s.evaluation_id = e.evaluation_id),
            (select coalesce(array_agg(s.rule_version order by s.rule, s.rule_version), '{}') from es.shadow_judgement s
                where s.evaluation_id = e.evaluation_id)
        from es.evaluation e where e.patient_id = any(es.identities($1)) and e.trigger like '%.%'
        order by e.at desc limit 1";
    let statement = client.prepare_cached(sql).await.map_err(unavailable)?;
    let Some(row) = client.query_opt(&statement, &[&patient.0]).await.map_err(unavailable)? else { return Ok(None) };
    let (id, registration) = (row.get::<_, Uuid>(0), PatientId(row.get(1)));
    let keys = codec.keys([Some(registration)]).await?;
    let plain = codec::open_bytes(&keys, Some(registration), id.as_bytes(), row.get(2))?;
    let judgements = serde_json::from_slice(&plain).map_err(|e| StoreError::Damaged(Box::new(e)))?;
    let shadow = row.get::<_, Vec<String>>(3).into_iter().zip(row.get::<_, Vec<i32>>(4)).collect();
    Ok(Some(StoredReview { judgements, shadow }))
}

/// The evaluations of some registrations within a time, in order of patients and moments: what [`judged`] reads.
pub(crate) async fn rows_of(
    client: &deadpool_postgres::Object,
    patients: &[Uuid],
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<Row>, StoreError> {
    // A moment is judged shortly before it is stored, and stored by another clock.
    let sql = "select evaluation_id, patient_id, trigger, position, facts from es.evaluation
        where patient_id = any($1) and at between $2::timestamptz - interval '1 hour' and $3::timestamptz + interval '1 hour'
        order by patient_id, at";
    let statement = client.prepare_cached(sql).await.map_err(unavailable)?;
    client.query(&statement, &[&patients, &from, &to]).await.map_err(unavailable)
}

/// Whom a row of [`rows_of`] is about.
pub(crate) fn patient_of(row: &Row) -> Option<PatientId> {
    Some(PatientId(row.get(1)))
}

/// Reads a row of [`rows_of`].
pub(crate) fn judged(keys: &Keys, row: &Row) -> Result<JudgedLive, StoreError> {
    let id: Uuid = row.get(0);
    let plain = codec::open_bytes(keys, patient_of(row), id.as_bytes(), row.get(4))?;
    Ok(JudgedLive {
        id,
        trigger: row.get(2),
        position: row.get(3),
        facts: serde_json::from_slice(&plain).map_err(|e| StoreError::Damaged(Box::new(e)))?,
    })
}

/// Whom an evaluation is about: who holds that registration now.
pub async fn of_whom(db: &Database, id: Uuid) -> Result<Option<PatientId>, StoreError> {
    let sql = "select es.survivor_of(patient_id) from es.evaluation where evaluation_id = $1";
    Ok(db.look_up(sql, &[&id]).await?.map(|row| PatientId(row.get(0))))
}
