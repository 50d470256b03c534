//! What the rules say: a limit against the latest value, the score against its thresholds.

use chrono::{DateTime, Duration, Utc};
use healthcare_domain::alert::Priority;
use healthcare_dss::score::news2::{News2, Outcome, Parts};
use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{Limit, Side, Verdict};
use crate::score::Latest;

impl Limit {
    /// Holds the latest value against the limit. A value older than `max_age` says nothing.
    pub fn judge(&self, latest: Option<(Decimal, &Latest)>, now: DateTime<Utc>, max_age: Duration) -> Verdict {
        let Some((value, latest)) = latest else { return Verdict::Unknown };
        if now - latest.at > max_age {
            return Verdict::Unknown;
        }
        let (beyond, depth) = match self.side {
            Side::Low => (self.warn - value, self.warn - self.critical),
            Side::High => (value - self.warn, self.critical - self.warn),
        };
        if beyond >= depth {
            Verdict::Violated { priority: Priority::High, sustain: Duration::zero() }
        } else if beyond > Decimal::ZERO {
            Verdict::Violated { priority: self.priority, sustain: self.shortened(beyond / depth) }
        } else if beyond > -self.margin {
            Verdict::Between
        } else {
            Verdict::Within
        }
    }

    /// The sustain time, shorter in proportion to how far from the limit towards the critical one the value is.
    fn shortened(&self, fraction: Decimal) -> Duration {
        let left = (Decimal::ONE - fraction) * Decimal::from(self.sustain.num_milliseconds());
        left.to_i64().map_or(self.sustain, Duration::milliseconds)
    }
}

/// Which parameters a score could use, as bits in the order of the chart.
pub fn basis(parts: &Parts) -> u8 {
    parts.each().iter().enumerate().fold(0, |bits, (i, (_, part))| bits | (u8::from(part.is_some()) << i))
}

/// Holds the score against its thresholds: 5 and more is high, a 3 in one parameter medium, each at once. An
/// incomplete score counts for what it is at least; it ends an alert only while everything that the alert stood
/// on (`stood_on`) is still known.
pub fn judge_score(score: &News2, stood_on: u8) -> Verdict {
    if matches!(score.outcome, Outcome::NotApplicable { .. }) {
        return Verdict::Within;
    }
    let at_once = |priority| Verdict::Violated { priority, sustain: Duration::zero() };
    match score.parts.sum() {
        5.. => at_once(Priority::High),
        _ if score.parts.has_a_three() => at_once(Priority::Medium),
        _ if stood_on & !basis(&score.parts) != 0 => Verdict::Unknown,
        _ => Verdict::Within,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{alert::Policy, normalise::Observed, score::Source, signal::Signal};
    use healthcare_domain::id::VitalsId;

    fn verdict(value: &str, age: i64) -> Verdict {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let value: Decimal = value.parse().unwrap();
        let latest = Latest {
            value: Observed::Number(value),
            at: now - Duration::seconds(age),
            measured_at: now,
            received_at: now,
            source: Source::Charted { vitals: VitalsId(uuid::Uuid::nil()) },
            trace: None,
        };
        let policy = Policy::default();
        let limit = policy.limits.iter().find(|l| l.signal == Signal::Spo2).unwrap();
        limit.judge(Some((value, &latest)), now, Duration::hours(1))
    }

    fn medium(milliseconds: i64) -> Verdict {
        Verdict::Violated { priority: Priority::Medium, sustain: Duration::milliseconds(milliseconds) }
    }

    #[test]
    fn a_saturation_is_judged_by_how_far_it_fell() {
        let high = Verdict::Violated { priority: Priority::High, sustain: Duration::zero() };
        assert_eq!(verdict("91", 0), Verdict::Within);
        assert_eq!(verdict("90.9", 0), Verdict::Between);
        assert_eq!(verdict("90", 0), Verdict::Between);
        assert_eq!(verdict("89", 0), medium(13_500));
        assert_eq!(verdict("85", 0), medium(7_500));
        assert_eq!(verdict("81", 0), medium(1_500));
        assert_eq!(verdict("80", 0), high);
        assert_eq!(verdict("60", 0), high);
    }

    #[test]
    fn an_old_value_says_nothing() {
        assert_eq!(verdict("60", 3601), Verdict::Unknown);
    }
}
