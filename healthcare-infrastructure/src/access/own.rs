//! What the owner of a session does with their own account: step up, change the password, enrol a second factor.

use healthcare_application::{Actor, StoreError, access::Strength, store::Meta};
use healthcare_domain::account::AccountEvent;
use secrecy::SecretString;

use super::{
    Access, Code, Enrolment, Origin, PasswordError,
    account::Found,
    check_password,
    hashing::HashingError,
    password::Owner,
    record::RecordError,
    second_factor::{Enrolled, own},
    throttle::TooMany,
};
use crate::database::unavailable;

/// Why somebody could not do it to their own account.
#[derive(Debug, thiserror::Error)]
pub enum OwnError {
    /// The password or code is wrong, or the session has ended meanwhile.
    #[error("the password or code is wrong")]
    Refused,
    /// The new password is not taken.
    #[error(transparent)]
    Password(PasswordError),
    /// There is a second factor already.
    #[error("there is a second factor already; an identity manager removes a lost one")]
    HasSecondFactor,
    /// There is none.
    #[error("there is no second factor")]
    NoSecondFactor,
    /// Too many attempts.
    #[error("too many attempts; try again in {0} s")]
    Throttled(u64),
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<TooMany> for OwnError {
    fn from(TooMany(seconds): TooMany) -> Self {
        Self::Throttled(seconds)
    }
}

impl From<HashingError> for OwnError {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Busy(_) => Self::Throttled(1),
            HashingError::Store(error) => error.into(),
        }
    }
}

impl From<RecordError> for OwnError {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Refused(_) => Self::Refused,
            RecordError::Store(error) => error.into(),
        }
    }
}

/// An access token of a session that was stepped up.
#[derive(Clone)]
pub struct SteppedUp {
    /// For the `Authorization: Bearer` header, in place of the one before.
    pub access_token: String,
    /// Seconds until it expires.
    pub expires_in: i64,
}

impl Access {
    /// Shows the second factor again; the session counts as stepped up for five minutes.
    ///
    /// # Errors
    /// When the code is wrong or was used, there were too many attempts, or the database cannot be reached.
    pub async fn step_up(&self, actor: &Actor, code: SecretString, origin: &Origin) -> Result<SteppedUp, OwnError> {
        let session = actor.session.ok_or(OwnError::Refused)?;
        let attempt = self.throttle.begin("step-up", &session.to_string(), None, false).await?;
        let outcome = async {
            let mut client = self.client().await?;
            let tx = client.transaction().await.map_err(unavailable)?;
            let account = self.standing(&tx, actor.account).await?.ok_or(OwnError::Refused)?;
            match self.enrolled(&tx, account.id).await? {
                Enrolled::No => return Err(OwnError::NoSecondFactor),
                Enrolled::Pending | Enrolled::Confirmed => {}
            }
            let meta = own(account.id.0, account.role, origin.request);
            if !self.take(&tx, account.id, &meta, &Code::Totp(code)).await? {
                return Err(OwnError::Refused);
            }
            let at = self.clock.now();
            let stepped = "update auth.session set second_factor_at = $3
                 where id = $1 and account_id = $2 and ended_at is null and expires_at > $3 returning expires_at";
            let open = tx.query_opt(stepped, &[&session, &account.id.0, &at]).await.map_err(unavailable)?;
            let session_ends = open.ok_or(OwnError::Refused)?.get(0);
            let strength = Strength::SecondFactor { at };
            let (access_token, expires_in) = self.access_token(&account, session, strength, session_ends)?;
            tx.commit().await.map_err(unavailable)?;
            self.store.has_appended();
            Ok(SteppedUp { access_token, expires_in })
        };
        let outcome = outcome.await;
        match &outcome {
            Ok(_) => attempt.succeeded().await,
            Err(OwnError::Refused) => attempt.failed().await,
            Err(_) => {}
        }
        outcome
    }

    /// Chooses another password, with the one before. The other sessions of the account end.
    ///
    /// # Errors
    /// When the old password is wrong, the new one is not taken, there were too many attempts, or the database cannot be
    /// reached.
    pub async fn change_password(
        &self,
        actor: &Actor,
        old: SecretString,
        new: SecretString,
        origin: &Origin,
    ) -> Result<(), OwnError> {
        let old_hash = self.confirm(actor, &old).await?;
        let account = self.account(actor.account).await?.ok_or(OwnError::Refused)?;
        let mut client = self.client().await?;
        let second_factor = self.policy.requires(account.role) || {
            let tx = client.transaction().await.map_err(unavailable)?;
            self.enrolled(&tx, account.id).await? == Enrolled::Confirmed
        };
        let name = "select body::jsonb #>> '{profile,name}' from read.entry where id = $1 and item = 0";
        let name = client.query_opt(name, &[&account.id.0]).await.map_err(unavailable)?;
        let name: Option<String> = name.and_then(|row| row.get(0));
        let owner = Owner { username: &account.username, name: name.as_deref(), second_factor };
        check_password(&new, &owner).map_err(OwnError::Password)?;
        let hash = self.hashing.hash(&new).await?;
        let tx = client.transaction().await.map_err(unavailable)?;
        let meta = own(account.id.0, account.role, origin.request);
        self.record(&tx, account.id, meta, |state| state.change_password(actor.session)).await?;
        let change = "update auth.credential set password_hash = $3, password_set_at = $4
             where account_id = $1 and password_hash = $2";
        let now = self.clock.now();
        if tx.execute(change, &[&account.id.0, &old_hash, &hash, &now]).await.map_err(unavailable)? == 0 {
            return Err(OwnError::Refused);
        }
        tx.commit().await.map_err(unavailable)?;
        self.store.has_appended();
        self.revocations.look();
        Ok(())
    }

    /// Tells a second factor to who may choose to have one. It counts once a code was shown.
    ///
    /// # Errors
    /// When the password is wrong, there is one already, there were too many attempts, or the database cannot be
    /// reached.
    pub async fn enrol_second_factor(&self, actor: &Actor, password: SecretString) -> Result<Enrolment, OwnError> {
        self.confirm(actor, &password).await?;
        let mut client = self.client().await?;
        let tx = client.transaction().await.map_err(unavailable)?;
        let account = self.standing(&tx, actor.account).await?.ok_or(OwnError::Refused)?;
        if self.enrolled(&tx, account.id).await? == Enrolled::Confirmed {
            return Err(OwnError::HasSecondFactor);
        }
        let enrolment = self.make_out(&tx, account.id, &account.username).await?;
        tx.commit().await.map_err(unavailable)?;
        Ok(enrolment)
    }

    /// New recovery codes in place of those there are, for who has just shown the second factor.
    ///
    /// # Errors
    /// When there is no second factor, or the database cannot be reached.
    pub async fn renew_recovery_codes(&self, actor: &Actor, origin: &Origin) -> Result<Vec<String>, OwnError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await.map_err(unavailable)?;
        let account = self.standing(&tx, actor.account).await?.ok_or(OwnError::Refused)?;
        if self.enrolled(&tx, account.id).await? != Enrolled::Confirmed {
            return Err(OwnError::NoSecondFactor);
        }
        let codes = self.new_recovery_codes(&tx, account.id).await?;
        let meta: Meta = own(account.id.0, account.role, origin.request);
        let count = u32::try_from(codes.len()).unwrap_or(u32::MAX);
        self.note(&tx, account.id, &meta, vec![AccountEvent::RecoveryCodesMade { count }]).await?;
        tx.commit().await.map_err(unavailable)?;
        self.store.has_appended();
        Ok(codes)
    }

    /// Makes sure that the owner of the session knows the password. Answers its hash.
    async fn confirm(&self, actor: &Actor, password: &SecretString) -> Result<String, OwnError> {
        let account = self.account(actor.account).await?.ok_or(OwnError::Refused)?;
        let attempt = self.throttle.begin("confirm", &account.id.to_string(), None, false).await?;
        let hash = match self.find(&account.username, None).await? {
            Some(Found { hash, account, .. }) if account.enabled => hash,
            Some(_) | None => None,
        };
        let right = self.hashing.verify(password, hash.clone()).await?;
        match hash {
            Some(hash) if right => {
                attempt.succeeded().await;
                Ok(hash)
            }
            Some(_) | None => {
                attempt.failed().await;
                Err(OwnError::Refused)
            }
        }
    }
}
