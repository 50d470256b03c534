//! Calculators: scores and formulas that are computed from what is sent and store nothing.
//!
//! Each is a [`Calculator`]: its inputs with units and ranges, its source, and a pure function. What is not given is
//! missing, never normal: a score of points then answers the part that is known, and which inputs it lacks.

mod input;
mod outcome;
mod values;

mod bmi;
mod cha2ds2_vasc;
mod child_pugh;
mod cockcroft_gault;
mod curb_65;
mod egfr;
mod fib_4;
mod gcs;
mod has_bled;
mod heart;
mod map;
mod meld;
mod mme;
mod news2_card;
mod qsofa;
mod sofa;
mod wells_dvt;
mod wells_pe;

pub(super) use input::QUARTER;
pub use input::{Input, Kind};
pub use outcome::{Computed, Part};
pub use values::{Refused, Values};

use outcome::Outcome;
pub(super) use outcome::plain;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What is told of a score or formula.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScoreCard)]
pub struct Card {
    /// The name it is asked by.
    #[schema(example = "cha2ds2-vasc")]
    pub name: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// The version of what is computed here.
    pub version: &'static str,
    /// Where it was published. None of the sources was read again when this was written.
    pub citation: &'static str,
    /// The unit of what comes out (UCUM), for what is not a score of points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<&'static str>,
    /// Whose it is.
    pub ages: Ages,
    /// What it is computed from.
    pub inputs: &'static [Input],
}

/// Whose a score or formula is. What was derived from adults says nothing of a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ScoreAges)]
pub enum Ages {
    /// Everybody's.
    All,
    /// Everybody's, but what a value means is told of adults.
    BandOfAdults,
    /// Of adults alone, from 18 years.
    Adults,
}

/// A score or formula.
#[derive(Debug)]
pub struct Calculator {
    /// What is told of it.
    pub card: Card,
    compute: fn(&Values) -> Outcome,
}

/// All of them, by name.
pub const ALL: &[&Calculator] = &[
    &bmi::BMI,
    &cha2ds2_vasc::CHA2DS2_VASC,
    &child_pugh::CHILD_PUGH,
    &cockcroft_gault::COCKCROFT_GAULT,
    &curb_65::CURB_65,
    &egfr::EGFR,
    &fib_4::FIB_4,
    &gcs::GCS,
    &has_bled::HAS_BLED,
    &heart::HEART,
    &map::MAP,
    &meld::MELD,
    &meld::MELD_3,
    &mme::MME,
    &qsofa::QSOFA,
    &sofa::SOFA,
    &wells_dvt::WELLS_DVT,
    &wells_pe::WELLS_PE,
];

/// What is told of each, NEWS2 among them, which has a calculator of its own ([`super::news2`]).
pub fn cards() -> impl Iterator<Item = &'static Card> {
    ALL.iter().map(|calculator| &calculator.card).chain([&news2_card::NEWS2])
}

/// The calculator of a name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Calculator> {
    ALL.iter().copied().find(|calculator| calculator.card.name == name)
}

impl Calculator {
    /// Computes it.
    ///
    /// # Errors
    /// With the place and the reason, when a value is not what the input takes.
    pub fn compute(&self, given: &Map<String, Value>) -> Result<Computed, Refused> {
        let values = Values::read(self.card.inputs, given)?;
        let outcome = (self.compute)(&values);
        Ok(Computed::of(&self.card, outcome, values.shown()))
    }
}

#[cfg(test)]
#[path = "calculator_test.rs"]
mod tests;

#[cfg(test)]
#[path = "bands_test.rs"]
mod bands;
