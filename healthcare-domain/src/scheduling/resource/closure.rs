//! When a resource is not there although its hours say so.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Resource, ResourceError, ResourceEvent};
use crate::text::Remark;

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

impl Resource {
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
}
