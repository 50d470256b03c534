//! The names of the rules. One alert is open for a patient and a rule.

use healthcare_domain::id::DeviceId;
use serde::{Deserialize, Serialize};

use crate::signal::Signal;

/// Which side of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Too low.
    Low,
    /// Too high.
    High,
}

/// A rule of the gateway. Written `news2`, `limit:spo2:low`, `technical:no-signal:spo2`, `technical:silent:UUID`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Rule {
    /// The early warning score.
    News2,
    /// A signal beyond its limit.
    Limit(Signal, Side),
    /// A sensor without signal.
    NoSignal(Signal),
    /// A streaming device that fell silent.
    Silent(DeviceId),
}

impl Rule {
    /// Whether it is about the equipment and not about the patient (IEC 60601-1-8).
    pub const fn is_technical(self) -> bool {
        match self {
            Self::NoSignal(_) | Self::Silent(_) => true,
            Self::News2 | Self::Limit(..) => false,
        }
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::News2 => f.write_str("news2"),
            Self::Limit(signal, Side::Low) => write!(f, "limit:{}:low", signal.slug()),
            Self::Limit(signal, Side::High) => write!(f, "limit:{}:high", signal.slug()),
            Self::NoSignal(signal) => write!(f, "technical:no-signal:{}", signal.slug()),
            Self::Silent(device) => write!(f, "technical:silent:{device}"),
        }
    }
}

/// The text names no rule of the gateway.
#[derive(Debug, thiserror::Error)]
#[error("not a rule of the gateway")]
pub struct UnknownRule;

impl std::str::FromStr for Rule {
    type Err = UnknownRule;

    fn from_str(text: &str) -> Result<Self, UnknownRule> {
        let signal = |slug: &str| Signal::ALL.into_iter().find(|s| s.slug() == slug).ok_or(UnknownRule);
        match text.split(':').collect::<Vec<_>>()[..] {
            ["news2"] => Ok(Self::News2),
            ["limit", slug, "low"] => Ok(Self::Limit(signal(slug)?, Side::Low)),
            ["limit", slug, "high"] => Ok(Self::Limit(signal(slug)?, Side::High)),
            ["technical", "no-signal", slug] => Ok(Self::NoSignal(signal(slug)?)),
            ["technical", "silent", id] => Ok(Self::Silent(id.parse().map_err(|_| UnknownRule)?)),
            _ => Err(UnknownRule),
        }
    }
}

impl From<Rule> for String {
    fn from(rule: Rule) -> Self {
        rule.to_string()
    }
}

impl TryFrom<String> for Rule {
    type Error = UnknownRule;
    fn try_from(text: String) -> Result<Self, UnknownRule> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_read_as_it_is_written() {
        let device = DeviceId(uuid::Uuid::from_u128(7));
        for rule in [
            Rule::News2,
            Rule::Limit(Signal::Spo2, Side::Low),
            Rule::Limit(Signal::HeartRate, Side::High),
            Rule::NoSignal(Signal::Temperature),
            Rule::Silent(device),
        ] {
            assert_eq!(rule.to_string().parse::<Rule>().unwrap(), rule);
        }
        assert!("limit:spo2:sideways".parse::<Rule>().is_err());
    }
}
