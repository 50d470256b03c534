//! How much of a drug is too much, by age, weight and kidney function; and what has to be measured while it is taken.

use rust_decimal::Decimal;
use serde::Deserialize;

use super::{DrugSet, Row, ValueSetId};
use crate::dose::{Amount, Route};

/// In what a drug is measured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub(crate) enum Measure {
    #[default]
    #[serde(rename = "mg")]
    Milligrams,
    /// International units, as of insulin and heparin.
    #[serde(rename = "[iU]")]
    Units,
    /// Milliequivalents; of what has a single charge as many as millimoles.
    #[serde(rename = "meq")]
    Milliequivalents,
}

impl Measure {
    /// As people write it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Milligrams => "mg",
            Self::Units => "units",
            Self::Milliequivalents => "mEq",
        }
    }

    /// In full.
    pub(crate) fn in_full(self) -> &'static str {
        match self {
            Self::Milligrams => "milligrams",
            Self::Units => "units",
            Self::Milliequivalents => "milliequivalents",
        }
    }

    /// How much of it an amount is, where its unit is of this measure.
    pub(crate) fn of(self, amount: &Amount) -> Option<Decimal> {
        match (self, amount.unit.as_str()) {
            (Self::Milligrams, _) => amount.milligrams(),
            (Self::Units, "[iU]") | (Self::Milliequivalents, "meq" | "mmol") => Some(amount.value),
            (Self::Units | Self::Milliequivalents, _) => None,
        }
    }
}

/// The most of a drug: at a time, a day, or how often.
#[derive(Debug, Clone)]
pub(crate) struct DoseLimit {
    pub(crate) row: Row,
    pub(crate) drugs: DrugSet,
    /// Completed years, inclusive.
    pub(crate) from_years: Option<u16>,
    /// Completed years, exclusive.
    pub(crate) below_years: Option<u16>,
    /// By which way it has to be given; without it any.
    pub(crate) route: Option<Route>,
    /// Whether it holds, too, where by which way the drug is given is not told.
    pub(crate) or_untold: bool,
    /// In what the amounts are.
    pub(crate) measure: Measure,
    /// How many milligrams one of the measure is, where a dose may be told in either.
    pub(crate) mg_per_unit: Option<Decimal>,
    pub(crate) single: Option<Decimal>,
    pub(crate) daily: Option<Decimal>,
    pub(crate) single_per_kg: Option<Decimal>,
    pub(crate) daily_per_kg: Option<Decimal>,
    /// By how much a dose by weight may be more before it is told, as doses are rounded: 0.1 is a tenth.
    pub(crate) tolerance: Decimal,
    /// How many doses a day, at most; below 1 for what is not taken daily.
    pub(crate) times_per_day: Option<Decimal>,
}

/// What a drug needs of the kidneys.
#[derive(Debug, Clone)]
pub(crate) struct RenalLimit {
    pub(crate) row: Row,
    pub(crate) drugs: DrugSet,
    /// mL/min/1.73 m², exclusive.
    pub(crate) egfr_below: Decimal,
    /// mL/min/1.73 m², inclusive.
    pub(crate) egfr_from: Option<Decimal>,
    /// The most a day at such a kidney function; without it the drug itself is the matter.
    pub(crate) daily_mg: Option<Decimal>,
}

/// What has to be measured while a drug is taken.
#[derive(Debug, Clone)]
pub(crate) struct Monitoring {
    pub(crate) row: Row,
    pub(crate) drugs: DrugSet,
    /// Any of these counts.
    pub(crate) tests: Vec<ValueSetId>,
    /// How old the last one may be.
    pub(crate) within_days: u32,
}

/// What an opioid counts against morphine by mouth.
#[derive(Debug, Clone)]
pub(crate) struct OpioidFactor {
    pub(crate) drugs: DrugSet,
    /// By mouth; none where it is not given so, or there is no accepted factor.
    pub(crate) factor: Option<Decimal>,
    /// Into a vein, a muscle or under the skin.
    pub(crate) parenteral: Option<Decimal>,
}

/// From which total of a day a row holds.
#[derive(Debug, Clone)]
pub(crate) struct OpioidThreshold {
    pub(crate) row: Row,
    /// Morphine milligram equivalents a day, inclusive.
    pub(crate) from_mme: Decimal,
}
