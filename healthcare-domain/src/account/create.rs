//! A new account.

use chrono::{DateTime, Utc};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::{Account, AccountError, AccountEvent, RoleName, StaffProfile};
use crate::id::{DeviceId, PatientId};

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The name to sign in with; kept in lower case.
    pub username: String,
    /// What it is in the house.
    pub role: RoleName,
    /// The person behind it.
    pub profile: Option<StaffProfile>,
    /// The patient it belongs to.
    pub patient: Option<PatientId>,
    /// The device it belongs to.
    pub device: Option<DeviceId>,
}

impl Account {
    /// Makes an account that cannot sign in until its owner has chosen a password.
    ///
    /// # Errors
    /// When it is there, its name is none, its profile is blank, or it belongs to what its role does not.
    pub fn create(&self, new: NewAccount, now: DateTime<Utc>) -> Result<Vec<AccountEvent>, AccountError> {
        let NewAccount { username, role, profile, patient, device } = new;
        let username = sign_in_name(&username);
        let belongs = patient.is_some() == role.is_of_a_patient()
            && (device.is_none() || role.is_of_a_device())
            && (profile.is_none() || role.is_of_staff());
        match self {
            Self::Known(_) => Err(AccountError::AlreadyCreated),
            Self::Unknown if !is_a_name(&username) => Err(AccountError::BadUsername),
            Self::Unknown if !belongs => Err(AccountError::WrongOwner),
            Self::Unknown => {
                profile.as_ref().map_or(Ok(()), StaffProfile::check)?;
                Ok(vec![AccountEvent::AccountCreated { username, role, profile, patient, device, at: now }])
            }
        }
    }
}

/// The one form of a name to sign in with: however it is typed, it is the same account (NFKC and case, as RFC 8265 maps
/// them), and no two accounts have names that only look alike because of it.
pub fn sign_in_name(text: &str) -> String {
    let folded = text.trim().nfkc().collect::<String>().to_lowercase();
    folded.nfkc().collect()
}

/// Whether a name in its one form is made of what people read: nothing in it is invisible, turns the direction of writing
/// or ends a line.
fn is_a_name(name: &str) -> bool {
    let read = |c: char| (c.is_alphanumeric() || is_combining_mark(c)) && !is_invisible(c) || ".-_@'+".contains(c);
    (1..=100).contains(&name.chars().count()) && name.chars().all(read) && name.chars().any(char::is_alphanumeric)
}

/// Whether nothing is shown for it, though it counts as a letter or a mark (Unicode, `Default_Ignorable_Code_Point`).
const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(username: &str, role: &str) -> NewAccount {
        NewAccount {
            username: username.into(),
            role: RoleName(role.into()),
            profile: None,
            patient: None,
            device: None,
        }
    }

    #[test]
    fn a_name_is_kept_in_lower_case_and_without_white_space() {
        let create = |name: &str| Account::Unknown.create(new(name, "nurse"), DateTime::UNIX_EPOCH);
        let events = create(" Ada.Nurse ").unwrap();
        let username = match &events[0] {
            AccountEvent::AccountCreated { username, .. } => username,
            other => panic!("{other:?}"),
        };
        assert_eq!(username, "ada.nurse");
        for bad in ["", "  ", "a b", &"x".repeat(101)] {
            assert_eq!(create(bad), Err(AccountError::BadUsername), "{bad:?}");
        }
    }

    /// SECURITY 13: a second account cannot be made that is written like another one.
    #[test]
    fn a_name_has_one_form_and_nothing_in_it_is_hidden() {
        for alike in ["ada.nurse", " ADA.Nurse", "\u{ff41}\u{ff44}\u{ff41}.nurse", "ada\u{ff0e}nurse"] {
            assert_eq!(sign_in_name(alike), "ada.nurse", "{alike:?}");
        }
        assert_eq!(sign_in_name("jose\u{301}"), sign_in_name("JOS\u{c9}"));
        let create = |name: &str| Account::Unknown.create(new(name, "nurse"), DateTime::UNIX_EPOCH);
        for good in ["j\u{f6}rg.m\u{fc}ller", "\u{7530}\u{4e2d}", "o'neil+ward@house.example", "dr-7_b"] {
            assert!(create(good).is_ok(), "{good:?}");
        }
        for hidden in [
            "ad\u{200b}a",
            "\u{202e}ada",
            "ada\u{0}",
            "ad\u{ad}a",
            "ada\u{7f}",
            "a\nda",
            "\u{feff}ada",
            "ada\u{fe00}",
            "ada\u{fe0f}",
            "ad\u{e0100}a",
            "ada\u{e01ef}",
            "ad\u{34f}a",
            "ad\u{17b4}a",
            "ada\u{17b5}",
            "ad\u{180b}a",
            "ada\u{180f}",
            "\u{115f}ada",
            "ad\u{1160}a",
            "ad\u{3164}a",
            "\u{ffa0}",
            "...",
            "a/b",
            "=a",
        ] {
            assert_eq!(create(hidden), Err(AccountError::BadUsername), "{hidden:?}");
        }
    }

    #[test]
    fn who_belongs_to_a_patient_is_a_patient() {
        let patient = Some(PatientId(uuid::Uuid::from_u128(1)));
        let create = |new| Account::Unknown.create(new, DateTime::UNIX_EPOCH).map(|_| ());
        assert_eq!(create(NewAccount { patient, ..new("p", "patient") }), Ok(()));
        assert_eq!(create(new("p", "patient")), Err(AccountError::WrongOwner));
        assert_eq!(create(NewAccount { patient, ..new("n", "nurse") }), Err(AccountError::WrongOwner));
        let device = Some(DeviceId(uuid::Uuid::from_u128(1)));
        assert_eq!(create(NewAccount { device, ..new("n", "nurse") }), Err(AccountError::WrongOwner));
    }
}
