//! Whether who follows still may.

use healthcare_application::{Actor, StoreError};

use crate::database::{Database, unavailable};

/// Whether the account is enabled and still is what it was when it signed in.
///
/// # Errors
/// When the database cannot be reached.
pub async fn still_stands(db: &Database, actor: &Actor) -> Result<bool, StoreError> {
    let client = db.get().await?;
    let statement = client
        .prepare_cached(
            "select exists (select from auth.account
                 where id = $1 and enabled and role = $2 and patient_id is not distinct from $3)",
        )
        .await
        .map_err(unavailable)?;
    let patient = actor.patient.map(|patient| patient.0);
    let row = client.query_one(&statement, &[&actor.account.0, &actor.role.as_str(), &patient]).await;
    Ok(row.map_err(unavailable)?.get(0))
}
