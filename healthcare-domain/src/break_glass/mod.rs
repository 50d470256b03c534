//! Breaking the glass: somebody without a care relationship opens a record because a patient needs it now.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Event, EventSourced, StreamType,
    id::{AccountId, BreakGlassId, PatientId},
    text::Remark,
};

/// For what the glass is broken (HL7 v3 PurposeOfUse).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum EmergencyPurpose {
    /// Emergency treatment of this patient.
    #[serde(rename = "ETREAT")]
    EmergencyTreatment,
    /// Treatment that cannot wait for a care relationship, such as cover at night.
    #[serde(rename = "TREAT")]
    Treatment,
    /// A danger to others, such as an infection that must be reported.
    #[serde(rename = "PUBHLTH")]
    PublicHealth,
}

/// What was granted: one patient's record, to one account, for a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    /// Whose record.
    pub patient: PatientId,
    /// To whom.
    pub by: AccountId,
    /// Why, in their words.
    pub reason: Remark,
    /// For what.
    pub purpose: EmergencyPurpose,
    /// From when.
    pub at: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// What a privacy officer made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewOutcome {
    /// It was right to do so.
    Justified,
    /// It was not; what follows is up to the house.
    NotJustified,
    /// It has to be looked into further, elsewhere.
    Referred,
}

/// The state of a grant.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum BreakGlass {
    /// Nothing was granted.
    #[default]
    Unopened,
    /// Granted; it ends by itself, or is closed before.
    Opened {
        /// What was granted.
        grant: Box<Grant>,
        /// When it was closed early.
        closed: Option<DateTime<Utc>>,
    },
    /// Looked at by a privacy officer.
    Reviewed {
        /// What was granted.
        grant: Box<Grant>,
        /// When it was closed early.
        closed: Option<DateTime<Utc>>,
        /// What was made of it.
        outcome: ReviewOutcome,
        /// By whom.
        by: AccountId,
        /// When.
        at: DateTime<Utc>,
    },
}

/// What can happen to a grant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum BreakGlassEvent {
    /// The glass was broken.
    GlassBroken {
        /// What was granted.
        grant: Box<Grant>,
    },
    /// The grant was given back before its time.
    GlassClosed {
        /// When.
        at: DateTime<Utc>,
    },
    /// A privacy officer looked at it.
    GlassReviewed {
        /// What was made of it.
        outcome: ReviewOutcome,
        /// In their words.
        note: Remark,
        /// By whom.
        by: AccountId,
        /// When.
        at: DateTime<Utc>,
    },
}

/// Why a decision about a grant is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BreakGlassError {
    /// There is no such grant.
    #[error("there is no such break-glass grant")]
    Unopened,
    /// There is one.
    #[error("it was opened already")]
    AlreadyOpened,
    /// It is over.
    #[error("it is over already")]
    Over,
    /// Only who opened it closes it.
    #[error("it is somebody else's")]
    NotYours,
    /// It was reviewed.
    #[error("it was reviewed already")]
    AlreadyReviewed,
    /// Nobody reviews their own.
    #[error("nobody reviews their own access")]
    OwnReview,
    /// It would last no time, or longer than a day.
    #[error("it lasts between a minute and a day")]
    BadLength,
}

impl Event for BreakGlassEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::GlassBroken { .. } => "breakglass.opened",
            Self::GlassClosed { .. } => "breakglass.closed",
            Self::GlassReviewed { .. } => "breakglass.reviewed",
        }
    }
    fn fhir_type(&self) -> &'static str {
        "AuditEvent"
    }
}

impl EventSourced for BreakGlass {
    type Id = BreakGlassId;
    type Event = BreakGlassEvent;
    type Error = BreakGlassError;
    const STREAM: StreamType = StreamType::BreakGlass;

    fn apply(&mut self, event: &BreakGlassEvent) {
        *self = match (std::mem::take(self), event) {
            (_, BreakGlassEvent::GlassBroken { grant }) => Self::Opened { grant: grant.clone(), closed: None },
            (Self::Opened { grant, .. }, BreakGlassEvent::GlassClosed { at }) => {
                Self::Opened { grant, closed: Some(*at) }
            }
            (Self::Reviewed { grant, outcome, by, at, .. }, BreakGlassEvent::GlassClosed { at: closed }) => {
                Self::Reviewed { grant, closed: Some(*closed), outcome, by, at }
            }
            (
                Self::Opened { grant, closed } | Self::Reviewed { grant, closed, .. },
                BreakGlassEvent::GlassReviewed { outcome, by, at, note: _ },
            ) => Self::Reviewed { grant, closed, outcome: *outcome, by: *by, at: *at },
            (Self::Unopened, BreakGlassEvent::GlassClosed { .. } | BreakGlassEvent::GlassReviewed { .. }) => {
                Self::Unopened
            }
        };
    }
}

impl BreakGlass {
    /// Opens one patient's record to one account for a time.
    ///
    /// # Errors
    /// When it was opened already, or would last no time or longer than a day.
    pub fn open(&self, grant: Grant) -> Result<Vec<BreakGlassEvent>, BreakGlassError> {
        if *self != Self::Unopened {
            return Err(BreakGlassError::AlreadyOpened);
        }
        let lasts = grant.until - grant.at;
        if lasts < Duration::minutes(1) || lasts > Duration::days(1) {
            return Err(BreakGlassError::BadLength);
        }
        Ok(vec![BreakGlassEvent::GlassBroken { grant: Box::new(grant) }])
    }

    /// Gives the grant back early.
    ///
    /// # Errors
    /// When there is none, it is somebody else's, or it is over.
    pub fn close(&self, by: AccountId, at: DateTime<Utc>) -> Result<Vec<BreakGlassEvent>, BreakGlassError> {
        match self {
            Self::Unopened => Err(BreakGlassError::Unopened),
            Self::Opened { grant, .. } | Self::Reviewed { grant, .. } if grant.by != by => {
                Err(BreakGlassError::NotYours)
            }
            Self::Opened { grant, closed } | Self::Reviewed { grant, closed, .. }
                if closed.is_some() || grant.until <= at =>
            {
                Err(BreakGlassError::Over)
            }
            Self::Opened { .. } | Self::Reviewed { .. } => Ok(vec![BreakGlassEvent::GlassClosed { at }]),
        }
    }

    /// Says what is to be made of it. Once, and never of one's own.
    ///
    /// # Errors
    /// When there is none, it was reviewed, or the reviewer broke the glass.
    pub fn review(
        &self,
        outcome: ReviewOutcome,
        note: Remark,
        by: AccountId,
        at: DateTime<Utc>,
    ) -> Result<Vec<BreakGlassEvent>, BreakGlassError> {
        match self {
            Self::Unopened => Err(BreakGlassError::Unopened),
            Self::Reviewed { .. } => Err(BreakGlassError::AlreadyReviewed),
            Self::Opened { grant, .. } if grant.by == by => Err(BreakGlassError::OwnReview),
            Self::Opened { .. } => Ok(vec![BreakGlassEvent::GlassReviewed { outcome, note, by, at }]),
        }
    }
}

#[cfg(test)]
mod properties;

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const OWN: AccountId = AccountId(Uuid::from_u128(1));
    const OFFICER: AccountId = AccountId(Uuid::from_u128(2));

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + Duration::minutes(minute)
    }

    fn words() -> Remark {
        Remark::try_from("found unconscious".to_owned()).unwrap()
    }

    fn grant(minutes: i64) -> Grant {
        let purpose = EmergencyPurpose::EmergencyTreatment;
        let patient = PatientId(Uuid::from_u128(9));
        Grant { patient, by: OWN, reason: words(), purpose, at: at(0), until: at(minutes) }
    }

    fn opened() -> BreakGlass {
        BreakGlass::fold(&BreakGlass::Unopened.open(grant(60)).unwrap())
    }

    #[test]
    fn a_grant_lasts_a_minute_at_least_and_a_day_at_most() {
        for bad in [0, 24 * 60 + 1] {
            assert_eq!(BreakGlass::Unopened.open(grant(bad)), Err(BreakGlassError::BadLength));
        }
        assert_eq!(opened().open(grant(60)), Err(BreakGlassError::AlreadyOpened));
    }

    #[test]
    fn who_opened_it_closes_it_once_and_in_its_time() {
        assert_eq!(opened().close(OFFICER, at(5)), Err(BreakGlassError::NotYours));
        assert_eq!(opened().close(OWN, at(60)), Err(BreakGlassError::Over));
        let mut closed = opened();
        for event in closed.close(OWN, at(5)).unwrap() {
            closed.apply(&event);
        }
        assert_eq!(closed.close(OWN, at(6)), Err(BreakGlassError::Over));
    }

    #[test]
    fn it_is_reviewed_once_and_by_somebody_else() {
        let outcome = ReviewOutcome::Justified;
        assert_eq!(opened().review(outcome, words(), OWN, at(70)), Err(BreakGlassError::OwnReview));
        let mut reviewed = opened();
        for event in reviewed.review(outcome, words(), OFFICER, at(70)).unwrap() {
            reviewed.apply(&event);
        }
        assert_eq!(reviewed.review(outcome, words(), OFFICER, at(71)), Err(BreakGlassError::AlreadyReviewed));
    }
}
