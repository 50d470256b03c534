//! The hours of a resource, by the clock on the wall.

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Resource, ResourceError, ResourceEvent};
use crate::id::AppointmentTypeId;

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

impl Resource {
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
}
