//! What commands were answered, for who sends one again: kept with what they did, for thirty days.

use std::time::Duration;

use healthcare_application::{
    StoreError,
    access::Idempotency,
    store::{Commit, Committed},
};
use healthcare_domain::id::PatientId;
use tokio_postgres::types::Json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::codec::{self, Codec, Keys};
use crate::{
    database::{Database, unavailable},
    projection::Statement,
};

/// How often it is looked for answers that are too old.
const EVERY: Duration = Duration::from_secs(3600);
/// How many go at once.
const AT_ONCE: i32 = 1_000;

/// One insert for the keys that make repeats answer the same; none where no command has one. What is told beside the identity
/// and the version of a patient's stream is about the patient, and sealed.
pub(super) fn kept(keys: &Keys, commits: &[Commit]) -> Result<Option<Statement>, StoreError> {
    let (mut actor, mut key, mut hash, mut patient, mut committed, mut extra) =
        (vec![], vec![], vec![], vec![], vec![], vec![]);
    for commit in commits {
        let Some(idempotency) = &commit.idempotency else { continue };
        let (about, mut answer) = (about(commit), commit.committed.clone());
        let told = match about {
            Some(_) => answer.extra.take(),
            None => None,
        };
        let place = place(commit.meta.actor, &idempotency.key);
        let seal = |told: serde_json::Value| codec::seal_bytes(keys, about, &place, told.to_string().as_bytes());
        extra.push(told.map(seal).transpose()?);
        actor.push(commit.meta.actor);
        key.push(idempotency.key.clone());
        hash.push(idempotency.request_hash.clone());
        patient.push(about.map(|patient| patient.0));
        committed.push(Json(serde_json::to_value(&answer).map_err(|e| StoreError::Damaged(Box::new(e)))?));
    }
    if actor.is_empty() {
        return Ok(None);
    }
    let insert = "insert into es.command_log (actor, key, request_hash, patient_id, committed, extra)
        select * from unnest($1::uuid[], $2::text[], $3::bytea[], $4::uuid[], $5::jsonb[], $6::bytea[])";
    let insert = Statement::new(insert).bind(actor).bind(key).bind(hash);
    Ok(Some(insert.bind(patient).bind(committed).bind(extra)))
}

/// Whom a command was about: of several, whose stream it answers with.
fn about(commit: &Commit) -> Option<PatientId> {
    let answered = commit.changes.iter().find(|change| change.id == commit.committed.id);
    let changed = || commit.changes.iter().find_map(|change| change.patient);
    let judged = || commit.evaluations.first().map(|judged| judged.patient);
    answered.and_then(|change| change.patient).or_else(changed).or_else(judged)
}

/// The place of what an answer tells.
fn place(actor: Uuid, key: &str) -> Vec<u8> {
    [actor.as_bytes().as_slice(), key.as_bytes()].concat()
}

/// The answer to an earlier command with this key, if there was one.
pub(super) async fn find(
    db: &Database,
    codec: &Codec,
    actor: Uuid,
    idempotency: &Idempotency,
) -> Result<Option<Committed>, StoreError> {
    let sql = "select request_hash, committed, patient_id, extra from es.command_log where actor = $1 and key = $2";
    let row = {
        let client = db.get().await?;
        let found = client.prepare_cached(sql).await.map_err(unavailable)?;
        client.query_opt(&found, &[&actor, &idempotency.key]).await.map_err(unavailable)?
    };
    let Some(row) = row else { return Ok(None) };
    let (hash, committed): (Vec<u8>, serde_json::Value) = (row.get(0), row.get(1));
    if hash != idempotency.request_hash {
        return Err(StoreError::KeyReused);
    }
    let mut committed: Committed = serde_json::from_value(committed).map_err(|e| StoreError::Damaged(Box::new(e)))?;
    if let Some(sealed) = row.get::<_, Option<Vec<u8>>>(3) {
        let patient = row.get::<_, Option<Uuid>>(2).map(PatientId);
        let keys = codec.keys([patient]).await?;
        let told = codec::open_bytes(&keys, patient, &place(actor, &idempotency.key), &sealed)?;
        committed.extra = Some(serde_json::from_slice(&told).map_err(|e| StoreError::Damaged(Box::new(e)))?);
    }
    Ok(Some(Committed { replayed: true, ..committed }))
}

/// Takes away answers that are too old, each hour, until told to stop. Any number may: each row is taken by one.
pub async fn forget_answers(db: Database, stop: CancellationToken) {
    loop {
        if let Err(error) = forget_old_answers(&db).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "old answers to commands are taken away later");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Takes away all answers that are older than thirty days, and answers how many there were.
///
/// # Errors
/// When the database does not answer. What was taken away before stays so.
pub async fn forget_old_answers(db: &Database) -> Result<i64, StoreError> {
    let mut forgotten = 0;
    loop {
        let client = db.get().await?;
        let some = client.query_one("select es.forget_answers($1)", &[&AT_ONCE]).await.map_err(unavailable)?;
        let some: i64 = some.get(0);
        forgotten += some;
        if some < i64::from(AT_ONCE) {
            return Ok(forgotten);
        }
    }
}
