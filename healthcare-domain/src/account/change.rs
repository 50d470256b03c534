//! What an identity manager, or the owner, may change of an account.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Account, AccountError, AccountEvent, RoleName, StaffProfile};
use crate::{id::AccountId, text::Remark};

/// Who acts on which account. Nobody gives themselves rights, nor takes them from themselves by mistake.
#[derive(Debug, Clone, Copy)]
pub struct Between {
    /// Who acts.
    pub by: AccountId,
    /// On which account.
    pub on: AccountId,
}

impl Between {
    fn others(self) -> Result<(), AccountError> {
        if self.by == self.on { Err(AccountError::SelfGrant) } else { Ok(()) }
    }
}

impl Account {
    /// Ends what the account may do.
    ///
    /// # Errors
    /// When there is none, it is one's own, or it is disabled.
    pub fn disable(&self, who: Between, reason: Remark) -> Result<Vec<AccountEvent>, AccountError> {
        let known = self.known()?;
        who.others()?;
        match known.disabled {
            Some(_) => Err(AccountError::Disabled),
            None => Ok(vec![AccountEvent::AccountDisabled { reason }]),
        }
    }

    /// Lets the account sign in again.
    ///
    /// # Errors
    /// When there is none, it is one's own, or it is enabled.
    pub fn enable(&self, who: Between, reason: Remark) -> Result<Vec<AccountEvent>, AccountError> {
        let known = self.known()?;
        who.others()?;
        match known.disabled {
            Some(_) => Ok(vec![AccountEvent::AccountEnabled { reason }]),
            None => Err(AccountError::Enabled),
        }
    }

    /// Makes it something else in the house. What belongs to a patient or a device stays that.
    ///
    /// # Errors
    /// When there is none, it is one's own, it has that role, or the role belongs to something else.
    pub fn change_role(&self, who: Between, role: RoleName, reason: Remark) -> Result<Vec<AccountEvent>, AccountError> {
        let known = self.known()?;
        who.others()?;
        if known.role == role {
            return Err(AccountError::SameRole);
        }
        if !known.role.is_of_staff() || !role.is_of_staff() {
            return Err(AccountError::WrongOwner);
        }
        Ok(vec![AccountEvent::RoleChanged { from: known.role.clone(), role, reason }])
    }

    /// Whether another description puts the person on other wards or into other teams: that decides whose records they
    /// open.
    pub fn is_placed_otherwise(&self, profile: &StaffProfile) -> bool {
        let before = match self {
            Self::Known(known) => known.profile.as_ref(),
            Self::Unknown => None,
        };
        profile.places() != before.map(StaffProfile::places).unwrap_or_default()
    }

    /// Describes the person anew.
    ///
    /// # Errors
    /// When there is none, nobody of the staff stands behind it, a part is blank or endless, or it puts oneself on other
    /// wards or into other teams.
    pub fn change_profile(&self, who: Between, profile: StaffProfile) -> Result<Vec<AccountEvent>, AccountError> {
        let known = self.known()?;
        profile.check()?;
        if !known.role.is_of_staff() {
            return Err(AccountError::WrongOwner);
        }
        if self.is_placed_otherwise(&profile) {
            who.others()?;
        }
        if known.profile.as_ref() == Some(&profile) {
            return Ok(vec![]);
        }
        Ok(vec![AccountEvent::ProfileChanged { profile }])
    }

    /// Makes out a one-time link to choose a password. It is no way around the second factor.
    ///
    /// # Errors
    /// When there is none, or it is disabled.
    pub fn issue_activation(&self, expires_at: DateTime<Utc>) -> Result<Vec<AccountEvent>, AccountError> {
        match self.known()?.disabled {
            Some(_) => Err(AccountError::Disabled),
            None => Ok(vec![AccountEvent::ActivationIssued { expires_at }]),
        }
    }

    /// The owner has chosen a password by a link: the first one, or one in place of a forgotten one.
    ///
    /// # Errors
    /// When there is none, or it is disabled.
    pub fn activate(&self) -> Result<Vec<AccountEvent>, AccountError> {
        let known = self.known()?;
        match (&known.disabled, known.activated) {
            (Some(_), _) => Err(AccountError::Disabled),
            (None, false) => Ok(vec![AccountEvent::AccountActivated]),
            (None, true) => Ok(vec![AccountEvent::PasswordChanged { by_link: true, kept: None }]),
        }
    }

    /// The owner has chosen another password; one session stays.
    ///
    /// # Errors
    /// When there is none, it is disabled, or it has no password yet.
    pub fn change_password(&self, kept: Option<Uuid>) -> Result<Vec<AccountEvent>, AccountError> {
        let known = self.known()?;
        match (&known.disabled, known.activated) {
            (Some(_), _) => Err(AccountError::Disabled),
            (None, false) => Err(AccountError::NotActivated),
            (None, true) => Ok(vec![AccountEvent::PasswordChanged { by_link: false, kept }]),
        }
    }

    /// The owner has shown a second factor for the first time.
    ///
    /// # Errors
    /// When there is none, or it has one.
    pub fn enrol_second_factor(&self) -> Result<Vec<AccountEvent>, AccountError> {
        match self.known()?.second_factor {
            true => Err(AccountError::HasSecondFactor),
            false => Ok(vec![AccountEvent::SecondFactorEnrolled]),
        }
    }

    /// Takes the second factor away from who has lost it.
    ///
    /// # Errors
    /// When there is none, it is one's own, or it has no second factor.
    pub fn remove_second_factor(&self, who: Between, reason: Remark) -> Result<Vec<AccountEvent>, AccountError> {
        let known = self.known()?;
        who.others()?;
        match known.second_factor {
            true => Ok(vec![AccountEvent::SecondFactorRemoved { reason }]),
            false => Err(AccountError::NoSecondFactor),
        }
    }

    /// Ends one session, or all.
    ///
    /// # Errors
    /// When there is no such account.
    pub fn end_sessions(&self, session: Option<Uuid>) -> Result<Vec<AccountEvent>, AccountError> {
        self.known()?;
        Ok(vec![AccountEvent::SessionsEnded { session }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EventSourced, account::NewAccount};

    const ADA: AccountId = AccountId(Uuid::from_u128(1));
    const BO: AccountId = AccountId(Uuid::from_u128(2));

    fn why() -> Remark {
        Remark::try_from("on leave".to_owned()).unwrap()
    }

    fn nurse() -> Account {
        let new = NewAccount {
            username: "ada".into(),
            role: RoleName("nurse".into()),
            profile: None,
            patient: None,
            device: None,
        };
        Account::fold(&Account::Unknown.create(new, DateTime::UNIX_EPOCH).unwrap())
    }

    fn after(mut account: Account, events: Vec<AccountEvent>) -> Account {
        events.iter().for_each(|event| account.apply(event));
        account
    }

    /// SECURITY 38: no self-grant.
    #[test]
    fn nobody_changes_their_own_rights() {
        let (own, other) = (Between { by: ADA, on: ADA }, Between { by: BO, on: ADA });
        let role = || RoleName("admin".into());
        assert_eq!(nurse().change_role(own, role(), why()), Err(AccountError::SelfGrant));
        assert!(nurse().change_role(other, role(), why()).is_ok());
        assert_eq!(nurse().disable(own, why()), Err(AccountError::SelfGrant));
        let disabled = after(nurse(), nurse().disable(other, why()).unwrap());
        assert_eq!(disabled.enable(own, why()), Err(AccountError::SelfGrant));
        assert_eq!(disabled.disable(other, why()), Err(AccountError::Disabled));
        assert_eq!(disabled.activate(), Err(AccountError::Disabled));
        let enrolled = after(nurse(), nurse().enrol_second_factor().unwrap());
        assert_eq!(enrolled.remove_second_factor(own, why()), Err(AccountError::SelfGrant));
    }

    #[test]
    fn a_role_that_belongs_to_something_is_not_given_away() {
        let who = Between { by: BO, on: ADA };
        let change = |role: &str| nurse().change_role(who, RoleName(role.into()), why());
        assert_eq!(change("patient"), Err(AccountError::WrongOwner));
        assert_eq!(change("device"), Err(AccountError::WrongOwner));
        assert_eq!(change("nurse"), Err(AccountError::SameRole));
        assert!(change("doctor").is_ok());
    }

    #[test]
    fn a_person_is_described_anew_and_the_same_again_is_nothing() {
        let profile = |name: &str| StaffProfile {
            name: name.into(),
            profession: Some("nurse".into()),
            licence_number: None,
            wards: vec!["4 West".into()],
            teams: vec![],
        };
        let other = Between { by: BO, on: ADA };
        let described = nurse().change_profile(other, profile("Ada Placeholt")).unwrap();
        assert_eq!(described, [AccountEvent::ProfileChanged { profile: profile("Ada Placeholt") }]);
        assert_eq!(after(nurse(), described).change_profile(other, profile("Ada Placeholt")), Ok(vec![]));
        let endless = StaffProfile { wards: vec!["4 West".into(); 51], ..profile("Ada") };
        for bad in [profile(" "), profile(&"x".repeat(201)), endless] {
            assert_eq!(nurse().change_profile(other, bad), Err(AccountError::BadProfile));
        }
        let monitor = NewAccount {
            username: "monitor-7".into(),
            role: RoleName("device".into()),
            profile: None,
            patient: None,
            device: None,
        };
        let monitor = Account::fold(&Account::Unknown.create(monitor, DateTime::UNIX_EPOCH).unwrap());
        assert_eq!(monitor.change_profile(other, profile("Ada")), Err(AccountError::WrongOwner));
        assert_eq!(Account::Unknown.change_profile(other, profile("Ada")), Err(AccountError::Unknown));
    }

    /// SECURITY 38: a ward is a right to the records of who lies there.
    #[test]
    fn nobody_puts_themselves_on_a_ward() {
        let profile = |name: &str, wards: &[&str], teams: &[&str]| {
            let of = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
            StaffProfile {
                name: name.into(),
                profession: None,
                licence_number: None,
                wards: of(wards),
                teams: of(teams),
            }
        };
        let (own, other) = (Between { by: ADA, on: ADA }, Between { by: BO, on: ADA });
        let placed = after(nurse(), nurse().change_profile(other, profile("Ada", &["East", "West"], &[])).unwrap());
        for elsewhere in [
            profile("Ada", &["*"], &[]),
            profile("Ada", &["East"], &[]),
            profile("Ada", &["East", "West"], &["stroke"]),
        ] {
            assert_eq!(placed.change_profile(own, elsewhere), Err(AccountError::SelfGrant));
        }
        assert_eq!(nurse().change_profile(own, profile("Ada", &["East"], &[])), Err(AccountError::SelfGrant));
        let renamed = profile("Ada Stubfield", &["West", "East"], &[]);
        assert!(
            !placed.is_placed_otherwise(&renamed) && placed.change_profile(own, renamed).is_ok(),
            "a name is no right"
        );
    }

    #[test]
    fn a_link_is_made_out_for_who_may_sign_in() {
        let expires_at = DateTime::UNIX_EPOCH + chrono::Duration::days(3);
        assert_eq!(nurse().issue_activation(expires_at), Ok(vec![AccountEvent::ActivationIssued { expires_at }]));
        let disabled = after(nurse(), nurse().disable(Between { by: BO, on: ADA }, why()).unwrap());
        assert_eq!(disabled.issue_activation(expires_at), Err(AccountError::Disabled));
        assert_eq!(Account::Unknown.issue_activation(expires_at), Err(AccountError::Unknown));
    }

    #[test]
    fn one_session_ends_or_all_and_those_of_nobody_do_not() {
        for session in [None, Some(Uuid::from_u128(5))] {
            assert_eq!(nurse().end_sessions(session), Ok(vec![AccountEvent::SessionsEnded { session }]));
        }
        assert_eq!(Account::Unknown.end_sessions(None), Err(AccountError::Unknown));
    }

    #[test]
    fn a_second_factor_is_shown_once_and_taken_away_once() {
        let other = Between { by: BO, on: ADA };
        assert_eq!(nurse().remove_second_factor(other, why()), Err(AccountError::NoSecondFactor));
        let enrolled = after(nurse(), nurse().enrol_second_factor().unwrap());
        assert_eq!(enrolled.enrol_second_factor(), Err(AccountError::HasSecondFactor));
        assert_eq!(after(enrolled.clone(), enrolled.remove_second_factor(other, why()).unwrap()), nurse());
        assert_eq!(nurse().enable(other, why()), Err(AccountError::Enabled));
    }

    #[test]
    fn a_link_is_the_first_password_or_another_one() {
        let first = nurse().activate().unwrap();
        assert_eq!(first, vec![AccountEvent::AccountActivated]);
        let again = after(nurse(), first).activate().unwrap();
        assert_eq!(again, vec![AccountEvent::PasswordChanged { by_link: true, kept: None }]);
        assert_eq!(nurse().change_password(None), Err(AccountError::NotActivated));
    }
}
