//! The waitlist: who would come earlier is offered what becomes free, first come by priority.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Event, EventSourced, StreamType,
    id::{AppointmentId, AppointmentTypeId, ResourceId, WaitlistEntryId},
    text::Remark,
};

/// How urgent a wish is (FHIR `Appointment.priority` in words).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum WaitPriority {
    /// Before all others.
    Urgent,
    /// Before routine.
    Soon,
    /// In the order in which they came.
    Routine,
}

impl WaitPriority {
    /// Its place in the order: lower comes first.
    pub const fn rank(self) -> i16 {
        match self {
            Self::Urgent => 0,
            Self::Soon => 1,
            Self::Routine => 2,
        }
    }
}

/// What somebody waits for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Wish {
    /// The type of appointment.
    pub appointment_type: AppointmentTypeId,
    /// How urgent it is.
    pub priority: WaitPriority,
    /// With this resource; with any if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<ResourceId>,
    /// Not before.
    pub from: DateTime<Utc>,
    /// Not after.
    pub until: DateTime<Utc>,
    /// In somebody's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<Remark>,
}

/// What was offered: an appointment that is held until the offer is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Offer {
    /// The appointment that is held.
    pub appointment: AppointmentId,
    /// When it would begin.
    pub start: DateTime<Utc>,
    /// Until when it can be accepted.
    pub until: DateTime<Utc>,
}

/// A wish for an earlier appointment.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum WaitlistEntry {
    /// Nobody waits.
    #[default]
    Unwritten,
    /// They wait.
    Waiting {
        /// For what.
        wish: Box<Wish>,
        /// When what they did not take would have begun: it is not offered to them again.
        passed: BTreeSet<DateTime<Utc>>,
    },
    /// They were offered something.
    Offered {
        /// What they wait for.
        wish: Box<Wish>,
        /// What was offered.
        offer: Offer,
        /// What was offered before.
        passed: BTreeSet<DateTime<Utc>>,
    },
    /// They got an appointment.
    Fulfilled {
        /// What they waited for.
        wish: Box<Wish>,
        /// The appointment.
        appointment: AppointmentId,
    },
    /// They wait no longer.
    Withdrawn {
        /// What they waited for.
        wish: Box<Wish>,
    },
}

/// What can happen to a wish.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum WaitlistEvent {
    /// They wait.
    WaitlistJoined {
        /// For what.
        wish: Box<Wish>,
    },
    /// A slot became free and was offered.
    SlotOffered {
        /// What was offered.
        offer: Offer,
    },
    /// They took it.
    OfferAccepted {
        /// When.
        at: DateTime<Utc>,
    },
    /// They did not take it and wait on.
    OfferPassed {
        /// Whether its time was over.
        expired: bool,
        /// When.
        at: DateTime<Utc>,
    },
    /// They wait no longer.
    WaitlistLeft {
        /// When.
        at: DateTime<Utc>,
    },
}

/// Why a decision about a wish is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WaitlistError {
    /// There is no such entry.
    #[error("there is no such waitlist entry")]
    Unwritten,
    /// It is written.
    #[error("the waitlist entry was written already")]
    AlreadyWritten,
    /// Nothing is offered.
    #[error("nothing is offered to this waitlist entry")]
    NothingOffered,
    /// Something is offered: it is to be answered first.
    #[error("something is offered to this waitlist entry")]
    Offered,
    /// They wait no longer.
    #[error("the waitlist entry is closed")]
    Closed,
    /// The offer is over.
    #[error("the offer is over")]
    OfferOver,
    /// The time that is offered closed since.
    #[error("the time that is offered is closed by now; decline it")]
    NoLongerOpen,
    /// The offer is not what they wait for, or they passed it by.
    #[error("the slot is not what is waited for")]
    AnotherWish,
    /// It ends before it begins, or is over.
    #[error("a wish ends after it begins, and in the future")]
    BadTimes,
    /// There is no such type of appointment, or it is no longer offered.
    #[error("there is no such appointment type, or it is no longer offered")]
    NotOffered,
}

impl Event for WaitlistEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::WaitlistJoined { .. } => "waitlist.joined",
            Self::SlotOffered { .. } => "waitlist.offered",
            Self::OfferAccepted { .. } => "waitlist.accepted",
            Self::OfferPassed { expired: false, .. } => "waitlist.declined",
            Self::OfferPassed { expired: true, .. } => "waitlist.expired",
            Self::WaitlistLeft { .. } => "waitlist.left",
        }
    }
    fn fhir_type(&self) -> &'static str {
        "Appointment"
    }
}

impl EventSourced for WaitlistEntry {
    type Id = WaitlistEntryId;
    type Event = WaitlistEvent;
    type Error = WaitlistError;
    const STREAM: StreamType = StreamType::WaitlistEntry;

    fn apply(&mut self, event: &WaitlistEvent) {
        use WaitlistEvent as E;
        *self = match (std::mem::take(self), event) {
            (_, E::WaitlistJoined { wish }) => Self::Waiting { wish: wish.clone(), passed: BTreeSet::new() },
            (Self::Waiting { wish, passed }, E::SlotOffered { offer }) => Self::Offered { wish, offer: *offer, passed },
            (Self::Offered { wish, offer, .. }, E::OfferAccepted { at: _ }) => {
                Self::Fulfilled { wish, appointment: offer.appointment }
            }
            (Self::Offered { wish, offer, mut passed }, E::OfferPassed { .. }) => {
                passed.insert(offer.start);
                Self::Waiting { wish, passed }
            }
            (Self::Waiting { wish, .. }, E::WaitlistLeft { at: _ }) => Self::Withdrawn { wish },
            // No decision leads there; what happened is never refused.
            (
                unchanged,
                E::SlotOffered { .. } | E::OfferAccepted { .. } | E::OfferPassed { .. } | E::WaitlistLeft { .. },
            ) => unchanged,
        };
    }
}

impl WaitlistEntry {
    /// Puts somebody on the list.
    ///
    /// # Errors
    /// When they are, or the times cannot be.
    pub fn join(&self, wish: Wish, now: DateTime<Utc>) -> Result<Vec<WaitlistEvent>, WaitlistError> {
        if *self != Self::Unwritten {
            return Err(WaitlistError::AlreadyWritten);
        }
        if wish.until <= wish.from || wish.until <= now {
            return Err(WaitlistError::BadTimes);
        }
        Ok(vec![WaitlistEvent::WaitlistJoined { wish: Box::new(wish) }])
    }

    /// Offers what became free.
    ///
    /// # Errors
    /// When they do not wait, or not for that.
    pub fn offer(&self, offer: Offer) -> Result<Vec<WaitlistEvent>, WaitlistError> {
        match self {
            Self::Waiting { wish, passed } => {
                let fits = wish.from <= offer.start && offer.start < wish.until && !passed.contains(&offer.start);
                if fits { Ok(vec![WaitlistEvent::SlotOffered { offer }]) } else { Err(WaitlistError::AnotherWish) }
            }
            Self::Offered { .. } => Err(WaitlistError::Offered),
            Self::Unwritten | Self::Fulfilled { .. } | Self::Withdrawn { .. } => Err(self.not_offered()),
        }
    }

    /// Takes what is offered.
    ///
    /// # Errors
    /// When nothing is, or its time is over.
    pub fn accept(&self, now: DateTime<Utc>) -> Result<Vec<WaitlistEvent>, WaitlistError> {
        match self {
            Self::Offered { offer, .. } if offer.until <= now => Err(WaitlistError::OfferOver),
            Self::Offered { .. } => Ok(vec![WaitlistEvent::OfferAccepted { at: now }]),
            _ => Err(self.not_offered()),
        }
    }

    /// Does not take what is offered, and waits on.
    ///
    /// # Errors
    /// When nothing is.
    pub fn pass(&self, now: DateTime<Utc>) -> Result<Vec<WaitlistEvent>, WaitlistError> {
        match self {
            Self::Offered { offer, .. } => {
                Ok(vec![WaitlistEvent::OfferPassed { expired: offer.until <= now, at: now }])
            }
            _ => Err(self.not_offered()),
        }
    }

    /// Waits no longer.
    ///
    /// # Errors
    /// When they do not wait, or something is offered.
    pub fn leave(&self, now: DateTime<Utc>) -> Result<Vec<WaitlistEvent>, WaitlistError> {
        match self {
            Self::Waiting { .. } => Ok(vec![WaitlistEvent::WaitlistLeft { at: now }]),
            Self::Offered { .. } => Err(WaitlistError::Offered),
            Self::Unwritten | Self::Fulfilled { .. } | Self::Withdrawn { .. } => Err(self.not_offered()),
        }
    }

    fn not_offered(&self) -> WaitlistError {
        match self {
            Self::Unwritten => WaitlistError::Unwritten,
            Self::Waiting { .. } | Self::Offered { .. } => WaitlistError::NothingOffered,
            Self::Fulfilled { .. } | Self::Withdrawn { .. } => WaitlistError::Closed,
        }
    }
}

#[cfg(test)]
#[path = "waitlist_test.rs"]
mod tests;
