//! What of a calculator's inputs the record holds: each with the event it comes from. What is not there is not guessed, and
//! that a condition is not on record does not say that there is none.

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value;

use super::calculator::{Card, Input, Kind, QUARTER, plain};
use crate::fact::{EventRef, Facts, ObservationFact, Sex};
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

/// By LOINC; how old each may be stands with the input of the calculator. Each total and in serum, plasma or blood.
const MEASURED: &[Measured] = &[
    measured("weight_kg", &["29463-7", "3141-9", "3142-7"], "kg"),
    measured("height_cm", &["8302-2", "3137-7", "3138-5"], "cm"),
    molar(measured("creatinine", &["2160-0", "38483-4"], "mg/dL"), 11_312),
    molar(measured("bilirubin", &["1975-2"], "mg/dL"), 58_466),
    measured("albumin", &["1751-7"], "g/dL"),
    measured("inr", &["6301-6", "34714-6", "38875-1"], "1"),
    measured("sodium", &["2951-2", "2947-0", "77139-4"], "mmol/L"),
    measured("platelets", &["777-3", "26515-7"], "10*9/L"),
    measured("ast", &["1920-8", "30239-8"], "U/L"),
    measured("alt", &["1742-6", "1743-4"], "U/L"),
    measured("urea", &["22664-7"], "mmol/L"),
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
            name => number(input, facts, observations).or_else(|| condition(name, facts, knowledge))?,
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

fn sex(sex: Sex) -> Option<Value> {
    match sex {
        Sex::Female => Some("female".into()),
        Sex::Male => Some("male".into()),
        // The formulas were derived for the two alone.
        Sex::Other => None,
    }
}

/// The newest that is not too old and can be compared.
fn number(input: &Input, facts: &Facts, observations: &[ObservationFact]) -> Option<(Value, EventRef, DateTime<Utc>)> {
    let of = MEASURED.iter().find(|one| one.input == input.name)?;
    let grows = facts.patient.age_years.is_none_or(|years| years < ADULT);
    let within = input.within_hours.map(|hours| if grows { hours.min(QUARTER) } else { hours })?;
    let (now, oldest) = (facts.at, facts.at - TimeDelta::hours(within.into()));
    let newest = observations
        .iter()
        .filter(|one| of.loinc.contains(&one.code.code.as_str()) && one.at <= now && one.at >= oldest)
        .max_by_key(|one| (one.at, one.source))?;
    let value = crate::unit::convert(newest.value, &newest.unit, of.unit, of.molar_mass)?;
    Some((plain(value.round_dp(4).normalize().to_f64()?), newest.source, newest.at))
}

fn condition(name: &str, facts: &Facts, knowledge: &Knowledge) -> Option<(Value, EventRef, DateTime<Utc>)> {
    let (_, set) = CONDITIONS.iter().find(|(input, _)| *input == name)?;
    let set = knowledge.value_sets.by_id.get(*set)?;
    let known = facts.conditions.iter().find(|one| knowledge.value_sets.of_condition(&one.codings).contains(set))?;
    Some((true.into(), known.source, known.at))
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
mod tests {
    use healthcare_domain::code::{Coding, LOINC};

    use super::*;
    use crate::rule::Given;
    use crate::score::calculator::named;

    fn person() -> Option<(EventRef, DateTime<Utc>)> {
        Some((EventRef { stream: uuid::Uuid::from_u128(77), version: 2 }, DateTime::UNIX_EPOCH))
    }

    fn observation(loinc: &str, value: &str, unit: &str, hours_ago: i64) -> ObservationFact {
        ObservationFact {
            code: Coding { system: LOINC.into(), code: loinc.into(), display: None },
            value: value.parse().unwrap(),
            unit: unit.into(),
            source: EventRef { stream: uuid::Uuid::from_u128(u128::from(hours_ago.unsigned_abs()) + 100), version: 1 },
            at: DateTime::UNIX_EPOCH - TimeDelta::hours(hours_ago),
        }
    }

    fn of(name: &str, given: &Given, observations: &[ObservationFact]) -> Vec<(String, String)> {
        let knowledge = Knowledge::embedded().unwrap();
        let facts = given.facts();
        let found = taken(&named(name).unwrap().card, &knowledge, (&facts, person()), observations);
        found.into_iter().map(|one| (one.name.to_owned(), one.value.to_string())).collect()
    }

    #[test]
    fn given_a_creatinine_in_another_unit_when_taken_then_it_stands_in_that_of_the_input_with_its_source() {
        let given = Given { age: Some(60), sex: Some(Sex::Female), ..Given::default() };
        let older = observation("2160-0", "3.0", "mg/dL", 30);
        let newest = observation("2160-0", "97.2", "umol/L", 2);
        let found = of("egfr", &given, &[older, newest.clone()]);
        let expected = [("age", "60"), ("sex", "\"female\""), ("creatinine", "1.0995")];
        assert_eq!(found, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let knowledge = Knowledge::embedded().unwrap();
        let card = &named("egfr").unwrap().card;
        let all = taken(card, &knowledge, (&given.facts(), person()), std::slice::from_ref(&newest));
        assert_eq!((all[2].source, all[2].at), (newest.source, newest.at));
        assert_eq!(Some((all[0].source, all[0].at)), person());
    }

    #[test]
    fn given_what_is_too_old_impossible_or_in_an_unknown_unit_when_taken_then_it_is_missing() {
        let given = Given::default();
        for one in [
            observation("2160-0", "1.1", "mg/dL", 8 * 24),
            observation("2160-0", "400", "mg/dL", 1),
            observation("2160-0", "1.1", "furlong", 1),
            observation("2160-0", "1.1", "mg/dL", -1),
        ] {
            assert!(of("egfr", &given, std::slice::from_ref(&one)).is_empty(), "{one:?}");
        }
    }

    #[test]
    fn given_what_was_measured_at_the_very_limit_or_this_moment_when_taken_then_it_counts() {
        let input = named("egfr").unwrap().card.inputs.iter().find(|input| input.name == "creatinine").unwrap();
        let within = i64::from(input.within_hours.unwrap());
        let taken = |hours| of("egfr", &Given::default(), &[observation("2160-0", "1.1", "mg/dL", hours)]).len();
        assert_eq!((taken(0), taken(within), taken(within + 1)), (1, 1, 0));
    }

    #[test]
    fn given_conditions_on_record_when_taken_then_they_are_so_and_what_is_not_there_is_not_said_not_to_be() {
        let conditions = vec!["icd10cm|I50.9".to_owned(), "snomed|44054006".to_owned()];
        let given = Given { conditions, ..Given::default() };
        let found = of("cha2ds2-vasc", &given, &[]);
        let expected = [("congestive_heart_failure", "true"), ("diabetes", "true")];
        assert_eq!(found, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn given_the_thrombosis_that_is_looked_for_or_a_haemorrhage_when_taken_then_it_is_no_earlier_or_embolic_one() {
        let of_code = |code: &str, score: &str| {
            let given = Given { conditions: vec![code.to_owned()], ..Given::default() };
            of(score, &given, &[])
        };
        for code in ["icd10cm|I26.99", "snomed|59282003", "icd10cm|I82.401"] {
            assert_eq!((of_code(code, "wells-pe"), of_code(code, "wells-dvt")), (vec![], vec![]), "{code}");
        }
        for code in ["icd10cm|I60.9", "icd10cm|I61.9", "icd10cm|G45.4", "snomed|230690007"] {
            assert_eq!(of_code(code, "cha2ds2-vasc"), vec![], "{code}");
        }
        let stroke = vec![("stroke_tia_thromboembolism".to_owned(), "true".to_owned())];
        for code in ["icd10cm|I63.9", "icd10cm|G45.9", "icd10cm|I74.3", "icd10cm|Z86.73", "snomed|266257000"] {
            assert_eq!(of_code(code, "cha2ds2-vasc"), stroke, "{code}");
        }
    }

    #[test]
    fn given_two_ways_to_say_the_same_when_taken_then_the_newer_counts() {
        let urea = |hours| observation("22664-7", "9", "mmol/L", hours);
        let nitrogen = |hours| observation("3094-0", "12", "mg/dL", hours);
        let names = |measured: &[ObservationFact]| -> Vec<String> {
            of("curb-65", &Given::default(), measured).into_iter().map(|(name, _)| name).collect()
        };
        assert_eq!(names(&[urea(10), nitrogen(2)]), ["bun"]);
        assert_eq!(names(&[urea(2), nitrogen(10)]), ["urea"]);
        assert_eq!(names(&[urea(2), nitrogen(2)]), ["urea"]);
        assert!(answer_the_same("pao2_fio2", "fio2") && answer_the_same("gcs", "altered_mentation"));
        assert!(!answer_the_same("gcs", "urea") && !answer_the_same("age", "age"));
    }

    #[test]
    fn given_a_creatinine_of_two_days_when_taken_then_it_serves_a_slow_score_and_not_one_of_the_acutely_ill() {
        let older = observation("2160-0", "1.1", "mg/dL", 48);
        let taken = |score| of(score, &Given::default(), std::slice::from_ref(&older)).len();
        assert_eq!((taken("egfr"), taken("sofa")), (1, 0));
        let today = observation("2160-0", "1.1", "mg/dL", 20);
        assert_eq!(of("sofa", &Given::default(), &[today]).len(), 1);
    }

    #[test]
    fn given_a_height_of_half_a_year_when_taken_then_it_is_that_of_an_adult_alone() {
        let height = observation("8302-2", "120", "cm", 180 * 24);
        let taken = |age| of("bmi", &Given { age, ..Given::default() }, std::slice::from_ref(&height)).len();
        assert_eq!((taken(Some(40)), taken(Some(8)), taken(None)), (1, 0, 0));
        assert_eq!((taken(Some(ADULT)), taken(Some(ADULT - 1))), (1, 0));
        let newer = observation("8302-2", "120", "cm", 80 * 24);
        assert_eq!(of("bmi", &Given { age: Some(8), ..Given::default() }, &[newer]).len(), 1);
    }

    /// A name that no calculator has would never be taken.
    #[test]
    fn given_the_tables_when_held_against_the_calculators_then_each_names_an_input_in_its_unit() {
        let inputs: Vec<&Input> = crate::score::calculator::ALL.iter().flat_map(|one| one.card.inputs).collect();
        let named = |name: &'static str| inputs.iter().filter(move |input| input.name == name);
        for one in MEASURED {
            assert!(named(one.input).count() > 0, "{}", one.input);
            for input in named(one.input) {
                assert!(matches!(input.kind, Kind::Number { unit, .. } if unit == one.unit), "{}", one.input);
                assert!(input.within_hours.is_some(), "{}", one.input);
            }
        }
        for input in inputs.iter().filter(|input| input.within_hours.is_some()) {
            assert!(MEASURED.iter().any(|one| one.input == input.name), "{}", input.name);
        }
        for name in ALTERNATIVES.iter().copied().flatten().copied().flatten() {
            assert!(named(name).count() > 0, "{name}");
        }
        let knowledge = Knowledge::embedded().unwrap();
        for (name, set) in CONDITIONS {
            assert!(named(name).count() > 0, "{name}");
            assert!(named(name).all(|input| matches!(input.kind, Kind::Boolean)), "{name}");
            assert!(knowledge.value_sets.by_id.contains_key(*set), "{set}");
        }
    }
}
