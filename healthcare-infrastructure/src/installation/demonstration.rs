//! The mark of a demonstration.

use healthcare_application::StoreError;

use crate::database::{Database, sqlstate, unavailable};

/// A database that is marked as a demonstration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demonstration {
    /// Whether its patients have been put in place.
    pub furnished: bool,
}

/// Why a database does not become a demonstration.
#[derive(Debug, thiserror::Error)]
pub enum MarkError {
    /// It holds events or accounts, and is not one.
    #[error("the database holds data and is no demonstration: it is left alone")]
    RealData,
    /// It cannot be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The demonstration this database is, if it is one.
///
/// # Errors
/// When the database cannot be reached.
pub async fn demonstration(db: &Database) -> Result<Option<Demonstration>, StoreError> {
    let client = db.get().await?;
    let row = client.query_opt("select furnished_at is not null from system.installation", &[]).await;
    Ok(row.map_err(unavailable)?.map(|row| Demonstration { furnished: row.get(0) }))
}

/// Marks an empty database as a demonstration; one that is marked stays as it is.
///
/// # Errors
/// When it holds data without being marked, or cannot be reached.
pub async fn mark_demonstration(db: &Database) -> Result<Demonstration, MarkError> {
    if let Some(marked) = demonstration(db).await? {
        return Ok(marked);
    }
    let client = db.get().await?;
    let sql = "insert into system.installation (demonstration) values (true) on conflict do nothing";
    match client.execute(sql, &[]).await {
        Ok(_) => Ok(Demonstration { furnished: false }),
        Err(e) if sqlstate(&e) == Some("HC030") => Err(MarkError::RealData),
        Err(e) => Err(unavailable(e).into()),
    }
}

/// Remembers that the patients are in place.
///
/// # Errors
/// When the database cannot be reached.
pub async fn furnished(db: &Database) -> Result<(), StoreError> {
    let client = db.get().await?;
    let sql = "update system.installation set furnished_at = clock_timestamp() where furnished_at is null";
    client.execute(sql, &[]).await.map_err(unavailable)?;
    Ok(())
}
