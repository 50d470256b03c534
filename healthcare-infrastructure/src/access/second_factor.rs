//! The second factor: one-time codes by time (TOTP, RFC 6238: SHA-1, six digits, 30 s, one step of skew) and recovery
//! codes for who has lost the device that shows them. A code of either kind works once.

use chrono::{DateTime, Utc};
use deadpool_postgres::Transaction;
use healthcare_application::{Role, StoreError, store::Meta};
use healthcare_domain::{account::AccountEvent, id::AccountId};
use rand::RngCore;
use secrecy::SecretString;
use totp_rs::{Builder, Secret, Totp};
use uuid::Uuid;

use super::{Access, record::RecordError, token};
use crate::database::unavailable;

/// How many recovery codes there are.
const RECOVERY_CODES: usize = 10;
/// Bytes of a shared secret (RFC 4226: 160 bits).
const SECRET: usize = 20;

/// Who has to show a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecondFactorPolicy {
    /// All of the staff, and who has enrolled one.
    #[default]
    Required,
    /// Who has enrolled one.
    Optional,
}

impl SecondFactorPolicy {
    /// Whether who has the role must show one.
    pub fn requires(self, role: Role) -> bool {
        self == Self::Required && role.needs_second_factor()
    }
}

/// What somebody shows beside the password.
#[derive(Debug, Clone)]
pub enum Code {
    /// Six digits of the moment.
    Totp(SecretString),
    /// One of the recovery codes.
    Recovery(SecretString),
}

/// A second factor, told to its owner once.
#[derive(Clone)]
pub struct Enrolment {
    /// The shared secret in base32.
    pub secret: String,
    /// The same as a URL for authenticator apps.
    pub url: String,
    /// Each works once in place of a code.
    pub recovery_codes: Vec<String>,
}

/// The shared secret is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no TOTP secret in base32")]
pub struct BadSecret;

/// The code of a shared secret at a time, as an authenticator app shows it.
///
/// # Errors
/// When the secret is not base32 of at least 128 bits.
pub fn totp_code(secret: &str, at: DateTime<Utc>) -> Result<String, BadSecret> {
    let secret = Secret::try_from_base32(secret.trim().to_uppercase()).map_err(|_| BadSecret)?;
    let totp = Builder::new().with_secret(secret).build().map_err(|_| BadSecret)?;
    Ok(totp.generate(seconds(at)).to_string())
}

fn seconds(at: DateTime<Utc>) -> u64 {
    u64::try_from(at.timestamp()).unwrap_or_default()
}

/// Where a secret is sealed for.
fn place(account: AccountId) -> Vec<u8> {
    [b"auth.credential.totp_secret".as_slice(), account.0.as_bytes()].concat()
}

/// What is kept of a recovery code: it has 80 random bits, so that a plain digest tells nothing.
fn kept(code: &str) -> Vec<u8> {
    let code: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    token::digest(&code.to_ascii_uppercase()).to_vec()
}

fn recovery_code() -> String {
    let mut bytes = [0; 10];
    rand::rng().fill_bytes(&mut bytes);
    let text = Secret::from(bytes.to_vec()).to_base32();
    let groups: Vec<&str> = text.as_bytes().chunks(4).filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join("-")
}

impl Access {
    /// Whether the account has a second factor: enrolled, and shown at least once.
    pub(super) async fn enrolled(&self, tx: &Transaction<'_>, account: AccountId) -> Result<Enrolled, StoreError> {
        let select = "select totp_secret is not null, totp_confirmed from auth.credential where account_id = $1";
        let row = tx.query_opt(select, &[&account.0]).await.map_err(unavailable)?;
        Ok(match row.map(|row| (row.get(0), row.get(1))) {
            Some((true, true)) => Enrolled::Confirmed,
            Some((true, false)) => Enrolled::Pending,
            Some((false, _)) | None => Enrolled::No,
        })
    }

    /// Makes out a new secret and new recovery codes. They count once a code was shown.
    pub(super) async fn make_out(
        &self,
        tx: &Transaction<'_>,
        account: AccountId,
        username: &str,
    ) -> Result<Enrolment, StoreError> {
        let mut bytes = [0; SECRET];
        rand::rng().fill_bytes(&mut bytes);
        let sealed = self.store.vault().seal(&place(account), &bytes);
        tx.execute(
            "insert into auth.credential as c (account_id, totp_secret) values ($1, $2)
             on conflict (account_id) do update set totp_secret = excluded.totp_secret, totp_confirmed = false,
                 totp_last_step = 0 where not c.totp_confirmed",
            &[&account.0, &sealed],
        )
        .await
        .map_err(unavailable)?;
        let secret = Secret::from(bytes.to_vec()).to_base32();
        let url = format!("otpauth://totp/Healthcare:{}?secret={secret}&issuer=Healthcare", in_url(username));
        Ok(Enrolment { secret, url, recovery_codes: self.new_recovery_codes(tx, account).await? })
    }

    /// New recovery codes in place of those there are.
    pub(super) async fn new_recovery_codes(
        &self,
        tx: &Transaction<'_>,
        account: AccountId,
    ) -> Result<Vec<String>, StoreError> {
        let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| recovery_code()).collect();
        let hashes: Vec<Vec<u8>> = codes.iter().map(|code| kept(code)).collect();
        tx.execute("delete from auth.recovery_code where account_id = $1", &[&account.0]).await.map_err(unavailable)?;
        let insert = "insert into auth.recovery_code (account_id, code_hash) select $1, unnest($2::bytea[])";
        tx.execute(insert, &[&account.0, &hashes]).await.map_err(unavailable)?;
        Ok(codes)
    }

    /// Takes a code, once: whoever shows it a second time, in this transaction's wake or beside it, is refused. Showing
    /// the first one completes the enrolment. The caller has locked the account.
    pub(super) async fn take(
        &self,
        tx: &Transaction<'_>,
        account: AccountId,
        meta: &Meta,
        code: &Code,
    ) -> Result<bool, StoreError> {
        match code {
            Code::Totp(code) => self.take_totp(tx, account, meta, code).await,
            Code::Recovery(code) => self.take_recovery(tx, account, meta, code).await,
        }
    }

    async fn take_totp(
        &self,
        tx: &Transaction<'_>,
        account: AccountId,
        meta: &Meta,
        code: &SecretString,
    ) -> Result<bool, StoreError> {
        let select = "select totp_secret, totp_confirmed from auth.credential
             where account_id = $1 and totp_secret is not null for update";
        let Some(row) = tx.query_opt(select, &[&account.0]).await.map_err(unavailable)? else { return Ok(false) };
        let (sealed, confirmed): (Vec<u8>, bool) = (row.get(0), row.get(1));
        let Some(step) = self.step_of(account, &sealed, code)? else { return Ok(false) };
        let take = "update auth.credential set totp_last_step = $2, totp_confirmed = true
             where account_id = $1 and totp_last_step < $2";
        let taken = tx.execute(take, &[&account.0, &step]).await.map_err(unavailable)? == 1;
        if taken && !confirmed {
            self.note(tx, account, meta, vec![AccountEvent::SecondFactorEnrolled]).await?;
        }
        Ok(taken)
    }

    /// The time step a code belongs to, within one of now.
    fn step_of(&self, account: AccountId, sealed: &[u8], code: &SecretString) -> Result<Option<i64>, StoreError> {
        use secrecy::ExposeSecret;
        let bytes = self.store.vault().open(&place(account), sealed).map_err(|e| StoreError::Damaged(Box::new(e)))?;
        let totp: Totp = Builder::new()
            .with_secret(Secret::from(bytes))
            .build()
            .map_err(|_| StoreError::Damaged("a TOTP secret is too short".into()))?;
        let code: String = code.expose_secret().chars().filter(|c| !c.is_whitespace()).collect();
        Ok(totp.check(&code, seconds(self.clock.now())).and_then(|step| i64::try_from(step).ok()))
    }

    async fn take_recovery(
        &self,
        tx: &Transaction<'_>,
        account: AccountId,
        meta: &Meta,
        code: &SecretString,
    ) -> Result<bool, StoreError> {
        use secrecy::ExposeSecret;
        let take = "delete from auth.recovery_code r using auth.credential c
             where r.account_id = $1 and r.code_hash = $2 and c.account_id = $1 and c.totp_confirmed";
        let taken = tx.execute(take, &[&account.0, &kept(code.expose_secret())]).await.map_err(unavailable)? == 1;
        if taken {
            let left = "select count(*) from auth.recovery_code where account_id = $1";
            let left: i64 = tx.query_one(left, &[&account.0]).await.map_err(unavailable)?.get(0);
            let left = u32::try_from(left).unwrap_or_default();
            self.note(tx, account, meta, vec![AccountEvent::RecoveryCodeUsed { left }]).await?;
        }
        Ok(taken)
    }

    /// Stores events that nothing could refuse.
    pub(super) async fn note(
        &self,
        tx: &Transaction<'_>,
        account: AccountId,
        meta: &Meta,
        events: Vec<AccountEvent>,
    ) -> Result<(), StoreError> {
        match self.record(tx, account, meta.clone(), |_| Ok(events)).await {
            Ok(_) => Ok(()),
            Err(RecordError::Store(error)) => Err(error),
            Err(RecordError::Refused(refused)) => Err(StoreError::Damaged(Box::new(refused))),
        }
    }
}

/// How far an account is with its second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Enrolled {
    /// It has none.
    No,
    /// It was told a secret and has not shown a code yet.
    Pending,
    /// It has shown a code.
    Confirmed,
}

/// A name as part of a URL (RFC 3986: what is not unreserved is escaped).
fn in_url(name: &str) -> String {
    let escaped = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    name.bytes().map(escaped).collect()
}

/// What an account does itself.
pub(super) fn own(account: Uuid, role: Role, request: Uuid) -> Meta {
    Meta { actor: account, role: role.as_str().into(), request, ..Meta::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of RFC 6238, appendix B, cut to six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = Secret::from(b"12345678901234567890".to_vec()).to_base32();
        for (at, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            let at = DateTime::from_timestamp(at, 0).unwrap();
            assert_eq!(totp_code(&secret, at).as_deref(), Ok(code));
        }
        assert_eq!(totp_code("no secret!", DateTime::UNIX_EPOCH), Err(BadSecret));
    }

    #[test]
    fn recovery_codes_are_read_as_people_write_them() {
        let code = recovery_code();
        assert_eq!(code.len(), 19, "{code}");
        assert_eq!(kept(&code), kept(&code.to_lowercase().replace('-', " ")));
        assert_ne!(kept(&code), kept(&recovery_code()));
    }

    #[test]
    fn a_name_is_escaped_in_a_url() {
        assert_eq!(in_url("ada.o'neil@ward 4"), "ada.o%27neil%40ward%204");
    }
}
