//! What can happen to an account.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{RoleName, StaffProfile};
use crate::{
    Event,
    id::{DeviceId, PatientId, ResourceId},
    text::Remark,
};

/// What can happen to an account. No event holds a password, a key, a code, or a hash of one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum AccountEvent {
    /// It was made; nobody can sign in yet.
    AccountCreated {
        /// The name to sign in with.
        username: String,
        /// What it is in the house.
        role: RoleName,
        /// The person behind it.
        #[serde(default)]
        profile: Option<StaffProfile>,
        /// The patient it belongs to.
        #[serde(default)]
        patient: Option<PatientId>,
        /// The device it belongs to.
        #[serde(default)]
        device: Option<DeviceId>,
        /// When.
        at: DateTime<Utc>,
    },
    /// A one-time link to choose a password was made out.
    ActivationIssued {
        /// Until when it works.
        expires_at: DateTime<Utc>,
    },
    /// Its owner chose the first password.
    AccountActivated,
    /// Its owner chose another password.
    PasswordChanged {
        /// By a one-time link, rather than with the old password.
        by_link: bool,
        /// The session that stays; all others ended.
        #[serde(default)]
        kept: Option<Uuid>,
    },
    /// Its owner showed a second factor for the first time.
    SecondFactorEnrolled,
    /// The second factor was taken away; a new one is enrolled by a new link.
    SecondFactorRemoved {
        /// Why.
        reason: Remark,
    },
    /// New recovery codes were made out; those before are void.
    RecoveryCodesMade {
        /// How many.
        count: u32,
    },
    /// A recovery code was used up.
    RecoveryCodeUsed {
        /// How many are left.
        left: u32,
    },
    /// It may not sign in any more.
    AccountDisabled {
        /// Why.
        reason: Remark,
    },
    /// It may sign in again.
    AccountEnabled {
        /// Why.
        reason: Remark,
    },
    /// It is something else in the house.
    RoleChanged {
        /// What it was.
        from: RoleName,
        /// What it is.
        role: RoleName,
        /// Why.
        reason: Remark,
    },
    /// The person behind it is described anew.
    ProfileChanged {
        /// As from now on.
        profile: StaffProfile,
    },
    /// An address by which a calendar program reads when the owner is booked was opened.
    CalendarFeedOpened {
        /// Which.
        feed: Uuid,
        /// Whose calendar: the owner as somebody who can be booked.
        resource: ResourceId,
        /// Until when it works.
        expires_at: DateTime<Utc>,
    },
    /// Such an address works no longer.
    CalendarFeedClosed {
        /// Which.
        feed: Uuid,
    },
    /// Sessions were ended.
    SessionsEnded {
        /// Only this one; all of them if absent.
        #[serde(default)]
        session: Option<Uuid>,
    },
}

impl Event for AccountEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::AccountCreated { .. } => "access.account.created",
            Self::ActivationIssued { .. } => "access.account.activation_issued",
            Self::AccountActivated => "access.account.activated",
            Self::PasswordChanged { .. } => "access.account.password_changed",
            Self::SecondFactorEnrolled => "access.account.second_factor_enrolled",
            Self::SecondFactorRemoved { .. } => "access.account.second_factor_removed",
            Self::RecoveryCodesMade { .. } => "access.account.recovery_codes_made",
            Self::RecoveryCodeUsed { .. } => "access.account.recovery_code_used",
            Self::AccountDisabled { .. } => "access.account.disabled",
            Self::AccountEnabled { .. } => "access.account.enabled",
            Self::RoleChanged { .. } => "access.account.role_changed",
            Self::ProfileChanged { .. } => "access.account.profile_changed",
            Self::CalendarFeedOpened { .. } => "access.account.calendar_feed_opened",
            Self::CalendarFeedClosed { .. } => "access.account.calendar_feed_closed",
            Self::SessionsEnded { .. } => "access.account.sessions_ended",
        }
    }
    fn fhir_type(&self) -> &'static str {
        "Practitioner"
    }
}
