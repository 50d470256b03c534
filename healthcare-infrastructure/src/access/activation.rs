//! One-time links by which somebody chooses the password of their own account. A link is no way around the second
//! factor: it tells a new one only where none was ever shown.

use chrono::{DateTime, Duration, Utc};
use healthcare_application::{Role, StoreError, store::Meta};
use healthcare_domain::{account::AccountError, id::AccountId};
use secrecy::SecretString;
use uuid::Uuid;

use super::{
    Access, Enrolment, Origin, PasswordError, check_password,
    hashing::HashingError,
    password::Owner,
    record::RecordError,
    second_factor::{Enrolled, own},
    token,
};
use crate::database::unavailable;

/// How long a link lives.
pub const LINK_HOURS: i64 = 24;

/// Why an account was not activated.
#[derive(Debug, thiserror::Error)]
pub enum ActivationError {
    /// The link is unknown, used or expired, or the account may not sign in.
    #[error("the activation link is not valid any more")]
    Refused,
    /// The password is not taken.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<RecordError> for ActivationError {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Refused(_) => Self::Refused,
            RecordError::Store(error) => error.into(),
        }
    }
}

impl From<HashingError> for ActivationError {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Busy(busy) => PasswordError::Busy(busy).into(),
            HashingError::Store(error) => error.into(),
        }
    }
}

/// Why no link was made out.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// There is no such account, or it may not sign in.
    #[error(transparent)]
    Refused(#[from] AccountError),
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A link, told once.
#[derive(Clone)]
pub struct Link {
    /// What it is redeemed with.
    pub token: String,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// A link as it was found, not yet used.
struct Unused {
    account: AccountId,
    username: String,
    role: Role,
    name: Option<String>,
}

impl Access {
    /// A token that lets its bearer choose the account's password, once, within a day.
    ///
    /// # Errors
    /// When there is no such account, it is disabled, or the database cannot be reached.
    pub async fn activation_token(&self, account: AccountId) -> Result<String, LinkError> {
        let system = Meta { role: "system".into(), ..Meta::default() };
        self.activation_link(account, system).await.map(|link| link.token)
    }

    /// As [`Access::activation_token`], made out by somebody. Links made out before are void.
    ///
    /// # Errors
    /// As [`Access::activation_token`].
    pub async fn activation_link(&self, account: AccountId, by: Meta) -> Result<Link, LinkError> {
        let (token, kept) = token::secret();
        let expires_at = self.clock.now() + Duration::hours(LINK_HOURS);
        let mut client = self.client().await?;
        let tx = client.transaction().await.map_err(unavailable)?;
        match self.record(&tx, account, by, |state| state.issue_activation(expires_at)).await {
            Ok(_) => {}
            Err(RecordError::Refused(refused)) => return Err(refused.into()),
            Err(RecordError::Store(error)) => return Err(error.into()),
        }
        let void = "update auth.activation set used_at = $2 where account_id = $1 and used_at is null";
        tx.execute(void, &[&account.0, &self.clock.now()]).await.map_err(unavailable)?;
        tx.execute(
            "insert into auth.activation (token_hash, account_id, expires_at) values ($1, $2, $3)",
            &[&kept, &account.0, &expires_at],
        )
        .await
        .map_err(unavailable)?;
        tx.commit().await.map_err(unavailable)?;
        self.store.has_appended();
        Ok(Link { token, expires_at })
    }

    /// Sets the password of the account a token was made for, and tells a second factor where one is needed and none
    /// was shown yet.
    ///
    /// # Errors
    /// When the token is not valid any more, the password is not taken, or the database cannot be reached.
    pub async fn activate(
        &self,
        activation_token: &str,
        password: SecretString,
    ) -> Result<Option<Enrolment>, ActivationError> {
        self.activate_from(activation_token, password, &Origin::default()).await
    }

    /// As [`Access::activate`], by somebody's request.
    ///
    /// # Errors
    /// As [`Access::activate`].
    pub async fn activate_from(
        &self,
        activation_token: &str,
        password: SecretString,
        origin: &Origin,
    ) -> Result<Option<Enrolment>, ActivationError> {
        let digest = token::digest(activation_token).to_vec();
        let Unused { account, username, role, name } = self.unused_link(&digest).await?;
        let mut client = self.client().await?;
        let second_factor = self.policy.requires(role) || {
            let tx = client.transaction().await.map_err(unavailable)?;
            self.enrolled(&tx, account).await? == Enrolled::Confirmed
        };
        check_password(&password, &Owner { username: &username, name: name.as_deref(), second_factor })?;
        let hash = self.hashing.hash(&password).await?;
        let tx = client.transaction().await.map_err(unavailable)?;
        let meta = own(account.0, role, origin.request);
        self.record(&tx, account, meta, |state| state.activate()).await?;
        let use_up = "update auth.activation set used_at = $2
             where token_hash = $1 and used_at is null and expires_at > $2";
        if tx.execute(use_up, &[&digest, &self.clock.now()]).await.map_err(unavailable)? == 0 {
            return Err(ActivationError::Refused);
        }
        tx.execute(
            "insert into auth.credential (account_id, password_hash, password_set_at) values ($1, $2, $3)
             on conflict (account_id) do update set password_hash = excluded.password_hash,
                 password_set_at = excluded.password_set_at",
            &[&account.0, &hash, &self.clock.now()],
        )
        .await
        .map_err(unavailable)?;
        let enrolment = match self.enrolled(&tx, account).await? {
            Enrolled::No | Enrolled::Pending if self.policy.requires(role) => {
                Some(self.make_out(&tx, account, &username).await?)
            }
            Enrolled::No | Enrolled::Pending | Enrolled::Confirmed => None,
        };
        tx.commit().await.map_err(unavailable)?;
        self.store.has_appended();
        self.revocations.look();
        Ok(enrolment)
    }

    /// Whose link it is, if it works.
    async fn unused_link(&self, digest: &[u8]) -> Result<Unused, ActivationError> {
        let select = "select a.id, a.username, a.role, e.body::jsonb #>> '{profile,name}'
             from auth.activation l join auth.account a on a.id = l.account_id
             left join read.entry e on e.id = a.id and e.item = 0
             where l.token_hash = $1 and l.used_at is null and l.expires_at > $2 and a.enabled";
        let client = self.client().await?;
        let row = client.query_opt(select, &[&digest, &self.clock.now()]).await.map_err(unavailable)?;
        let row = row.ok_or(ActivationError::Refused)?;
        Ok(Unused {
            account: AccountId(row.get::<_, Uuid>(0)),
            username: row.get(1),
            role: row.get::<_, &str>(2).parse().map_err(|e| StoreError::Damaged(Box::new(e)))?,
            name: row.get(3),
        })
    }
}
