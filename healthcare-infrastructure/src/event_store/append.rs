//! Appending: the events, their inline projections, the command log and the judgements, in one transaction and one
//! round trip.

use deadpool_postgres::{GenericClient, Object};
use healthcare_application::{
    StoreError,
    store::{Commit, Committed, EventStore as _},
};
use tokio_postgres::types::{Json, ToSql};
use uuid::Uuid;

use super::{
    PgEventStore,
    codec::{self, Codec, Keys, SCHEMA_VERSION},
};
use crate::{
    database::{Database, Step, constraint, in_one_round_trip, sqlstate, step, unavailable},
    effect,
    projection::{self, Statement},
};

/// The version of an event whose predecessor is not there becomes null, which the table refuses: an expected version
/// ahead of the head would leave a gap in the stream.
const INSERT_EVENTS: &str = "insert into es.event
    (stream_id, version, patient_id, stream_type, event_type, schema_ver, occurred_at, known_at, payload, meta)
    select s, case when h = 0 or exists (select from es.event x where x.stream_id = s and x.version = h) then v end,
        p, st, et, $5, oc, kn, pl, m
    from unnest($1::uuid[], $2::int[], $3::uuid[], $4::text[], $6::text[], $7::timestamptz[], $8::timestamptz[],
                $9::bytea[], $10::jsonb[], $11::int[]) with ordinality e(s, v, p, st, et, oc, kn, pl, m, h, ord)
    order by ord";

/// Appends a commit on a connection of its own.
pub(super) async fn append(db: &Database, codec: &Codec, commit: Commit) -> Result<Committed, StoreError> {
    let keys = prepare(codec, &commit).await?;
    let client = db.get().await?;
    let statements = statements(&keys, &commit)?;
    let mut prepared = Vec::with_capacity(statements.len());
    for statement in &statements {
        prepared.push(client.prepare_cached(statement.sql).await.map_err(unavailable)?);
    }
    let params: Vec<Vec<&(dyn ToSql + Sync)>> = statements.iter().map(Statement::params).collect();
    let mut steps: Vec<Step<'_>> = vec![step(async { client.batch_execute("begin").await.map(|()| 0) })];
    for (statement, params) in prepared.iter().zip(&params) {
        steps.push(step(client.execute(statement, params)));
    }
    steps.push(step(async { client.batch_execute("commit").await.map(|()| 0) }));
    let outcome = in_one_round_trip(steps).await;
    match outcome {
        Ok(_) => Ok(commit.committed),
        Err(error) => refused(db, codec, client, commit, error).await,
    }
}

/// What an error of the transaction means. Nothing was changed.
async fn refused(
    db: &Database,
    codec: &Codec,
    client: Object,
    commit: Commit,
    error: tokio_postgres::Error,
) -> Result<Committed, StoreError> {
    if error.is_closed() || error.code().is_none() {
        // The link broke: the connection is not given back.
        drop(Object::take(client));
        return Err(unavailable(error));
    }
    drop(client);
    if constraint(&error) == Some("command_log_pkey")
        && let Some(idempotency) = &commit.idempotency
    {
        // The same command was committed a moment ago: answer as it was answered.
        let store = PgEventStore { db: db.clone(), codec: codec.clone(), appended: std::sync::Arc::default() };
        return store.answered(commit.meta.actor, idempotency).await?.ok_or(StoreError::Conflict);
    }
    Err(meaning(error))
}

/// What an error of PostgreSQL means to a command.
pub fn meaning(error: tokio_postgres::Error) -> StoreError {
    match (sqlstate(&error), constraint(&error)) {
        (Some("23505"), Some("event_pkey")) => StoreError::Conflict,
        (Some("23502"), _) if is_ahead(&error) => StoreError::Conflict,
        // Serialisation failure, deadlock, and the safety row that moved on: decide again.
        (Some("40001" | "40P01" | "HC001"), _) => StoreError::Conflict,
        (Some("23505" | "23P01"), Some(constraint)) => StoreError::Exists(constraint.to_owned()),
        _ => unavailable(error),
    }
}

/// Whether the expected version lay ahead of the head of the stream.
fn is_ahead(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|e| e.table() == Some("event") && e.column() == Some("version"))
}

/// Fetches the keys a commit needs. To be called before the transaction, for it may write to the vault.
///
/// # Errors
/// When the vault cannot be reached.
pub async fn prepare(codec: &Codec, commit: &Commit) -> Result<Keys, StoreError> {
    let of_changes = commit.changes.iter().map(|change| change.patient);
    let of_evaluations = commit.evaluations.iter().map(|evaluation| Some(evaluation.patient));
    codec.keys(of_changes.chain(of_evaluations)).await
}

/// Appends a commit inside a transaction of the caller, for workers whose effect and event are one.
///
/// # Errors
/// As an append; the transaction is then to be rolled back.
pub async fn append_in(tx: &impl GenericClient, keys: &Keys, commit: &Commit) -> Result<(), StoreError> {
    for statement in statements(keys, commit)? {
        let prepared = tx.prepare_cached(statement.sql).await.map_err(unavailable)?;
        tx.execute(&prepared, &statement.params()).await.map_err(meaning)?;
    }
    Ok(())
}

/// The statements of a commit, in order.
fn statements(keys: &Keys, commit: &Commit) -> Result<Vec<Statement>, StoreError> {
    let mut all = Vec::new();
    for safety in &commit.safety {
        all.push(Statement::new("select es.pass_safety($1, $2)").bind(safety.patient.0).bind(safety.expected));
    }
    if let Some(idempotency) = &commit.idempotency {
        let committed = serde_json::to_value(&commit.committed).map_err(|e| StoreError::Damaged(Box::new(e)))?;
        all.push(
            Statement::new("insert into es.command_log (actor, key, request_hash, committed) values ($1, $2, $3, $4)")
                .bind(commit.meta.actor)
                .bind(idempotency.key.clone())
                .bind(idempotency.request_hash.clone())
                .bind(Json(committed)),
        );
    }
    all.extend(effect::locks(&commit.changes));
    all.push(events(keys, commit)?);
    all.extend(projection::statements(&commit.changes));
    all.extend(effect::statements(&commit.changes));
    for evaluation in &commit.evaluations {
        let patient = Some(evaluation.patient);
        let seal = |value: &serde_json::Value| {
            codec::seal_bytes(keys, patient, evaluation.id.as_bytes(), value.to_string().as_bytes())
        };
        all.push(
            Statement::new(
                "insert into es.evaluation (evaluation_id, patient_id, trigger, position, facts, judgements, actor)
                 values ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(evaluation.id)
            .bind(evaluation.patient.0)
            .bind(evaluation.trigger.clone())
            .bind(evaluation.position)
            .bind(seal(&evaluation.facts)?)
            .bind(seal(&evaluation.judgements)?)
            .bind(commit.meta.actor),
        );
    }
    Ok(all)
}

/// One insert for all events of all streams.
fn events(keys: &Keys, commit: &Commit) -> Result<Statement, StoreError> {
    let mut columns = Columns::default();
    for change in &commit.changes {
        let mut meta = commit.meta.clone();
        if change.source.is_some() {
            meta.source.clone_from(&change.source);
        }
        let meta = serde_json::to_value(&meta).map_err(|e| StoreError::Damaged(Box::new(e)))?;
        for (n, new) in change.events.iter().enumerate() {
            let version = change.expected + 1 + i32::try_from(n).unwrap_or(i32::MAX);
            columns.stream.push(change.id);
            columns.version.push(version);
            columns.expected.push(change.expected);
            columns.patient.push(change.patient.map(|p| p.0));
            columns.stream_type.push(new.event.stream_type().as_str());
            columns.event_type.push(new.event.kind());
            columns.occurred_at.push(new.occurred_at);
            columns.known_at.push(new.known_at);
            columns.payload.push(codec::seal(keys, change.patient, change.id, version, &new.event)?);
            columns.meta.push(Json(meta.clone()));
        }
    }
    Ok(Statement::new(INSERT_EVENTS)
        .bind(columns.stream)
        .bind(columns.version)
        .bind(columns.patient)
        .bind(columns.stream_type)
        .bind(SCHEMA_VERSION)
        .bind(columns.event_type)
        .bind(columns.occurred_at)
        .bind(columns.known_at)
        .bind(columns.payload)
        .bind(columns.meta)
        .bind(columns.expected))
}

/// The columns of the events of a commit.
#[derive(Default)]
struct Columns {
    stream: Vec<Uuid>,
    version: Vec<i32>,
    expected: Vec<i32>,
    patient: Vec<Option<Uuid>>,
    stream_type: Vec<&'static str>,
    event_type: Vec<&'static str>,
    occurred_at: Vec<chrono::DateTime<chrono::Utc>>,
    known_at: Vec<chrono::DateTime<chrono::Utc>>,
    payload: Vec<Vec<u8>>,
    meta: Vec<Json<serde_json::Value>>,
}
