//! Telling that a score changed.

use super::{Score, ScoreContent, ScoreError, ScoreEvent};

/// The highest total of NEWS2: six parameters with 3 and oxygen with 2.
const HIGHEST: u8 = 20;

impl Score {
    /// Takes what the score is now. The same total, band and completeness are no change, and neither is what is older
    /// than what is known.
    ///
    /// # Errors
    /// When the score does not go so high.
    pub fn change(&self, content: ScoreContent) -> Result<Vec<ScoreEvent>, ScoreError> {
        if content.total > HIGHEST {
            return Err(ScoreError::BeyondTheScale);
        }
        let news = match self {
            Self::Unscored => true,
            Self::Scored(held) => {
                let says = |c: &ScoreContent| (c.total, c.band, c.complete, c.highest_part);
                content.measured_at >= held.measured_at && says(&content) != says(held)
            }
        };
        Ok(if news { vec![ScoreEvent::ScoreChanged { content }] } else { vec![] })
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;
    use crate::{EventSourced, id::PatientId, score::RiskBand};

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + 60 * minute, 0).unwrap()
    }

    fn content(total: u8, minute: i64) -> ScoreContent {
        ScoreContent {
            patient: PatientId(uuid::Uuid::from_u128(1)),
            score: "news2".into(),
            rule_version: "RCP 2017/1".into(),
            total,
            complete: true,
            band: if total < 5 { RiskBand::Low } else { RiskBand::Medium },
            highest_part: 2,
            measured_at: at(minute),
        }
    }

    #[test]
    fn a_score_is_told_when_it_changes_and_not_when_it_is_the_same() {
        let score = Score::fold(&Score::Unscored.change(content(4, 0)).unwrap());
        assert_eq!(score, Score::Scored(content(4, 0)));
        assert_eq!(score.change(content(4, 5)), Ok(vec![]));
        let risen = ScoreEvent::ScoreChanged { content: content(5, 5) };
        assert_eq!(score.change(content(5, 5)), Ok(vec![risen]));
        let incomplete = ScoreContent { complete: false, ..content(4, 5) };
        assert_eq!(score.change(incomplete).unwrap().len(), 1);
    }

    #[test]
    fn what_is_older_than_what_is_known_changes_nothing() {
        assert_eq!(Score::Scored(content(4, 9)).change(content(6, 8)), Ok(vec![]));
    }

    #[test]
    fn no_total_lies_beyond_the_scale() {
        assert_eq!(Score::Unscored.change(content(21, 0)), Err(ScoreError::BeyondTheScale));
    }
}
