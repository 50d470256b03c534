//! A patient's early warning score, as it was when it last changed.

mod change;
#[cfg(test)]
mod properties;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Event, EventSourced, StreamType,
    id::{PatientId, ScoreId},
};

/// The clinical risk of a NEWS2 total (Royal College of Physicians, 2017, chart 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RiskBand {
    /// 0 to 4, no parameter with 3.
    Low,
    /// 0 to 4, a 3 in one parameter.
    LowMedium,
    /// 5 or 6.
    Medium,
    /// 7 and more.
    High,
}

/// What a score came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScoreContent {
    /// Whose.
    pub patient: PatientId,
    /// Which score: `news2`.
    #[schema(example = "news2")]
    pub score: String,
    /// The version of the rule that computed it.
    #[schema(example = "RCP 2017/1")]
    pub rule_version: String,
    /// The total, 0 to 20; of an incomplete score the sum of what is known, which the total cannot fall below.
    pub total: u8,
    /// Whether nothing was missing or too old.
    pub complete: bool,
    /// The risk; of an incomplete score the least it is.
    pub band: RiskBand,
    /// The highest of its parts, 0 to 3.
    pub highest_part: u8,
    /// The moment it is for.
    pub measured_at: DateTime<Utc>,
}

/// The state of one score of one patient.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Score {
    /// It was never told.
    #[default]
    Unscored,
    /// It stands at this.
    Scored(ScoreContent),
}

/// What can happen to a score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum ScoreEvent {
    /// Its total, its band or its completeness changed.
    ScoreChanged {
        /// What it is now.
        content: ScoreContent,
    },
}

/// Why a decision about a score is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScoreError {
    /// No score is higher.
    #[error("a NEWS2 total is 0 to 20")]
    BeyondTheScale,
}

impl Event for ScoreEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::ScoreChanged { .. } => "vitals.score.changed",
        }
    }
    fn fhir_type(&self) -> &'static str {
        "Observation"
    }
}

impl EventSourced for Score {
    type Id = ScoreId;
    type Event = ScoreEvent;
    type Error = ScoreError;
    const STREAM: StreamType = StreamType::Score;

    fn apply(&mut self, event: &ScoreEvent) {
        match event {
            ScoreEvent::ScoreChanged { content } => *self = Self::Scored(content.clone()),
        }
    }
}
