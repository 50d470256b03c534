//! The clinical risk band of a NEWS2 total.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Parts;

/// Clinical risk, with the response the Royal College of Physicians attaches to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Band {
    /// Total 0 to 4 with no single parameter scoring 3: ward-based response.
    Low,
    /// Total up to 4 with a 3 in one parameter: urgent ward-based review.
    LowMedium,
    /// Total 5 or 6: urgent assessment within 60 minutes.
    Medium,
    /// Total 7 or more: emergency assessment within 30 minutes.
    High,
}

impl Band {
    /// The band that follows from the parts (chart 2 of the 2017 report).
    #[must_use]
    pub fn of(parts: &Parts) -> Self {
        match parts.sum() {
            7.. => Self::High,
            5..=6 => Self::Medium,
            _ if parts.has_a_three() => Self::LowMedium,
            _ => Self::Low,
        }
    }

    /// The words of the band, as serialised.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::LowMedium => "low-medium",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// Within how many minutes a clinician is to assess the patient; none for the lowest band.
    #[must_use]
    pub fn assessment_within_minutes(self) -> Option<u16> {
        match self {
            Self::Low => None,
            Self::LowMedium | Self::Medium => Some(60),
            Self::High => Some(30),
        }
    }
}
