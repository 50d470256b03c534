//! Appending: the events, their inline projections, the command log and the judgements, in one transaction and one
//! round trip.

use deadpool_postgres::{GenericClient, Object};
use healthcare_application::{
    StoreError,
    store::{Change, Commit, Committed, EvaluationRecord, RecordClosed},
};
use tokio_postgres::types::{Json, ToSql};
use uuid::Uuid;

use super::{
    Log, answer,
    codec::{self, Codec, Keys, SCHEMA_VERSION},
    group::Slot,
};
use crate::{
    audit,
    database::{Step, constraint, in_one_round_trip, sqlstate, step, unavailable},
    effect, governance, identity,
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

/// What became of commits that were to be stored together.
pub(super) enum Outcome {
    /// They are stored.
    Committed(Vec<Committed>),
    /// Nothing of any was stored: here they are again, each to be tried alone.
    Refused(Vec<Commit>),
    /// The link broke; of so many nobody knows.
    Unknown(usize),
}

/// Appends several commits, each on streams of its own, in one transaction. The slot is free when all is executed and
/// only the disk is waited for.
pub(super) async fn append_together(log: &Log, commits: Vec<Commit>, slot: Option<Slot>) -> Outcome {
    match transaction(log, &commits, slot).await {
        Ok(()) => Outcome::Committed(commits.into_iter().map(|commit| commit.committed).collect()),
        Err(Failed::Link(error)) => {
            tracing::warn!(%error, commits = commits.len(), "the link broke during a commit");
            Outcome::Unknown(commits.len())
        }
        Err(Failed::Refused(_) | Failed::Before(_)) => Outcome::Refused(commits),
    }
}

/// Appends a commit on a connection of its own.
pub(super) async fn append(log: &Log, commit: Commit) -> Result<Committed, StoreError> {
    match transaction(log, std::slice::from_ref(&commit), None).await {
        Ok(()) => Ok(commit.committed),
        Err(Failed::Refused(error)) if constraint(&error) == Some("command_log_pkey") => match &commit.idempotency {
            // The same command was committed before: answer as it was answered.
            Some(key) => answer::find(&log.db, &log.codec, commit.meta.actor, key).await?.ok_or(StoreError::Conflict),
            None => Err(meaning(error)),
        },
        Err(Failed::Refused(error)) => Err(meaning(error)),
        Err(Failed::Link(error)) => Err(unavailable(error)),
        Err(Failed::Before(error)) => Err(error),
    }
}

/// Why a transaction was not committed, as far as is known.
enum Failed {
    /// It was not begun.
    Before(StoreError),
    /// The server refused it: nothing was changed.
    Refused(tokio_postgres::Error),
    /// The link broke on the way: it may have been committed.
    Link(tokio_postgres::Error),
}

/// Stores commits in one transaction and one round trip. The slot is given up when only the commit is to be answered.
async fn transaction(log: &Log, commits: &[Commit], slot: Option<Slot>) -> Result<(), Failed> {
    let stored = store(log, commits, slot).await;
    // Also when nobody knows whether it was stored: what is forgotten is only looked up anew.
    for commit in commits {
        log.standings.forget(&commit.changes);
    }
    stored
}

async fn store(log: &Log, commits: &[Commit], slot: Option<Slot>) -> Result<(), Failed> {
    log.editions.keep(&log.db, commits).await.map_err(Failed::Before)?;
    let keys = keys(&log.codec, commits).await.map_err(Failed::Before)?;
    let statements = statements(&keys, commits).map_err(Failed::Before)?;
    let client = log.db.get().await.map_err(Failed::Before)?;
    let mut prepared = Vec::with_capacity(statements.len());
    for statement in &statements {
        let one = client.prepare_cached(statement.sql).await;
        prepared.push(one.map_err(|error| Failed::Before(unavailable(error)))?);
    }
    let params: Vec<Vec<&(dyn ToSql + Sync)>> = statements.iter().map(Statement::params).collect();
    let mut steps: Vec<Step<'_>> = vec![step(async { client.batch_execute("begin").await.map(|()| 0) })];
    for (statement, params) in prepared.iter().zip(&params) {
        steps.push(step(client.execute(statement, params)));
    }
    if let Some(last) = steps.pop() {
        // Answers come in order: with the last one's, all are there.
        steps.push(step(async {
            let executed = last.await;
            drop(slot);
            executed
        }));
    }
    steps.push(step(async { client.batch_execute("commit").await.map(|()| 0) }));
    let Err(error) = in_one_round_trip(steps).await else { return Ok(()) };
    if error.is_closed() || error.code().is_none() {
        // The connection is not given back.
        drop(Object::take(client));
        return Err(Failed::Link(error));
    }
    Err(Failed::Refused(error))
}

/// What an error of PostgreSQL means to a command.
pub fn meaning(error: tokio_postgres::Error) -> StoreError {
    match (sqlstate(&error), constraint(&error)) {
        (Some("23505"), Some("event_pkey")) => StoreError::Conflict,
        (Some("23502"), _) if is_ahead(&error) => StoreError::Conflict,
        // Serialisation failure, deadlock, and the safety row that moved on: decide again.
        (Some("40001" | "40P01" | "HC001"), _) => StoreError::Conflict,
        (Some("HC002"), _) => closed(error),
        (Some("23505" | "23P01"), Some(constraint)) => StoreError::Exists(constraint.to_owned()),
        _ => unavailable(error),
    }
}

/// What the record of a patient does not take, as `access.ensure_open` says it.
fn closed(error: tokio_postgres::Error) -> StoreError {
    let why = error.as_db_error().and_then(|e| RecordClosed::parse(e.message()));
    why.map_or_else(|| unavailable(error), StoreError::Closed)
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
    keys(codec, std::slice::from_ref(commit)).await
}

/// The keys of all whom the commits are about.
async fn keys(codec: &Codec, commits: &[Commit]) -> Result<Keys, StoreError> {
    let of_changes = commits.iter().flat_map(|commit| &commit.changes).map(|change| change.patient);
    let evaluations = commits.iter().flat_map(|commit| &commit.evaluations);
    codec.keys(of_changes.chain(evaluations.map(|evaluation| Some(evaluation.patient)))).await
}

/// Appends a commit inside a transaction of the caller, for workers whose effect and event are one.
///
/// # Errors
/// As an append; the transaction is then to be rolled back.
pub async fn append_in(tx: &impl GenericClient, keys: &Keys, commit: &Commit) -> Result<(), StoreError> {
    for statement in statements(keys, std::slice::from_ref(commit))? {
        let prepared = tx.prepare_cached(statement.sql).await.map_err(unavailable)?;
        tx.execute(&prepared, &statement.params()).await.map_err(meaning)?;
    }
    Ok(())
}

/// The statements of commits that are stored together, in order. What can be one statement for all of them is one.
fn statements(keys: &Keys, commits: &[Commit]) -> Result<Vec<Statement>, StoreError> {
    let changes: Vec<&Change> = commits.iter().flat_map(|commit| &commit.changes).collect();
    let mut all: Vec<Statement> = identity::claims(commits).into_iter().collect();
    for safety in commits.iter().flat_map(|commit| &commit.safety) {
        all.push(Statement::new("select es.pass_safety($1, $2)").bind(safety.patient.0).bind(safety.expected));
    }
    all.extend(identity::holds(commits));
    all.extend(answer::kept(keys, commits)?);
    all.extend(effect::locks(&changes));
    all.extend(effect::not_closed(&changes));
    all.extend(effect::gate(commits));
    all.push(events(keys, commits)?);
    all.extend(projection::statements(&changes));
    // What is stored together with it counts as well.
    all.extend(effect::laid_down(commits));
    all.extend(projection::relationship::statements(commits));
    all.extend(effect::statements(&changes));
    all.extend(identity::decided(commits));
    all.extend(audit::written(commits));
    for commit in commits {
        for evaluation in &commit.evaluations {
            all.push(evaluated(keys, commit.meta.actor, evaluation)?);
            all.extend(shadowed(keys, evaluation)?);
        }
    }
    all.extend(governance::statements(commits));
    Ok(all)
}

/// What decision support judged.
fn evaluated(keys: &Keys, actor: Uuid, evaluation: &EvaluationRecord) -> Result<Statement, StoreError> {
    let patient = Some(evaluation.patient);
    let seal = |value: &serde_json::Value| {
        codec::seal_bytes(keys, patient, evaluation.id.as_bytes(), value.to_string().as_bytes())
    };
    let insert =
        "insert into es.evaluation (evaluation_id, patient_id, trigger, position, facts, judgements, actor, edition)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    Ok(Statement::new(insert)
        .bind(evaluation.id)
        .bind(evaluation.patient.0)
        .bind(evaluation.trigger.clone())
        .bind(evaluation.position)
        .bind(seal(&evaluation.facts)?)
        .bind(seal(&evaluation.judgements)?)
        .bind(actor)
        .bind(evaluation.edition.as_ref().map(|edition| edition.sha256.clone())))
}

/// What rules in the shadow would have said of it; nothing where they said nothing.
fn shadowed(keys: &Keys, evaluation: &EvaluationRecord) -> Result<Option<Statement>, StoreError> {
    if evaluation.shadow.is_empty() {
        return Ok(None);
    }
    let (mut rule, mut version, mut ward, mut severity) = (vec![], vec![], vec![], vec![]);
    let (mut findings, mut judgement) = (vec![], vec![]);
    for one in &evaluation.shadow {
        rule.push(one.rule.clone());
        version.push(one.version);
        ward.push(one.ward.map(|ward| ward.0));
        severity.push(one.severity.clone());
        findings.push(serde_json::to_string(&one.findings).map_err(|e| StoreError::Damaged(Box::new(e)))?);
        let place = codec::shadow_place(evaluation.id, &one.rule, one.version);
        judgement.push(codec::seal_bytes(
            keys,
            Some(evaluation.patient),
            &place,
            one.judgement.to_string().as_bytes(),
        )?);
    }
    let insert = "insert into es.shadow_judgement
            (evaluation_id, rule, rule_version, patient_id, ward_id, trigger, severity, findings, judgement)
        select $1, r, v, $2, w, $3, s, array(select jsonb_array_elements_text(f::jsonb)::uuid), j
        from unnest($4::text[], $5::int[], $6::uuid[], $7::text[], $8::text[], $9::bytea[]) e(r, v, w, s, f, j)";
    let insert = Statement::new(insert).bind(evaluation.id).bind(evaluation.patient.0).bind(evaluation.trigger.clone());
    Ok(Some(insert.bind(rule).bind(version).bind(ward).bind(severity).bind(findings).bind(judgement)))
}

/// One insert for all events of all streams.
fn events(keys: &Keys, commits: &[Commit]) -> Result<Statement, StoreError> {
    let mut columns = Columns::default();
    for (commit, change) in commits.iter().flat_map(|commit| commit.changes.iter().map(move |change| (commit, change)))
    {
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
