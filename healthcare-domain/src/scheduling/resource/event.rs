//! What can happen to a resource.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Closure, Hours, ResourceProfile};
use crate::{Event, text::Remark};

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
