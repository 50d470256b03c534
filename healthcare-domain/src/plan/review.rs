//! Looking at a plan again, on a day.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Plan, PlanError, PlanEvent};
use crate::{id::AccountId, party::Party, text::Remark};

/// A review that is to be held, or was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Review {
    /// Its number in the plan, from 1.
    pub number: u16,
    /// On which day.
    pub due: NaiveDate,
    /// Who is to hold it.
    pub responsible: Party,
    /// What came of it, once it was held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
}

/// What came of a review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Held {
    /// Who held it.
    pub by: AccountId,
    /// When.
    pub at: DateTime<Utc>,
    /// In their words.
    pub outcome: Remark,
}

impl Plan {
    /// Sets a day on which the plan is looked at again.
    ///
    /// # Errors
    /// When the plan is over, has too many, or a review is due that day already.
    pub fn schedule_review(&self, due: NaiveDate, responsible: Party) -> Result<Vec<PlanEvent>, PlanError> {
        let planned = self.open()?;
        if planned.reviews.iter().any(|one| one.due == due && one.held.is_none()) {
            return Err(PlanError::AlreadyDue);
        }
        let number = super::next(planned.reviews.len())?;
        Ok(vec![PlanEvent::ReviewScheduled { review: Review { number, due, responsible, held: None } }])
    }

    /// Notes what came of a review.
    ///
    /// # Errors
    /// When the plan is over, or there is no such review still to be held.
    pub fn review(
        &self,
        number: u16,
        by: AccountId,
        at: DateTime<Utc>,
        outcome: Remark,
    ) -> Result<Vec<PlanEvent>, PlanError> {
        let reviews = &self.open()?.reviews;
        match reviews.iter().find(|one| one.number == number) {
            None => Err(PlanError::NoSuchPart),
            Some(Review { held: Some(_), .. }) => Err(PlanError::PartIsOver),
            Some(_) => Ok(vec![PlanEvent::PlanReviewed { review: number, held: Held { by, at, outcome } }]),
        }
    }
}
