//! Whatever a score comes to in whatever order.

use chrono::DateTime;
use proptest::prelude::*;

use super::*;
use crate::taken::taken;

proptest! {
    /// A score stays on its scale, never goes back in time, and each event tells something that the one before did not.
    #[test]
    fn no_sequence_of_commands_reaches_an_undefined_state(
        told in proptest::collection::vec((0u8..24, 0usize..4, 0u8..4, any::<bool>(), 0i64..20), 0..60)
    ) {
        let says = |c: &ScoreContent| (c.total, c.band, c.complete, c.highest_part);
        let (mut state, mut log) = (Score::default(), vec![]);
        for (total, band, highest_part, complete, minute) in told {
            let was = state.clone();
            let content = ScoreContent {
                patient: PatientId(uuid::Uuid::from_u128(1)),
                score: "news2".into(),
                rule_version: "RCP 2017/1".into(),
                total,
                complete,
                band: [RiskBand::Low, RiskBand::LowMedium, RiskBand::Medium, RiskBand::High][band],
                highest_part,
                measured_at: DateTime::UNIX_EPOCH + chrono::Duration::minutes(minute),
            };
            let told = log.len();
            let decided = state.change(content.clone());
            prop_assert_eq!(decided.is_ok(), total <= 20);
            taken(&mut state, &mut log, decided);
            match (&was, &state) {
                (_, Score::Unscored) => prop_assert!(total > 20),
                (Score::Unscored, Score::Scored(now)) => prop_assert_eq!(now, &content),
                (Score::Scored(before), Score::Scored(now)) if log.len() == told => {
                    prop_assert_eq!(before, now);
                    prop_assert!(total > 20 || content.measured_at < before.measured_at || says(&content) == says(before));
                }
                (Score::Scored(before), Score::Scored(now)) => {
                    prop_assert_eq!(now, &content);
                    prop_assert!(now.measured_at >= before.measured_at && says(now) != says(before));
                }
            }
        }
    }
}
