//! What of a calculator's inputs the record holds: each with the event it comes from. What is not there is not guessed, and
//! that a condition is not on record does not say that there is none.

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value;

use super::calculator::{Card, Input, Kind, QUARTER, plain};
use crate::fact::{EventRef, Facts, ObservationFact, ScoreFact, Sex};
use crate::knowledge::Knowledge;

/// From which age somebody is an adult, in years.
pub const ADULT: u16 = 18;

/// An input as it stands in the record.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// The input.
    pub name: &'static str,
    /// Its value, in the unit of the input.
    pub value: Value,
    /// The event it comes from.
    pub source: EventRef,
    /// When it was measured or recorded.
    pub at: DateTime<Utc>,
}

/// A measurement that an input may be taken from.
struct Measured {
    input: &'static str,
    loinc: &'static [&'static str],
    unit: &'static str,
    /// g/mol, to convert mass to substance.
    molar_mass: Option<Decimal>,
}

const fn measured(input: &'static str, loinc: &'static [&'static str], unit: &'static str) -> Measured {
    Measured { input, loinc, unit, molar_mass: None }
}

/// With its molar mass, in hundredths of a gram.
const fn molar(of: Measured, hundredths: u32) -> Measured {
    let molar_mass = Some(Decimal::from_parts(hundredths, 0, 0, false, 2));
    Measured { input: of.input, loinc: of.loinc, unit: of.unit, molar_mass }
}

/// By LOINC; how old each may be stands with the input of the calculator. Each total and in serum, plasma or blood, by mass
/// and by substance: LOINC has a code of its own for either.
const MEASURED: &[Measured] = &[
    measured("weight_kg", &["29463-7", "3141-9", "3142-7"], "kg"),
    measured("height_cm", &["8302-2", "3137-7", "3138-5"], "cm"),
    molar(measured("creatinine", &["2160-0", "38483-4", "14682-9", "59826-8", "77140-2"], "mg/dL"), 11_312),
    molar(measured("bilirubin", &["1975-2", "14631-6"], "mg/dL"), 58_466),
    measured("albumin", &["1751-7"], "g/dL"),
    measured("inr", &["6301-6", "34714-6", "38875-1"], "1"),
    measured("sodium", &["2951-2", "2947-0", "77139-4"], "mmol/L"),
    measured("platelets", &["777-3", "26515-7"], "10*9/L"),
    measured("ast", &["1920-8", "30239-8"], "U/L"),
    measured("alt", &["1742-6", "1743-4"], "U/L"),
    molar(measured("urea", &["22664-7", "3091-6"], "mmol/L"), 6_006),
    measured("bun", &["3094-0"], "mg/dL"),
    measured("respiratory_rate", &["9279-1"], "/min"),
    measured("systolic_bp", &["8480-6"], "mm[Hg]"),
    measured("diastolic_bp", &["8462-4"], "mm[Hg]"),
    measured("heart_rate", &["8867-4"], "/min"),
    measured("mean_arterial_pressure", &["8478-0"], "mm[Hg]"),
    measured("gcs", &["9269-2"], "1"),
    measured("pao2", &["2703-7"], "mm[Hg]"),
];

/// Inputs that answer one question in several ways: of each only one way counts.
const ALTERNATIVES: &[&[&[&str]]] =
    &[&[&["altered_mentation"], &["gcs"]], &[&["urea"], &["bun"]], &[&["pao2_fio2"], &["pao2", "fio2"]]];

/// Conditions that an input asks for, by value set. Not those that ask for an illness before: the record does not tell the
/// thrombosis before from the one that is being looked for.
const CONDITIONS: &[(&str, &str)] = &[
    ("congestive_heart_failure", "heart-failure"),
    ("hypertension", "hypertension"),
    ("diabetes", "diabetes"),
    ("stroke_tia_thromboembolism", "ischaemic-stroke"),
];

/// Questions of yes or no that a score among the facts answers: above 0 is yes.
const ANSWERED: &[(&str, &str)] = &[("altered_mentation", "altered-mentation")];

/// The inputs of a calculator that the record holds. `person` is the event that tells age and sex; `observations` are all
/// that were measured, weight and height among them.
#[must_use]
pub fn taken(
    card: &Card,
    knowledge: &Knowledge,
    (facts, person): (&Facts, Option<(EventRef, DateTime<Utc>)>),
    observations: &[ObservationFact],
) -> Vec<Taken> {
    let of_person = |value: Option<Value>| value.zip(person).map(|(value, (source, at))| (value, source, at));
    let one = |input: &Input| {
        let (value, source, at) = match input.name {
            "age" => of_person(facts.patient.age_years.map(Value::from))?,
            "sex" => of_person(facts.patient.sex.and_then(sex))?,
            name => number(input, (facts, knowledge), observations)
                .or_else(|| condition(name, facts, knowledge))
                .or_else(|| answered(input, facts))?,
        };
        fits(input, &value).then_some(Taken { name: input.name, value, source, at })
    };
    let all: Vec<Taken> = card.inputs.iter().filter_map(one).collect();
    // Of several ways to answer one question the newer counts, and the first of those of one moment.
    let superseded = |one: &Taken| {
        all.iter().any(|other| match (way(one.name), way(other.name)) {
            (Some((question, nth)), Some((same, other_nth))) => {
                question == same && nth != other_nth && (other.at, nth) > (one.at, other_nth)
            }
            (None, _) | (_, None) => false,
        })
    };
    all.iter().filter(|one| !superseded(one)).cloned().collect()
}

/// Whether two inputs answer one question: who gives one of them has answered it.
#[must_use]
pub fn answer_the_same(one: &str, other: &str) -> bool {
    way(one).zip(way(other)).is_some_and(|((question, _), (same, _))| question == same)
}

/// Which question an input answers in several ways, and in which.
fn way(input: &str) -> Option<(usize, usize)> {
    ALTERNATIVES
        .iter()
        .enumerate()
        .find_map(|(question, ways)| ways.iter().position(|way| way.contains(&input)).map(|nth| (question, nth)))
}

pub(super) fn sex(sex: Sex) -> Option<Value> {
    match sex {
        Sex::Female => Some("female".into()),
        Sex::Male => Some("male".into()),
        // The formulas were derived for the two alone.
        Sex::Other => None,
    }
}

/// The newest that is not too old and can be compared.
fn number(
    input: &Input,
    (facts, knowledge): (&Facts, &Knowledge),
    observations: &[ObservationFact],
) -> Option<(Value, EventRef, DateTime<Utc>)> {
    let of = MEASURED.iter().find(|one| one.input == input.name)?;
    let grows = facts.patient.age_years.is_none_or(|years| years < ADULT);
    let within = input.within_hours.map(|hours| if grows { hours.min(QUARTER) } else { hours })?;
    let (now, oldest) = (facts.at, facts.at - TimeDelta::hours(within.into()));
    let newest = observations
        .iter()
        .filter(|one| of.loinc.contains(&one.code.code.as_str()) && one.at <= now && one.at >= oldest)
        .max_by_key(|one| (one.at, one.source))?;
    // A bound is no number to compute with.
    let newest = Some(newest).filter(|one| one.bound.is_none())?;
    let unit = knowledge.value_sets.units.read(&newest.unit);
    let value = crate::unit::convert(newest.value, unit, of.unit, of.molar_mass)?;
    Some((plain(value.round_dp(4).normalize().to_f64()?), newest.source, newest.at))
}

fn condition(name: &str, facts: &Facts, knowledge: &Knowledge) -> Option<(Value, EventRef, DateTime<Utc>)> {
    let (_, set) = CONDITIONS.iter().find(|(input, _)| *input == name)?;
    let set = knowledge.value_sets.by_id.get(*set)?;
    let known = facts.conditions.iter().find(|one| knowledge.value_sets.of_condition(&one.codings).contains(set))?;
    Some((true.into(), known.source, known.at))
}

/// What the newest score says that answers the question, if it is not too old.
fn answered(input: &Input, facts: &Facts) -> Option<(Value, EventRef, DateTime<Utc>)> {
    let (_, score) = ANSWERED.iter().find(|(name, _)| *name == input.name)?;
    let oldest = facts.at - TimeDelta::hours(input.within_hours?.into());
    let in_time = |one: &&ScoreFact| one.name == *score && one.at <= facts.at && one.at >= oldest;
    let newest = facts.scores.iter().filter(in_time).max_by_key(|one| (one.at, one.source))?;
    Some(((newest.total > 0).into(), newest.source, newest.at))
}

/// Whether a value is one that the input takes.
fn fits(input: &Input, value: &Value) -> bool {
    match input.kind {
        Kind::Number { min, max, whole, .. } => {
            value.as_f64().is_some_and(|value| value >= min && value <= max && (!whole || value.fract() == 0.0))
        }
        Kind::Boolean => value.is_boolean(),
        Kind::Choice { options } => value.as_str().is_some_and(|word| options.contains(&word)),
        Kind::List { .. } => false,
    }
}

#[cfg(test)]
#[path = "taken_test.rs"]
mod tests;
