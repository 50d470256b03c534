//! When the gateway alarms: the site's policy, and what a clinician sets otherwise for one patient.

use chrono::{DateTime, Duration, Utc};
use healthcare_domain::{
    alarm_limits::{AlarmLimit, PatientLimits},
    alert::Priority,
    scheduling::zone::Zone,
};
use healthcare_dss::score::news2::MaximumAges;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Side;
use crate::signal::Signal;

/// The version of the gateway's rules, kept with each alert.
pub const VERSION: &str = "gateway/1";

/// A limit of one signal on one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Of which signal.
    pub signal: Signal,
    /// Which side.
    pub side: Side,
    /// Beyond this the limit is crossed.
    pub warn: Decimal,
    /// At this or beyond it the alert is high, and raised at once.
    pub critical: Decimal,
    /// How far back inside a value must come before clearing begins.
    pub margin: Decimal,
    /// The priority of a crossing that is not critical.
    pub priority: Priority,
    /// How long a crossing must last, just beyond the limit; shorter the further beyond.
    pub sustain: Duration,
}

/// A limit set for one patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitOverride {
    /// Of which signal.
    pub signal: Signal,
    /// Which side.
    pub side: Side,
    /// Beyond this the limit is crossed.
    pub warn: Decimal,
    /// At this or beyond it the alert is high, and raised at once.
    pub critical: Decimal,
    /// When the site's limit holds again; it holds on if none is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
}

/// The site's alarm policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Limits of adults.
    pub limits: Vec<Limit>,
    /// How old a value may be to be scored.
    pub ages: MaximumAges,
    /// How old a value may be to be held against its limit.
    pub limit_age: Duration,
    /// How long a limit must be kept before its alert clears.
    pub limit_clears_after: Duration,
    /// How long a score must stay low before its alert clears.
    pub score_clears_after: Duration,
    /// How long a sensor may be without signal.
    pub no_signal_after: Duration,
    /// How long a streaming device may be silent. A device streams once two of its readings come within this.
    pub silent_after: Duration,
    /// How late a reading may still raise an alert for what it shows by itself; older ones are history.
    pub late_alarm: Duration,
    /// An unchanged score is stored again after this.
    pub score_every: Duration,
    /// The calendar that ages are counted in, the site's: a monitor and the chart hold somebody for as old.
    pub zone: Zone,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            limits: adult_limits(),
            ages: MaximumAges::default(),
            limit_age: Duration::hours(1),
            limit_clears_after: Duration::seconds(30),
            score_clears_after: Duration::seconds(60),
            no_signal_after: Duration::seconds(10),
            silent_after: Duration::seconds(60),
            late_alarm: Duration::minutes(15),
            score_every: Duration::minutes(5),
            zone: Zone::UTC,
        }
    }
}

impl Policy {
    /// The limits that hold for a patient at `now`. The defaults are an adult's: for a child (under 16) only what was set
    /// for them holds, and desaturation.
    pub fn limits_for<'a>(
        &'a self,
        age_years: Option<u16>,
        overrides: &'a [LimitOverride],
        now: DateTime<Utc>,
    ) -> impl Iterator<Item = Limit> + 'a {
        let child = age_years.is_some_and(|age| age < 16);
        self.limits.iter().filter_map(move |limit| {
            let holds = |o: &&LimitOverride| o.until.is_none_or(|until| now < until);
            let own = overrides.iter().filter(holds).find(|o| o.signal == limit.signal && o.side == limit.side);
            match own {
                Some(own) => Some(Limit { warn: own.warn, critical: own.critical, ..*limit }),
                None if child && limit.signal != Signal::Spo2 => None,
                None => Some(*limit),
            }
        })
    }
}

impl LimitOverride {
    /// What a clinician set for a patient: a limit on either side, or on both.
    pub fn of(limits: &PatientLimits) -> impl Iterator<Item = Self> + '_ {
        [(Side::Low, limits.low), (Side::High, limits.high)].into_iter().filter_map(|(side, limit)| {
            let AlarmLimit { warn, critical } = limit?;
            // What no device watches has no alarm.
            let signal = Signal::of(limits.sign)?;
            Some(Self { signal, side, warn, critical, until: Some(limits.expires_at) })
        })
    }

    /// Whether the critical limit lies beyond the warning.
    pub fn is_sound(&self) -> bool {
        match self.side {
            Side::Low => self.critical < self.warn,
            Side::High => self.critical > self.warn,
        }
    }
}

/// Warning limits: CLINICAL.md, "Default adult limits" (SpO2 90 with desaturation at 80, the 15 s delay on SpO2 after
/// the published evidence there). Critical ones, where it gives none, are the site's to set; these stand at or
/// beyond the band that scores 3 in NEWS2.
fn adult_limits() -> Vec<Limit> {
    use Priority::{Low as LowPriority, Medium};
    use Side::{High, Low};
    let whole = |n: i64| Decimal::from(n);
    let limit = |signal, side, warn: i64, critical: i64, margin: Decimal, priority, seconds| Limit {
        signal,
        side,
        warn: whole(warn),
        critical: whole(critical),
        margin,
        priority,
        sustain: Duration::seconds(seconds),
    };
    vec![
        limit(Signal::HeartRate, Low, 50, 40, whole(3), Medium, 10),
        limit(Signal::HeartRate, High, 120, 150, whole(5), Medium, 10),
        limit(Signal::RespiratoryRate, Low, 8, 5, whole(1), Medium, 15),
        limit(Signal::RespiratoryRate, High, 30, 40, whole(2), Medium, 15),
        limit(Signal::Spo2, Low, 90, 80, whole(1), Medium, 15),
        limit(Signal::SystolicBp, Low, 90, 70, whole(5), Medium, 15),
        limit(Signal::SystolicBp, High, 160, 220, whole(5), Medium, 60),
        limit(Signal::DiastolicBp, Low, 50, 30, whole(3), LowPriority, 30),
        limit(Signal::DiastolicBp, High, 90, 130, whole(3), LowPriority, 60),
        limit(Signal::Etco2, Low, 15, 8, whole(2), Medium, 15),
        limit(Signal::Etco2, High, 50, 70, whole(2), Medium, 30),
        limit(Signal::Temperature, Low, 35, 32, Decimal::new(2, 1), LowPriority, 60),
        limit(Signal::Temperature, High, 39, 41, Decimal::new(2, 1), LowPriority, 60),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_limit_is_sound_and_stands_once() {
        let limits = adult_limits();
        for (i, l) in limits.iter().enumerate() {
            let own = LimitOverride { signal: l.signal, side: l.side, warn: l.warn, critical: l.critical, until: None };
            assert!(own.is_sound() && l.margin > Decimal::ZERO, "{l:?}");
            assert!(limits[..i].iter().all(|o| (o.signal, o.side) != (l.signal, l.side)), "{l:?}");
        }
    }

    #[test]
    fn a_childs_limits_are_those_set_for_them() {
        let policy = Policy::default();
        let own = LimitOverride {
            signal: Signal::HeartRate,
            side: Side::High,
            warn: Decimal::from(160),
            critical: Decimal::from(190),
            until: None,
        };
        let limits: Vec<_> = policy.limits_for(Some(4), std::slice::from_ref(&own), DateTime::UNIX_EPOCH).collect();
        assert_eq!(limits.len(), 2);
        assert!(limits.iter().any(|l| l.signal == Signal::HeartRate && l.warn == own.warn));
        assert!(limits.iter().any(|l| l.signal == Signal::Spo2));
        assert_eq!(policy.limits_for(Some(40), &[], DateTime::UNIX_EPOCH).count(), policy.limits.len());
    }
}
