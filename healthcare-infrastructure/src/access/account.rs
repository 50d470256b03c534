//! Accounts: who can sign in, and as what.

use healthcare_application::{Role, StoreError};
use healthcare_domain::id::{AccountId, DeviceId, PatientId};
use serde::Serialize;
use tokio_postgres::Row;
use uuid::Uuid;

use super::Access;
use crate::database::{sqlstate, unavailable};

/// An account.
#[derive(Debug, Clone, Serialize)]
pub struct Account {
    /// Its identity.
    pub id: AccountId,
    /// The name to sign in with, lower case.
    pub username: String,
    /// What it is in the house.
    pub role: Role,
    /// The patient it belongs to, for the role `patient`.
    pub patient: Option<PatientId>,
    /// The device it belongs to, for the role `device`.
    pub device: Option<DeviceId>,
    /// Whether it may sign in.
    pub enabled: bool,
}

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The name to sign in with; kept in lower case.
    pub username: String,
    /// What it is in the house.
    pub role: Role,
    /// The patient it belongs to.
    pub patient: Option<PatientId>,
    /// The device it belongs to.
    pub device: Option<DeviceId>,
}

/// Why an account was not made.
#[derive(Debug, thiserror::Error)]
pub enum CreateAccountError {
    /// The name is taken.
    #[error("the user name is taken")]
    Taken,
    /// The name is blank or too long.
    #[error("a user name has 1 to 100 characters without white space")]
    BadName,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Access {
    /// Makes an account that cannot sign in until it is activated.
    ///
    /// # Errors
    /// When the name is taken or none, or the database cannot be reached.
    pub async fn create_account(&self, new: NewAccount) -> Result<AccountId, CreateAccountError> {
        let username = new.username.trim().to_lowercase();
        if username.is_empty() || username.chars().count() > 100 || username.chars().any(char::is_whitespace) {
            return Err(CreateAccountError::BadName);
        }
        let id = self.clock.new_id();
        let (patient, device) = (new.patient.map(|p| p.0), new.device.map(|d| d.0));
        let outcome = self
            .client()
            .await?
            .execute(
                "insert into auth.account (id, username, role, patient_id, device_id) values ($1, $2, $3, $4, $5)",
                &[&id, &username, &new.role.as_str(), &patient, &device],
            )
            .await;
        match outcome {
            Ok(_) => Ok(AccountId(id)),
            Err(e) if sqlstate(&e) == Some("23505") => Err(CreateAccountError::Taken),
            Err(e) => Err(unavailable(e).into()),
        }
    }

    /// The account of this name, with its password hash.
    pub(super) async fn find(&self, username: &str) -> Result<Option<(Account, Option<String>)>, StoreError> {
        let row = self
            .client()
            .await?
            .query_opt(&format!("{SELECT} where username = $1"), &[&username.trim().to_lowercase()])
            .await
            .map_err(unavailable)?;
        row.map(|row| Ok((account_of(&row)?, row.get(6)))).transpose()
    }

    /// The account of this identity.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn account(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        let row =
            self.client().await?.query_opt(&format!("{SELECT} where id = $1"), &[&id.0]).await.map_err(unavailable)?;
        row.map(|row| account_of(&row)).transpose()
    }

    /// How many accounts there are; none at the very first start.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn count_accounts(&self) -> Result<i64, StoreError> {
        let row =
            self.client().await?.query_one("select count(*) from auth.account", &[]).await.map_err(unavailable)?;
        Ok(row.get(0))
    }
}

const SELECT: &str = "select id, username, role, patient_id, device_id, enabled, password_hash from auth.account";

fn account_of(row: &Row) -> Result<Account, StoreError> {
    Ok(Account {
        id: AccountId(row.get(0)),
        username: row.get(1),
        role: row.get::<_, &str>(2).parse().map_err(|e| StoreError::Damaged(Box::new(e)))?,
        patient: row.get::<_, Option<Uuid>>(3).map(PatientId),
        device: row.get::<_, Option<Uuid>>(4).map(DeviceId),
        enabled: row.get(5),
    })
}
