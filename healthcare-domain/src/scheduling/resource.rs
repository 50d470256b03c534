//! What can be booked: practitioners, rooms and devices, with their hours and closures (FHIR Schedule, Slot).

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::zone::Zone;
use crate::{
    Event, EventSourced, StreamType,
    code::CodeableConcept,
    id::{AccountId, AppointmentTypeId, DeviceId, PractitionerId, ResourceId},
    text::Remark,
};

/// What a resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResourceKind {
    /// Somebody who sees patients.
    Practitioner,
    /// A room.
    Room,
    /// A device.
    Device,
}

impl ResourceKind {
    /// The name it is stored under.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Practitioner => "practitioner",
            Self::Room => "room",
            Self::Device => "device",
        }
    }
}

/// What is known of a resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ResourceProfile {
    /// What it is.
    pub kind: ResourceKind,
    /// What people call it.
    pub name: String,
    /// The zone whose clock its hours are written in.
    pub time_zone: Zone,
    /// The account of a practitioner of the house.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// The practitioner as the record knows them, e.g. from an import.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub practitioner: Option<PractitionerId>,
    /// The device as the record knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// What it is for, e.g. in SNOMED CT.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub service_types: Vec<CodeableConcept>,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Day {
    /// The day of the week of a date.
    pub fn of(date: chrono::NaiveDate) -> Self {
        use chrono::{Datelike, Weekday};
        match date.weekday() {
            Weekday::Mon => Self::Monday,
            Weekday::Tue => Self::Tuesday,
            Weekday::Wed => Self::Wednesday,
            Weekday::Thu => Self::Thursday,
            Weekday::Fri => Self::Friday,
            Weekday::Sat => Self::Saturday,
            Weekday::Sun => Self::Sunday,
        }
    }
}

/// Hours of each week, by the clock on the wall, and the template of the slots within them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// On which day.
    pub day: Day,
    /// From when, local time.
    #[schema(value_type = String, example = "08:00:00", pattern = "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$")]
    pub from: NaiveTime,
    /// Until when, local time; 00:00 is the end of the day.
    #[schema(value_type = String, example = "12:00:00", pattern = "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$")]
    pub until: NaiveTime,
    /// A slot begins every so many minutes, from the beginning; as long as the appointment lasts if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1440)]
    pub slot_minutes: Option<u16>,
    /// What may be booked in them; anything if none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub appointment_types: Vec<AppointmentTypeId>,
}

/// Why a resource is not there in its hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClosureReason {
    /// Holidays of a person.
    Leave,
    /// Illness.
    Illness,
    /// A public holiday.
    Holiday,
    /// Repair or cleaning.
    Maintenance,
    /// Anything else.
    Other,
}

/// A time in which a resource is not there although its hours say so (FHIR Slot, `busy-unavailable`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Closure {
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
    /// Why.
    pub reason: ClosureReason,
}

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

/// What can happen to a resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum ResourceEvent {
    /// It was added.
    ResourceAdded {
        /// What it is.
        profile: Box<ResourceProfile>,
    },
    /// It has these hours from now on.
    HoursSet {
        /// All of them.
        hours: Vec<Hours>,
    },
    /// It will not be there for a time.
    ClosureAdded {
        /// The number it goes by.
        number: u32,
        /// When.
        closure: Closure,
        /// In somebody's words.
        #[serde(default)]
        note: Option<Remark>,
    },
    /// It will be there after all.
    ClosureRemoved {
        /// Which.
        number: u32,
    },
    /// What was booked from a time on was moved, because it closed.
    DayMoved {
        /// From when on.
        after: DateTime<Utc>,
        /// How many appointments were moved.
        moved: u32,
        /// How many could not be.
        left: u32,
    },
    /// It can no longer be booked.
    ResourceRetired,
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

impl Event for ResourceEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::ResourceAdded { .. } => "schedule.added",
            Self::HoursSet { .. } => "schedule.hours-set",
            Self::ClosureAdded { .. } => "schedule.closed",
            Self::ClosureRemoved { .. } => "schedule.reopened",
            Self::DayMoved { .. } => "schedule.day-moved",
            Self::ResourceRetired => "schedule.retired",
        }
    }
    fn fhir_type(&self) -> &'static str {
        match self {
            Self::ResourceAdded { .. } | Self::HoursSet { .. } | Self::DayMoved { .. } | Self::ResourceRetired => {
                "Schedule"
            }
            Self::ClosureAdded { .. } | Self::ClosureRemoved { .. } => "Slot",
        }
    }
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

    /// Gives it other hours. What is booked stays booked. The same again is no change.
    ///
    /// # Errors
    /// When it cannot be booked, or there cannot be such hours.
    pub fn set_hours(&self, mut hours: Vec<Hours>) -> Result<Vec<ResourceEvent>, ResourceError> {
        let held = self.active()?;
        hours.sort_by_key(|one| (one.day, one.from));
        let midnight = NaiveTime::MIN;
        let ends = |one: &Hours| one.until == midnight || one.until > one.from;
        let template = |one: &Hours| one.slot_minutes.is_none_or(|minutes| (1..=1_440).contains(&minutes));
        let apart =
            |two: &[Hours]| two[0].day != two[1].day || (two[0].until != midnight && two[0].until <= two[1].from);
        if !hours.iter().all(|one| ends(one) && template(one)) || !hours.windows(2).all(apart) {
            return Err(ResourceError::BadHours);
        }
        Ok(if held.hours == hours { vec![] } else { vec![ResourceEvent::HoursSet { hours }] })
    }

    /// Closes it for a time. What is booked then stays booked until somebody moves it.
    ///
    /// # Errors
    /// When it cannot be booked, or the closure would end before it begins.
    pub fn close(&self, closure: Closure, note: Option<Remark>) -> Result<Vec<ResourceEvent>, ResourceError> {
        let held = self.active()?;
        if closure.until <= closure.from {
            return Err(ResourceError::BadClosure);
        }
        Ok(vec![ResourceEvent::ClosureAdded { number: held.numbered + 1, closure, note }])
    }

    /// Opens it again.
    ///
    /// # Errors
    /// When it cannot be booked, or there is no such closure.
    pub fn reopen(&self, number: u32) -> Result<Vec<ResourceEvent>, ResourceError> {
        let held = self.active()?;
        if !held.closures.contains_key(&number) {
            return Err(ResourceError::NoSuchClosure);
        }
        Ok(vec![ResourceEvent::ClosureRemoved { number }])
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
#[path = "resource_test.rs"]
mod tests;
