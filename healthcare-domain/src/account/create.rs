//! A new account.

use chrono::{DateTime, Utc};

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
        let username = username.trim().to_lowercase();
        let named = (1..=100).contains(&username.chars().count()) && !username.chars().any(char::is_whitespace);
        let belongs = patient.is_some() == role.is_of_a_patient()
            && (device.is_none() || role.is_of_a_device())
            && (profile.is_none() || role.is_of_staff());
        match self {
            Self::Known(_) => Err(AccountError::AlreadyCreated),
            Self::Unknown if !named => Err(AccountError::BadUsername),
            Self::Unknown if !belongs => Err(AccountError::WrongOwner),
            Self::Unknown => {
                profile.as_ref().map_or(Ok(()), StaffProfile::check)?;
                Ok(vec![AccountEvent::AccountCreated { username, role, profile, patient, device, at: now }])
            }
        }
    }
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
