//! On which wards somebody works.

use healthcare_application::StoreError;
use healthcare_domain::id::AccountId;

use crate::database::{Database, unavailable};

/// The ward that stands for the whole house: services that serve every ward, such as the laboratory.
pub const WHOLE_HOUSE: &str = "*";

/// Puts an account on a ward from now on. Who is on it already stays.
///
/// # Errors
/// When the database does not answer.
pub async fn put_on_ward(db: &Database, account: AccountId, ward: &str) -> Result<(), StoreError> {
    let client = db.get().await?;
    client
        .execute(
            "insert into access.staff_ward (account_id, ward) select $1, $2
             where not exists (select from access.staff_ward where account_id = $1 and ward = $2 and valid_to is null)",
            &[&account.0, &ward],
        )
        .await
        .map_err(unavailable)?;
    Ok(())
}

/// As [`put_on_ward`], for who is known by the name they sign in with. Nothing happens when there is nobody of the name.
///
/// # Errors
/// When the database does not answer.
pub async fn put_named_on_ward(db: &Database, username: &str, ward: &str) -> Result<(), StoreError> {
    let client = db.get().await?;
    let found = client.query_opt("select id from auth.account where username = $1", &[&username]).await;
    match found.map_err(unavailable)? {
        Some(row) => put_on_ward(db, AccountId(row.get(0)), ward).await,
        None => Ok(()),
    }
}
