//! Accounts as who signs in sees them: the projection of their streams.

use std::net::IpAddr;

use chrono::Duration;
use healthcare_application::{Role, StoreError, store::Meta};
use healthcare_domain::{
    account::{AccountError, NewAccount as NewStream, RoleName, StaffProfile, sign_in_name},
    id::{AccountId, DeviceId, PatientId},
};
use serde::Serialize;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Access, record::RecordError};
use crate::database::unavailable;

/// How long an address counts as one the account signs in from.
const KNOWN_DAYS: i64 = 90;

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

/// An account to be made by the system itself: the first administrator, those of a demonstration.
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
    /// It cannot be such an account.
    #[error(transparent)]
    Refused(AccountError),
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An account with what is secret of it.
pub(super) struct Found {
    pub(super) account: Account,
    pub(super) hash: Option<String>,
    /// Whether the account has signed in from the address before.
    pub(super) known_here: bool,
}

impl Access {
    /// Makes an account that cannot sign in until it is activated.
    ///
    /// # Errors
    /// When the name is taken or none, or the database cannot be reached.
    pub async fn create_account(&self, new: NewAccount) -> Result<AccountId, CreateAccountError> {
        self.create_account_of(new, None).await
    }

    /// As [`Access::create_account`], with the person behind it.
    ///
    /// # Errors
    /// As [`Access::create_account`].
    pub async fn create_account_of(
        &self,
        new: NewAccount,
        profile: Option<StaffProfile>,
    ) -> Result<AccountId, CreateAccountError> {
        let NewAccount { username, role, patient, device } = new;
        let new = NewStream { username, role: RoleName(role.as_str().into()), profile, patient, device };
        let (id, now) = (AccountId(self.clock.new_id()), self.clock.now());
        let system = Meta { role: "system".into(), ..Meta::default() };
        let mut client = self.client().await?;
        let tx = client.transaction().await.map_err(unavailable)?;
        match self.record(&tx, id, system, |account| account.create(new, now)).await {
            Ok(_) => tx.commit().await.map_err(unavailable)?,
            Err(RecordError::Store(StoreError::Exists(rule))) if rule == "account_username_key" => {
                return Err(CreateAccountError::Taken);
            }
            Err(RecordError::Refused(refused)) => return Err(CreateAccountError::Refused(refused)),
            Err(RecordError::Store(error)) => return Err(error.into()),
        }
        self.store.has_appended();
        Ok(id)
    }

    /// The account of this name, with its password's hash. An unknown name costs the same query.
    pub(super) async fn find(&self, username: &str, from: Option<IpAddr>) -> Result<Option<Found>, StoreError> {
        let select = format!(
            "{SELECT}, c.password_hash, exists (select from auth.session s
                 where s.account_id = a.id and s.address = $2 and s.begun_at > $3)
             from auth.account a left join auth.credential c on c.account_id = a.id
             where a.username in ($1, $4) order by a.username = $4 desc limit 1"
        );
        let since = self.clock.now() - Duration::days(KNOWN_DAYS);
        let from = from.map(|address| address.to_string());
        // No text of PostgreSQL holds a zero byte: it would refuse the query.
        let kept = |name: String| name.replace('\0', "\u{fffd}");
        // What an earlier release kept as it was typed is still found as it is typed, whoever has come since.
        let (one_form, typed) = (kept(sign_in_name(username)), kept(username.trim().to_lowercase()));
        let client = self.client().await?;
        let select = client.prepare_cached(&select).await.map_err(unavailable)?;
        let row = client.query_opt(&select, &[&one_form, &from, &since, &typed]).await.map_err(unavailable)?;
        row.map(|row| Ok(Found { account: account_of(&row)?, hash: row.get(6), known_here: row.get(7) })).transpose()
    }

    /// Whose name this is, whether or not they may sign in.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn whose(&self, username: &str) -> Result<Option<AccountId>, StoreError> {
        Ok(self.find(username, None).await?.map(|found| found.account.id))
    }

    /// The account of this identity.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn account(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        let select = format!("{SELECT} from auth.account a where id = $1");
        let row = self.client().await?.query_opt(&select, &[&id.0]).await.map_err(unavailable)?;
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

/// What [`account_of`] reads, of `auth.account` as `a`.
pub(super) const SELECT: &str = "select a.id, a.username, a.role, a.patient_id, a.device_id, a.enabled";

/// Reads a row of [`SELECT`].
pub(super) fn account_of(row: &Row) -> Result<Account, StoreError> {
    Ok(Account {
        id: AccountId(row.get(0)),
        username: row.get(1),
        role: row.get::<_, &str>(2).parse().map_err(|e| StoreError::Damaged(Box::new(e)))?,
        patient: row.get::<_, Option<Uuid>>(3).map(PatientId),
        device: row.get::<_, Option<Uuid>>(4).map(DeviceId),
        enabled: row.get(5),
    })
}
