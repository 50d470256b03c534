//! Moments picked to be looked at. What was found is kept with each, sealed under the patient's key, for who may read.

use chrono::{DateTime, Utc};
use healthcare_domain::id::PatientId;
use healthcare_dss::Finding;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{alerted::pseudonym, report::Followed};

/// On which side of a comparison an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = BacktestChange)]
pub enum Change {
    /// There is no baseline, or both say so.
    Same,
    /// The candidate alone.
    Added,
    /// The baseline alone.
    Removed,
}

impl Change {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Same, Self::Added, Self::Removed];

    /// The name it is stored under.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Added => "added",
            Self::Removed => "removed",
        }
    }
}

/// A moment that was picked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Its lot: those with the smallest are kept, so that no patient is likelier than another.
    pub draw: Uuid,
    /// Of whom.
    pub patient: PatientId,
    /// The moment.
    pub at: DateTime<Utc>,
    /// What asked.
    pub trigger: String,
    /// The identity of the finding.
    pub finding: Uuid,
    /// On which side.
    pub change: Change,
    /// What clinicians did.
    pub followed: Followed,
    /// What was found; none of a sample that is kept already.
    pub found: Option<Finding>,
}

/// A sample as it was read from where it is kept.
#[derive(Debug, Clone)]
pub struct KeptSample {
    /// Who holds the patient's record now.
    pub patient: PatientId,
    /// The registration it was picked under: by it the pseudonym is made.
    pub registration: PatientId,
    /// The moment.
    pub at: DateTime<Utc>,
    /// What asked.
    pub trigger: String,
    /// On which side.
    pub change: Change,
    /// What clinicians did.
    pub followed: Followed,
    /// What was found, where the reader may look at the patient; why it cannot be shown, where it cannot.
    pub found: Result<Option<Finding>, NotShown>,
}

/// Why a sample that a reader may look at is not shown whole. The others are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = BacktestSampleNotShown)]
pub enum NotShown {
    /// It was picked before what was found was kept with it.
    NotKept,
    /// The patient's key was destroyed.
    Erased,
    /// What is kept of it cannot be read.
    Damaged,
}

/// A moment that was picked, as it is shown. Who may not read the patient's chart sees neither who it is nor what was
/// found.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownSample {
    /// Stands for the patient within this backtest, and for nobody outside of it.
    pub pseudonym: Uuid,
    /// The day of the moment.
    pub on: chrono::NaiveDate,
    /// What asked: an event type or a hook.
    pub trigger: String,
    /// On which side of the comparison.
    pub change: Change,
    /// What clinicians did within a day.
    pub followed: Followed,
    /// The patient, for who may read their chart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient: Option<PatientId>,
    /// The moment, for who may read their chart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
    /// What was found, with the tree of conditions; for who may read their chart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
    /// The tree in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// Why it is not shown to somebody who may read the patient's chart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_shown: Option<NotShown>,
}

impl KeptSample {
    /// As a reader sees it: whole where `open`, else without the patient, the moment and what was found.
    pub(super) fn shown(self, salt: &Uuid, open: bool) -> ShownSample {
        let Self { patient, registration, at, trigger, change, followed, found } = self;
        let (finding, not_shown) = match (open, found) {
            (false, _) => (None, None),
            (true, Ok(finding)) => (finding, None),
            (true, Err(why)) => (None, Some(why)),
        };
        ShownSample {
            pseudonym: pseudonym(salt, registration),
            on: at.date_naive(),
            trigger,
            change,
            followed,
            patient: open.then_some(patient),
            at: open.then_some(at),
            words: finding.as_ref().map(|finding| finding.explanation.words()),
            finding,
            not_shown,
        }
    }
}
