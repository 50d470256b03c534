//! How much of a drug is too much, by age, weight and kidney function; and what has to be measured while it is taken.

use rust_decimal::Decimal;

use super::{DrugSet, Row, ValueSetId};

/// The most of a drug: at a time, a day, or how often.
#[derive(Debug, Clone)]
pub(crate) struct DoseLimit {
    pub(crate) row: Row,
    pub(crate) drugs: DrugSet,
    /// Completed years, inclusive.
    pub(crate) from_years: Option<u16>,
    /// Completed years, exclusive.
    pub(crate) below_years: Option<u16>,
    pub(crate) single_mg: Option<Decimal>,
    pub(crate) daily_mg: Option<Decimal>,
    pub(crate) single_mg_per_kg: Option<Decimal>,
    pub(crate) daily_mg_per_kg: Option<Decimal>,
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
