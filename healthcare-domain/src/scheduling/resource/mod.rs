//! What can be booked: practitioners, rooms and devices, with their hours and closures (FHIR Schedule, Slot).

mod closure;
mod event;
mod hours;
mod profile;

pub use closure::{Closure, ClosureReason};
pub use event::ResourceEvent;
pub use hours::{Day, Hours};
pub use profile::{ResourceKind, ResourceProfile};

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{EventSourced, StreamType, id::ResourceId};

/// What a resource is and when it can be booked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Schedule {
    /// What it is.
    #[serde(flatten)]
    pub profile: ResourceProfile,
    /// Its hours.
    pub hours: Vec<Hours>,
    /// When it is closed, by number.
    pub closures: BTreeMap<u32, Closure>,
    /// How many closures there ever were.
    pub numbered: u32,
}

/// A resource that can be booked.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Resource {
    /// Nobody added it.
    #[default]
    Unknown,
    /// It can be booked.
    Active(Box<Schedule>),
    /// It can no longer be booked.
    Retired(Box<Schedule>),
}

/// Why a decision about a resource is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResourceError {
    /// There is no such resource.
    #[error("there is no such resource")]
    Unknown,
    /// It was added.
    #[error("the resource was added already")]
    AlreadyAdded,
    /// It is retired.
    #[error("the resource is retired")]
    Retired,
    /// It has no name.
    #[error("a resource has a name of 1 to 200 characters")]
    NoName,
    /// An account or a practitioner is named for what is none, or a device.
    #[error("only a practitioner has an account, and only a device is one")]
    AnotherKind,
    /// The account, practitioner or device that is named is not there.
    #[error("there is no such account, practitioner or device")]
    NothingSuch,
    /// Hours that end before they begin, or two that overlap; or a template without time.
    #[error("hours end after they begin, do not overlap, and their slots last 1 to 1,440 minutes")]
    BadHours,
    /// A closure that ends before it begins.
    #[error("a closure ends after it begins")]
    BadClosure,
    /// There is no such closure.
    #[error("there is no such closure")]
    NoSuchClosure,
}

impl EventSourced for Resource {
    type Id = ResourceId;
    type Event = ResourceEvent;
    type Error = ResourceError;
    const STREAM: StreamType = StreamType::Resource;

    fn apply(&mut self, event: &ResourceEvent) {
        *self = match (std::mem::take(self), event) {
            (Self::Retired(held), _) => Self::Retired(held),
            (Self::Unknown, ResourceEvent::ResourceAdded { profile }) => Self::Active(Box::new(Schedule {
                profile: (**profile).clone(),
                hours: vec![],
                closures: BTreeMap::new(),
                numbered: 0,
            })),
            (
                Self::Unknown,
                ResourceEvent::HoursSet { .. }
                | ResourceEvent::ClosureAdded { .. }
                | ResourceEvent::ClosureRemoved { .. }
                | ResourceEvent::DayMoved { .. }
                | ResourceEvent::ResourceRetired,
            ) => Self::Unknown,
            (Self::Active(held), ResourceEvent::DayMoved { .. }) => Self::Active(held),
            (Self::Active(held), ResourceEvent::ResourceRetired) => Self::Retired(held),
            (Self::Active(mut held), ResourceEvent::ResourceAdded { profile }) => {
                held.profile = (**profile).clone();
                Self::Active(held)
            }
            (Self::Active(mut held), ResourceEvent::HoursSet { hours }) => {
                held.hours.clone_from(hours);
                Self::Active(held)
            }
            (Self::Active(mut held), ResourceEvent::ClosureAdded { number, closure, note: _ }) => {
                held.closures.insert(*number, closure.clone());
                held.numbered = held.numbered.max(*number);
                Self::Active(held)
            }
            (Self::Active(mut held), ResourceEvent::ClosureRemoved { number }) => {
                held.closures.remove(number);
                Self::Active(held)
            }
        };
    }
}

impl Resource {
    /// Adds it.
    ///
    /// # Errors
    /// When it was added, has no name, or names what it is not.
    pub fn add(&self, profile: ResourceProfile) -> Result<Vec<ResourceEvent>, ResourceError> {
        if *self != Self::Unknown {
            return Err(ResourceError::AlreadyAdded);
        }
        let name = profile.name.trim().chars().count();
        if name == 0 || name > 200 {
            return Err(ResourceError::NoName);
        }
        let person = profile.account.is_some() || profile.practitioner.is_some();
        let fits = match profile.kind {
            ResourceKind::Practitioner => profile.device.is_none(),
            ResourceKind::Room => !person && profile.device.is_none(),
            ResourceKind::Device => !person,
        };
        if !fits {
            return Err(ResourceError::AnotherKind);
        }
        Ok(vec![ResourceEvent::ResourceAdded { profile: Box::new(profile) }])
    }

    /// Notes that what was booked from a time on was moved.
    ///
    /// # Errors
    /// When it cannot be booked.
    pub fn move_day(&self, after: DateTime<Utc>, moved: u32, left: u32) -> Result<Vec<ResourceEvent>, ResourceError> {
        self.active().map(|_| vec![ResourceEvent::DayMoved { after, moved, left }])
    }

    /// Offers it no longer. What is booked stays booked.
    ///
    /// # Errors
    /// When it cannot be booked.
    pub fn retire(&self) -> Result<Vec<ResourceEvent>, ResourceError> {
        self.active().map(|_| vec![ResourceEvent::ResourceRetired])
    }

    /// What it is and when, while it can be booked.
    ///
    /// # Errors
    /// When it cannot.
    pub fn active(&self) -> Result<&Schedule, ResourceError> {
        match self {
            Self::Unknown => Err(ResourceError::Unknown),
            Self::Active(schedule) => Ok(schedule),
            Self::Retired(_) => Err(ResourceError::Retired),
        }
    }
}

#[cfg(test)]
mod tests;
