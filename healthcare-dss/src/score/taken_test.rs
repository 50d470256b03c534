use healthcare_domain::code::{Coding, LOINC};

use super::*;
use crate::rule::{Given, GivenScore};
use crate::score::calculator::named;

fn person() -> Option<(EventRef, DateTime<Utc>)> {
    Some((EventRef { stream: uuid::Uuid::from_u128(77), version: 2 }, DateTime::UNIX_EPOCH))
}

fn observation(loinc: &str, value: &str, unit: &str, hours_ago: i64) -> ObservationFact {
    ObservationFact {
        code: Coding { system: LOINC.into(), code: loinc.into(), display: None },
        value: value.parse().unwrap(),
        bound: None,
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
fn given_a_value_at_the_end_of_what_its_input_takes_when_taken_then_it_counts_and_none_beyond_it() {
    let creatinine = |value| of("egfr", &Given::default(), &[observation("2160-0", value, "mg/dL", 1)]).len();
    assert_eq!(["0.1", "0.09", "40", "40.1"].map(creatinine), [1, 0, 1, 0]);
    // A Glasgow Coma Scale is whole, and 3 to 15.
    let gcs = |value| of("qsofa", &Given::default(), &[observation("9269-2", value, "1", 1)]).len();
    assert_eq!(["3", "2", "15", "16", "12.5"].map(gcs), [1, 0, 1, 0, 0]);
}

/// What is given as a list, such as the opioids of a day, is not taken from the record value by value.
#[test]
fn given_a_value_of_another_kind_when_held_against_an_input_then_it_does_not_fit() {
    let input =
        |score: &str, name: &str| named(score).unwrap().card.inputs.iter().find(|input| input.name == name).unwrap();
    let fit = |score, name, value: Value| fits(input(score, name), &value);
    assert!(fit("qsofa", "altered_mentation", true.into()) && !fit("qsofa", "altered_mentation", 1.into()));
    assert!(fit("egfr", "sex", "female".into()) && !fit("egfr", "sex", "unknown".into()));
    assert!(!fit("egfr", "sex", true.into()) && !fit("egfr", "creatinine", "1.1".into()));
    assert!(!fit("mme", "opioids", serde_json::json!([])));
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
    // An adult does not grow in five years; of a height before that nobody knows how it was taken.
    let of_adult = |days: i64, more| {
        let height = observation("8302-2", "170", "cm", days * 24 + more);
        of("bmi", &Given { age: Some(40), ..Given::default() }, &[height]).len()
    };
    assert_eq!((of_adult(2 * 365, 0), of_adult(5 * 365, 0), of_adult(5 * 365, 1)), (1, 1, 0));
}

/// LOINC has a code of its own for what is reported in moles.
#[test]
fn given_a_result_in_moles_when_taken_then_it_stands_in_the_unit_of_the_input() {
    let taken = |score: &str, input: &str, one: ObservationFact| {
        let found = of(score, &Given::default(), &[one]);
        found.into_iter().find(|(name, _)| name == input).map(|(_, value)| value)
    };
    let creatinine = observation("14682-9", "442", "umol/L", 1);
    assert_eq!(taken("egfr", "creatinine", creatinine).as_deref(), Some("4.9999"));
    let bilirubin = observation("14631-6", "34.2", "umol/L", 1);
    assert_eq!(taken("meld", "bilirubin", bilirubin).as_deref(), Some("1.9995"));
    let urea = observation("3091-6", "60.06", "mg/dL", 1);
    assert_eq!(taken("curb-65", "urea", urea), Some(Value::from(10).to_string()));
}

/// Of ACVPU and the coma scale the newer counts, and what is older than a round is not known.
#[test]
fn given_what_was_charted_of_consciousness_when_taken_then_it_says_whether_the_mind_is_altered() {
    let charted = |total: u16, hours_ago: u32| Given {
        scores: vec![GivenScore {
            score: "altered-mentation".into(),
            total,
            highest_part: total,
            incomplete: false,
            hours_ago,
        }],
        ..Given::default()
    };
    let told = |given: &Given, observations: &[ObservationFact]| of("qsofa", given, observations);
    let altered = |value: &str| vec![("altered_mentation".to_owned(), value.to_owned())];
    assert_eq!(told(&charted(1, 4), &[]), altered("true"));
    assert_eq!(told(&charted(0, 1), &[]), altered("false"));
    assert!(told(&charted(1, 5), &[]).is_empty());
    let scale = |hours| observation("9269-2", "13", "{score}", hours);
    assert_eq!(told(&charted(0, 1), &[scale(3)]), altered("false"));
    assert_eq!(told(&charted(0, 3), &[scale(1)]), vec![("gcs".to_owned(), "13".to_owned())]);
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
        let answered = ANSWERED.iter().any(|(name, _)| *name == input.name);
        assert!(answered || MEASURED.iter().any(|one| one.input == input.name), "{}", input.name);
    }
    for (name, _) in ANSWERED {
        assert!(named(name).count() > 0, "{name}");
        assert!(named(name).all(|input| matches!(input.kind, Kind::Boolean)), "{name}");
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
