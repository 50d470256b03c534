//! Writing a plan: its events, their projections and the identities, in one transaction.

use healthcare_application::{
    StoreError,
    store::{Commit, Committed, Safety},
};
use uuid::Uuid;

use super::{ImportContext, plan::Plan};
use crate::{
    database::{sqlstate, unavailable},
    event_store::{append_in, prepare},
    projection::Statement,
};

/// Writes a plan.
///
/// # Errors
/// `Conflict` when something moved on since the plan was made; otherwise as an append. Nothing was changed then.
pub async fn store(context: &ImportContext, plan: Plan) -> Result<(), StoreError> {
    let Plan { changes, names, second_names, moved_names, safety, verdicts: _, disputed: _, left: _ } = plan;
    if changes.is_empty() && names.is_empty() && second_names.is_empty() && moved_names.is_empty() {
        return Ok(());
    }
    let commit = Commit {
        changes,
        meta: context.meta.clone(),
        idempotency: None,
        committed: Committed { id: Uuid::nil(), version: 0, extra: None, replayed: false },
        // In the order of their ids, so that two imports do not wait for each other in a circle.
        safety: safety.into_iter().map(|patient| Safety { patient, expected: None }).collect(),
        evaluations: vec![],
    };
    let keys = prepare(context.store.codec(), &commit).await?;
    let mut client = context.store.database().get().await?;
    let tx = client.transaction().await.map_err(unavailable)?;
    let expected = names.len();
    let run = async |statement: Statement| {
        let prepared = tx.prepare_cached(statement.sql).await.map_err(meaning)?;
        tx.execute(&prepared, &statement.params()).await.map_err(meaning)
    };
    if run(names.into_names()).await? != expected as u64 {
        return Err(StoreError::Conflict);
    }
    run(second_names.into_second_names()).await?;
    run(moved_names.into_moved_names()).await?;
    if !commit.changes.is_empty() {
        append_in(&tx, &keys, &commit).await?;
    }
    let stored = tx.commit().await.map_err(meaning);
    // Also when nobody knows whether it was stored.
    context.store.standings().forget(&commit.changes);
    stored
}

/// What an error of the identity table means.
fn meaning(error: tokio_postgres::Error) -> StoreError {
    match sqlstate(&error) {
        Some("40001" | "40P01" | "23505") => StoreError::Conflict,
        _ => unavailable(error),
    }
}

/// Whether another try of the very same batch can end differently.
pub fn is_passing(error: &StoreError) -> bool {
    match error {
        StoreError::Conflict | StoreError::Exists(_) => true,
        StoreError::Unavailable(cause) => !is_about_data(&**cause),
        StoreError::KeyReused
        | StoreError::Foreign
        | StoreError::OutOfRange
        | StoreError::Closed(_)
        | StoreError::Damaged(_) => false,
    }
}

/// Whether the database is gone, so that going on with other resources makes no sense.
pub fn is_gone(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable(cause) if !is_about_data(&**cause))
}

/// Classes 22 and 23: a value the database cannot hold, e.g. a NUL within a name.
fn is_about_data(cause: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    let state = cause.downcast_ref::<tokio_postgres::Error>().and_then(sqlstate);
    state.is_some_and(|state| state.starts_with("22") || state.starts_with("23"))
}
