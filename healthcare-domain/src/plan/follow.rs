//! A plan from its draft to its end.

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    Activity, ActivityContent, Goal, GoalContent, GoalStatus, PARTS, Plan, PlanContent, PlanError, PlanEvent,
    PlanStatus, Progress, Review, next,
};
use crate::{
    id::{AccountId, SuggestionId},
    note::FromTemplate,
    party::Party,
    text::Remark,
};

/// All that a plan begins with.
#[derive(Debug, Clone, PartialEq)]
pub struct Begun {
    /// What it is about.
    pub content: PlanContent,
    /// What it aims at.
    pub goals: Vec<GoalContent>,
    /// What is to be done.
    pub activities: Vec<ActivityContent>,
    /// On which days it is looked at again, and by whom; by its author where nobody is named.
    pub reviews: Vec<(NaiveDate, Option<Party>)>,
    /// The template it is made from.
    pub template: Option<FromTemplate>,
    /// The suggestion of decision support that it does.
    pub suggestion: Option<SuggestionId>,
}

impl PlanContent {
    fn ensure_possible(&self) -> Result<(), PlanError> {
        if self.title.trim().is_empty() || self.title.chars().count() > 200 {
            Err(PlanError::NoTitle)
        } else if self.ends_at.is_some_and(|end| end <= self.starts_at) {
            Err(PlanError::BadPeriod)
        } else {
            Ok(())
        }
    }
}

impl Plan {
    /// Makes a draft with its goals, activities and reviews.
    ///
    /// # Errors
    /// When it is made already, or a part of it cannot be.
    pub fn draft(&self, begun: Begun, by: AccountId, at: DateTime<Utc>) -> Result<Vec<PlanEvent>, PlanError> {
        if *self != Self::Unwritten {
            return Err(PlanError::AlreadyWritten);
        }
        let Begun { content, goals, activities, reviews, template, suggestion } = begun;
        content.ensure_possible()?;
        if [goals.len(), activities.len(), reviews.len()].iter().any(|count| *count > PARTS) {
            return Err(PlanError::TooLong);
        }
        goals.iter().try_for_each(GoalContent::ensure_possible)?;
        if activities.iter().any(|activity| activity.what.is_empty()) {
            return Err(PlanError::NoDescription);
        }
        let goals = goals.into_iter().enumerate().map(|(n, content)| {
            let (status, by) = (GoalStatus::Active, Some(by));
            Ok(Goal { number: next(n)?, content, status, since: at, by, reason: None, evidence: None })
        });
        let activities = activities
            .into_iter()
            .enumerate()
            .map(|(n, content)| Ok(Activity { number: next(n)?, content, progress: Progress::Scheduled, since: at }));
        let mut days = vec![];
        let reviews = reviews.into_iter().enumerate().map(|(n, (due, responsible))| {
            if days.contains(&due) {
                return Err(PlanError::AlreadyDue);
            }
            days.push(due);
            let responsible = responsible.unwrap_or(Party::Account(by));
            Ok(Review { number: next(n)?, due, responsible, held: None })
        });
        Ok(vec![PlanEvent::PlanDrafted {
            plan: Box::new(content),
            goals: goals.collect::<Result<_, PlanError>>()?,
            activities: activities.collect::<Result<_, PlanError>>()?,
            reviews: reviews.collect::<Result<_, PlanError>>()?,
            template,
            suggestion,
            by,
            at,
        }])
    }

    /// What it is about, while that may be changed.
    ///
    /// # Errors
    /// When it is another system's, or over.
    pub fn revisable(&self) -> Result<&PlanContent, PlanError> {
        Ok(&self.open()?.content)
    }

    /// Describes it otherwise; the same again is no event.
    ///
    /// # Errors
    /// When it is another system's or over, or there cannot be such a plan.
    pub fn revise(&self, content: PlanContent) -> Result<Vec<PlanEvent>, PlanError> {
        if *self.revisable()? == content {
            return Ok(vec![]);
        }
        content.ensure_possible()?;
        Ok(vec![PlanEvent::PlanRevised { plan: Box::new(content) }])
    }

    /// Follows a draft from now on.
    ///
    /// # Errors
    /// When it is no draft.
    pub fn activate(&self, by: AccountId, at: DateTime<Utc>) -> Result<Vec<PlanEvent>, PlanError> {
        self.goes(&[PlanStatus::Draft], PlanEvent::PlanActivated { by, at })
    }

    /// Lets it rest.
    ///
    /// # Errors
    /// When it is not followed.
    pub fn hold(&self, by: AccountId, at: DateTime<Utc>, reason: Remark) -> Result<Vec<PlanEvent>, PlanError> {
        self.goes(&[PlanStatus::Active], PlanEvent::PlanHeld { by, at, reason })
    }

    /// Follows it again.
    ///
    /// # Errors
    /// When it does not rest.
    pub fn resume(&self, by: AccountId, at: DateTime<Utc>) -> Result<Vec<PlanEvent>, PlanError> {
        self.goes(&[PlanStatus::OnHold], PlanEvent::PlanResumed { by, at })
    }

    /// Ends it as followed.
    ///
    /// # Errors
    /// When it is not followed.
    pub fn complete(&self, by: AccountId, at: DateTime<Utc>) -> Result<Vec<PlanEvent>, PlanError> {
        self.goes(&[PlanStatus::Active], PlanEvent::PlanCompleted { by, at })
    }

    /// Ends it before its end.
    ///
    /// # Errors
    /// When it is over.
    pub fn revoke(&self, by: AccountId, at: DateTime<Utc>, reason: Remark) -> Result<Vec<PlanEvent>, PlanError> {
        let from = [PlanStatus::Draft, PlanStatus::Active, PlanStatus::OnHold];
        self.goes(&from, PlanEvent::PlanRevoked { by, at, reason })
    }

    /// Strikes it out, wherever it stands; it stays readable, marked.
    ///
    /// # Errors
    /// When there is none, it is another system's, or struck out already.
    pub fn enter_in_error(&self, reason: Remark) -> Result<Vec<PlanEvent>, PlanError> {
        match self {
            Self::Planned(_) => Ok(vec![PlanEvent::EnteredInError { reason }]),
            Self::Unwritten => Err(PlanError::Unwritten),
            Self::Elsewhere(_) | Self::StruckElsewhere(_) => Err(PlanError::Elsewhere),
            Self::EnteredInError(_) => Err(PlanError::Over),
        }
    }

    fn goes(&self, from: &[PlanStatus], event: PlanEvent) -> Result<Vec<PlanEvent>, PlanError> {
        let planned = self.open()?;
        if from.contains(&planned.status) { Ok(vec![event]) } else { Err(PlanError::NotNow) }
    }
}
