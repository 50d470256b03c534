//! The SQL that sea-orm builds, run over the pool's own connections, in a transaction that says what it may
//! see.

use healthcare_application::StoreError;
use sea_orm::{DbBackend, EntityTrait, QueryTrait, Select, Value};
use tokio_postgres::{Row, types::ToSql};

use crate::database::{Database, Sight};

/// Runs a query of entities within a sight and answers the rows.
///
/// # Errors
/// When the database cannot be reached, or the query binds a type no view uses.
pub async fn select<E: EntityTrait>(db: &Database, sight: &Sight, query: Select<E>) -> Result<Vec<Row>, StoreError> {
    let statement = query.build(DbBackend::Postgres);
    let values = statement.values.map(|values| values.0).unwrap_or_default();
    let values = values.into_iter().map(bind).collect::<Result<Vec<_>, _>>()?;
    let params: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect();
    db.read_as(sight, &statement.sql, &params).await
}

/// A value of sea-orm as the driver takes it.
fn bind(value: Value) -> Result<Box<dyn ToSql + Sync + Send>, StoreError> {
    Ok(match value {
        Value::Bool(v) => Box::new(v),
        Value::SmallInt(v) => Box::new(v),
        Value::Int(v) => Box::new(v),
        Value::BigInt(v) => Box::new(v),
        Value::BigUnsigned(v) => Box::new(v.and_then(|v| i64::try_from(v).ok())),
        Value::String(v) => Box::new(v),
        Value::Uuid(v) => Box::new(v),
        Value::ChronoDate(v) => Box::new(v),
        Value::ChronoDateTimeUtc(v) => Box::new(v),
        other => return Err(StoreError::Damaged(format!("a query binds {other:?}, which no view uses").into())),
    })
}
