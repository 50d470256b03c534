//! When a change of the score is put on record.

use chrono::{DateTime, Duration, Utc};
use healthcare_domain::{
    id::PatientId,
    score::{RiskBand, ScoreContent},
};
use healthcare_dss::score::news2::{Band, News2, Outcome};
use serde::{Deserialize, Serialize};

/// What is no rise of the band is told at most this often: values that tremble at a boundary would fill the record.
const APART: Duration = Duration::seconds(60);

/// The score as it was told last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told(Option<ScoreContent>);

impl Told {
    /// Whether this is to be told, and if so takes note. A higher band is told at once; another total, a lower band and
    /// another completeness when the last word is a minute old, as what it is by then. What is older than the last
    /// word is not told.
    pub fn tells(&mut self, now: &ScoreContent) -> bool {
        let tell = match &self.0 {
            None => true,
            Some(last) if now.measured_at < last.measured_at => false,
            Some(last) => {
                let says = |c: &ScoreContent| (c.total, c.band, c.complete, c.highest_part);
                now.band > last.band || (says(now) != says(last) && now.measured_at - last.measured_at >= APART)
            }
        };
        if tell {
            self.0 = Some(now.clone());
        }
        tell
    }
}

/// A score in the words of the record; none where NEWS2 does not apply to the patient.
pub fn content(patient: PatientId, news2: &News2, at: DateTime<Utc>) -> Option<ScoreContent> {
    let (total, complete, band) = match &news2.outcome {
        Outcome::Complete { total, band } => (*total, true, *band),
        Outcome::Incomplete { partial, at_least, .. } => (*partial, false, *at_least),
        Outcome::NotApplicable { .. } => return None,
    };
    Some(ScoreContent {
        patient,
        score: "news2".to_owned(),
        rule_version: news2.version.to_owned(),
        total,
        complete,
        band: match band {
            Band::Low => RiskBand::Low,
            Band::LowMedium => RiskBand::LowMedium,
            Band::Medium => RiskBand::Medium,
            Band::High => RiskBand::High,
        },
        highest_part: news2.parts.each().into_iter().filter_map(|(_, part)| part).max().unwrap_or(0),
        measured_at: at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(total: u8, band: RiskBand, second: i64) -> ScoreContent {
        ScoreContent {
            patient: PatientId(uuid::Uuid::from_u128(1)),
            score: "news2".into(),
            rule_version: "RCP 2017/1".into(),
            total,
            complete: true,
            band,
            highest_part: 2,
            measured_at: DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap(),
        }
    }

    #[test]
    fn a_higher_band_is_told_at_once_and_trembling_at_most_twice_a_minute() {
        let mut told = Told::default();
        let mut count = 0;
        for second in 0..600 {
            let (total, band) = if second % 2 == 0 { (4, RiskBand::Low) } else { (5, RiskBand::Medium) };
            count += usize::from(told.tells(&score(total, band, second)));
        }
        assert!(told.0.is_some() && (10..=22).contains(&count), "{count} in ten minutes");
        let mut rising = Told::default();
        assert!(rising.tells(&score(4, RiskBand::Low, 0)));
        assert!(rising.tells(&score(7, RiskBand::High, 1)));
    }

    #[test]
    fn the_same_is_not_told_again_and_a_fall_is_told_after_a_minute() {
        let mut told = Told::default();
        assert!(told.tells(&score(7, RiskBand::High, 0)));
        assert!(!told.tells(&score(7, RiskBand::High, 600)));
        assert!(!told.tells(&score(2, RiskBand::Low, 30)), "too soon");
        assert!(told.tells(&score(2, RiskBand::Low, 60)));
        assert!(!told.tells(&score(9, RiskBand::High, 59)), "history");
    }
}
