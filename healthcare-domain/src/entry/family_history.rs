//! What is known of the health of a patient's relatives.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Content, EntryError};
use crate::{
    StreamType, code::CodeableConcept, id::FamilyHistoryId, partial_date::PartialDate, reference::Identifier,
    text::Remark,
};

/// What is known of the health of one relative (FHIR FamilyMemberHistory).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FamilyHistory {
    /// What the source calls it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// Who it is to the patient (HL7 v3 RoleCode, e.g. `MTH`).
    pub relationship: CodeableConcept,
    /// How much is known.
    pub status: FamilyHistoryStatus,
    /// `male`, `female`, `other`, `unknown`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<String>,
    /// When they were born.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<PartialDate>,
    /// Whether they have died, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deceased: Option<bool>,
    /// At which age they died, in years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deceased_age: Option<u16>,
    /// What they have or had.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    pub conditions: Vec<FamilyCondition>,
    /// When it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<DateTime<Utc>>,
    /// More, in somebody's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Remark>,
}

/// How much of a relative is known (FHIR history-status, without entered-in-error, which is a state of its own).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FamilyHistoryStatus {
    /// Something is.
    #[default]
    Partial,
    /// All that can be.
    Completed,
    /// It was asked, and nobody knows.
    HealthUnknown,
}

impl FamilyHistoryStatus {
    /// FHIR's code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Partial => "partial",
            Self::Completed => "completed",
            Self::HealthUnknown => "health-unknown",
        }
    }
}

/// A condition of a relative.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FamilyCondition {
    /// What it is.
    pub code: CodeableConcept,
    /// At which age it began, in years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 150)]
    pub onset_age: Option<u16>,
    /// What became of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<CodeableConcept>,
    /// Whether they died of it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contributed_to_death: Option<bool>,
    /// More, in somebody's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Remark>,
}

impl Content for FamilyHistory {
    type Id = FamilyHistoryId;
    const STREAM: StreamType = StreamType::FamilyHistory;
    const FHIR: &'static str = "FamilyMemberHistory";
    fn recorded_kind(&self) -> &'static str {
        "patient.family-history.recorded"
    }
    const AMENDED: &'static str = "patient.family-history.amended";
    const STRUCK: &'static str = "patient.family-history.entered-in-error";

    fn check(&self, now: DateTime<Utc>) -> Result<(), EntryError> {
        if self.relationship.is_empty() || self.conditions.iter().any(|one| one.code.is_empty()) {
            return Err(EntryError::Unnamed);
        }
        if self.born.is_some_and(|born| born.first_day() > now.date_naive()) {
            return Err(EntryError::InTheFuture);
        }
        if self.status == FamilyHistoryStatus::HealthUnknown && !self.conditions.is_empty() {
            return Err(EntryError::KnownAndUnknown);
        }
        let ages = self.conditions.iter().filter_map(|one| one.onset_age).chain(self.deceased_age);
        let beyond = |age: u16| age > 150 || self.deceased_age.is_some_and(|died| age > died);
        if (self.deceased == Some(false) && self.deceased_age.is_some()) || ages.into_iter().any(beyond) {
            return Err(EntryError::AgeCannotBe);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-20T08:00:00Z".parse().unwrap()
    }

    fn mother() -> FamilyHistory {
        FamilyHistory { relationship: CodeableConcept::words("mother"), ..FamilyHistory::default() }
    }

    fn stroke(onset_age: Option<u16>) -> FamilyCondition {
        let code = CodeableConcept::words("stroke");
        FamilyCondition { code, onset_age, outcome: None, contributed_to_death: Some(true), note: None }
    }

    #[test]
    fn a_relative_is_named_and_what_is_unknown_is_not_known() {
        assert_eq!(mother().check(now()), Ok(()));
        assert_eq!(FamilyHistory::default().check(now()), Err(EntryError::Unnamed));
        let unknown = FamilyHistory { status: FamilyHistoryStatus::HealthUnknown, ..mother() };
        assert_eq!(unknown.check(now()), Ok(()));
        let both = FamilyHistory { conditions: vec![stroke(None)], ..unknown };
        assert_eq!(both.check(now()), Err(EntryError::KnownAndUnknown));
    }

    #[test]
    fn nobody_falls_ill_after_they_died() {
        let died = FamilyHistory { deceased: Some(true), deceased_age: Some(70), ..mother() };
        assert_eq!(FamilyHistory { conditions: vec![stroke(Some(70))], ..died.clone() }.check(now()), Ok(()));
        let after = FamilyHistory { conditions: vec![stroke(Some(71))], ..died.clone() };
        assert_eq!(after.check(now()), Err(EntryError::AgeCannotBe));
        assert_eq!(FamilyHistory { deceased: Some(false), ..died }.check(now()), Err(EntryError::AgeCannotBe));
        let unborn = FamilyHistory { born: Some("2030".parse().unwrap()), ..mother() };
        assert_eq!(unborn.check(now()), Err(EntryError::InTheFuture));
    }
}
