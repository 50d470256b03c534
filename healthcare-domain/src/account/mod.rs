//! Accounts: who can sign in, and as what. What is secret of them (passwords, keys, codes) is in no event.

mod calendar_feed;
mod change;
mod create;
mod error;
mod event;
mod profile;
#[cfg(test)]
mod properties;

pub use calendar_feed::CalendarFeed;
pub use change::Between;
pub use create::{NewAccount, sign_in_name};
pub use error::AccountError;
pub use event::AccountEvent;
pub use profile::{RoleName, StaffProfile};

use chrono::{DateTime, Utc};

use crate::{
    EventSourced, StreamType,
    id::{AccountId, DeviceId, PatientId},
    text::Remark,
};

/// The state of an account.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "folded one at a time; nearly every one is known")]
pub enum Account {
    /// Not known.
    #[default]
    Unknown,
    /// Known.
    Known(Known),
}

/// A known account.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// The name to sign in with, in its one form.
    pub username: String,
    /// What it is in the house.
    pub role: RoleName,
    /// The person behind it; none for devices and patients.
    pub profile: Option<StaffProfile>,
    /// The patient it belongs to.
    pub patient: Option<PatientId>,
    /// The device it belongs to.
    pub device: Option<DeviceId>,
    /// Since when it is there.
    pub created_at: DateTime<Utc>,
    /// Whether its owner has chosen a password.
    pub activated: bool,
    /// Why it may not sign in, if it may not.
    pub disabled: Option<Remark>,
    /// Whether its owner has shown a second factor.
    pub second_factor: bool,
    /// The addresses by which a calendar program reads when its owner is booked, those that have expired included.
    pub calendar_feeds: Vec<CalendarFeed>,
}

impl EventSourced for Account {
    type Id = AccountId;
    type Event = AccountEvent;
    type Error = AccountError;
    const STREAM: StreamType = StreamType::Account;

    fn apply(&mut self, event: &AccountEvent) {
        match (self, event) {
            (this, AccountEvent::AccountCreated { username, role, profile, patient, device, at }) => {
                *this = Self::Known(Known {
                    username: username.clone(),
                    role: role.clone(),
                    profile: profile.clone(),
                    patient: *patient,
                    device: *device,
                    created_at: *at,
                    activated: false,
                    disabled: None,
                    second_factor: false,
                    calendar_feeds: vec![],
                });
            }
            (Self::Known(known), event) => known.take(event),
            (Self::Unknown, _) => {}
        }
    }
}

impl Known {
    fn take(&mut self, event: &AccountEvent) {
        match event {
            AccountEvent::AccountActivated => self.activated = true,
            AccountEvent::AccountDisabled { reason } => {
                self.disabled = Some(reason.clone());
                self.calendar_feeds.clear();
            }
            AccountEvent::AccountEnabled { .. } => self.disabled = None,
            AccountEvent::RoleChanged { role, .. } => {
                self.role = role.clone();
                self.calendar_feeds.clear();
            }
            AccountEvent::CalendarFeedOpened { feed, resource, expires_at } => {
                self.calendar_feeds.push(CalendarFeed { id: *feed, resource: *resource, expires_at: *expires_at });
            }
            AccountEvent::CalendarFeedClosed { feed } => self.calendar_feeds.retain(|one| one.id != *feed),
            AccountEvent::ProfileChanged { profile } => self.profile = Some(profile.clone()),
            AccountEvent::SecondFactorEnrolled => self.second_factor = true,
            AccountEvent::SecondFactorRemoved { .. } => self.second_factor = false,
            AccountEvent::AccountCreated { .. }
            | AccountEvent::ActivationIssued { .. }
            | AccountEvent::PasswordChanged { .. }
            | AccountEvent::RecoveryCodesMade { .. }
            | AccountEvent::RecoveryCodeUsed { .. }
            | AccountEvent::SessionsEnded { .. } => {}
        }
    }
}

impl Account {
    /// The account, if there is one.
    ///
    /// # Errors
    /// When there is none.
    pub fn known(&self) -> Result<&Known, AccountError> {
        match self {
            Self::Known(known) => Ok(known),
            Self::Unknown => Err(AccountError::Unknown),
        }
    }
}
