//! A score or formula that was computed for a patient and put on record.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Content, EntryError};
use crate::{
    StreamType,
    id::{AccountId, CalculatedScoreId, EncounterId},
};

/// How far ahead a time may lie, for clocks that differ.
const AHEAD: Duration = Duration::minutes(5);

/// What a score came to, with all that it was computed from (FHIR Observation).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CalculatedScore {
    /// The calculator, of those that `GET /scores` lists.
    #[schema(example = "egfr")]
    pub score: String,
    /// What it is called.
    pub title: String,
    /// The version of what computed it.
    #[serde(rename = "score_version")]
    pub version: String,
    /// Where it was published.
    pub citation: String,
    /// Whether nothing was missing.
    pub complete: bool,
    /// What came out; absent while something is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub value: Option<Number>,
    /// Of an incomplete score of points the sum of what is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub partial: Option<Number>,
    /// The unit (UCUM); none of a score of points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// What it means, in the words of its source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<String>,
    /// The parts of a score of points.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<ScorePart>,
    /// The inputs that were missing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// What it was computed from.
    pub inputs: Vec<ScoreInput>,
    /// The moment it is for.
    pub computed_at: DateTime<Utc>,
    /// During which visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encounter: Option<EncounterId>,
    /// Who had it computed.
    pub by: AccountId,
}

/// A part of a score and its points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = CalculatedScorePart)]
pub struct ScorePart {
    /// What the points are for.
    #[schema(example = "age")]
    pub name: String,
    /// The points; absent while what they depend on is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub points: Option<Number>,
}

/// An input of a computed score: as it was given, or as it stood in the record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = CalculatedScoreInput)]
pub struct ScoreInput {
    /// The input of the calculator.
    #[schema(example = "creatinine")]
    pub name: String,
    /// Its value, in the unit of the calculator.
    pub value: Value,
    /// The event it was taken from; none where whoever asked gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_from: Option<TakenFrom>,
}

/// The event that an input was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TakenFrom {
    /// The stream.
    pub stream: Uuid,
    /// The version of the stream at which the event stands; 0 for what a device sent.
    pub version: i32,
    /// When it was measured or recorded.
    pub at: DateTime<Utc>,
}

impl Content for CalculatedScore {
    type Id = CalculatedScoreId;
    const STREAM: StreamType = StreamType::CalculatedScore;
    const FHIR: &'static str = "Observation";
    fn recorded_kind(&self) -> &'static str {
        "patient.score.recorded"
    }
    const AMENDED: &'static str = "patient.score.amended";
    const STRUCK: &'static str = "patient.score.entered-in-error";

    fn check(&self, now: DateTime<Utc>) -> Result<(), EntryError> {
        if self.score.is_empty() || self.inputs.is_empty() {
            return Err(EntryError::Unnamed);
        }
        if self.computed_at > now + AHEAD {
            return Err(EntryError::InTheFuture);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EventSourced, entry::Entry, text::Remark};

    fn now() -> DateTime<Utc> {
        "2026-11-22T08:00:00Z".parse().unwrap()
    }

    fn egfr() -> CalculatedScore {
        let taken_from = Some(TakenFrom { stream: Uuid::from_u128(1), version: 1, at: now() });
        CalculatedScore {
            score: "egfr".into(),
            title: "eGFR".into(),
            version: "CKD-EPI 2021/1".into(),
            citation: "Inker 2021".into(),
            complete: true,
            value: Some(72.into()),
            partial: None,
            unit: Some("mL/min/{1.73_m2}".into()),
            band: None,
            parts: vec![],
            missing: vec![],
            inputs: vec![
                ScoreInput { name: "age".into(), value: 60.into(), taken_from: None },
                ScoreInput { name: "creatinine".into(), value: Value::from(1.1), taken_from },
            ],
            computed_at: now(),
            encounter: None,
            by: AccountId(Uuid::from_u128(2)),
        }
    }

    #[test]
    fn a_score_of_nothing_or_of_tomorrow_is_not_recorded() {
        assert_eq!(
            Entry::Unwritten.record_live(CalculatedScore { inputs: vec![], ..egfr() }, now()),
            Err(EntryError::Unnamed)
        );
        let tomorrow = CalculatedScore { computed_at: now() + Duration::days(1), ..egfr() };
        assert_eq!(Entry::Unwritten.record_live(tomorrow, now()), Err(EntryError::InTheFuture));
    }

    #[test]
    fn a_wrong_one_is_struck_and_stays_in_the_history_with_what_it_was_computed_from() {
        let mut entry = Entry::fold(&Entry::Unwritten.record_live(egfr(), now()).unwrap());
        assert_eq!(entry, Entry::Recorded(egfr()));
        let reason = Remark::try_from("of another patient".to_owned()).unwrap();
        for event in entry.enter_in_error(reason.clone()).unwrap() {
            entry.apply(&event);
        }
        assert_eq!(entry, Entry::EnteredInError(egfr()));
        assert_eq!(entry.enter_in_error(reason), Err(EntryError::EnteredInError));
    }

    #[test]
    fn what_is_stored_is_read_as_it_was() {
        let stored = serde_json::to_string(&egfr()).unwrap();
        assert_eq!(serde_json::from_str::<CalculatedScore>(&stored).unwrap(), egfr());
    }
}
