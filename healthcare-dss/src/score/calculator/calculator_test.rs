use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::score::news2::{Consciousness, Spo2Scale};

fn compute(name: &str, given: Value) -> Computed {
    let Value::Object(given) = given else { panic!("an object") };
    named(name).unwrap_or_else(|| panic!("{name}")).compute(&given).unwrap_or_else(|e| panic!("{name}: {e:?}"))
}

fn value(name: &str, given: Value) -> f64 {
    let computed = compute(name, given);
    computed.value.as_ref().and_then(Value::as_f64).unwrap_or_else(|| panic!("{computed:?}"))
}

fn refused(name: &str, given: Value) -> Refused {
    let Value::Object(given) = given else { panic!("an object") };
    named(name).unwrap().compute(&given).unwrap_err()
}

/// Worked by hand from the published formulas.
#[test]
fn formulas_come_to_what_they_come_to_by_hand() {
    assert_eq!(value("bmi", json!({ "weight_kg": 70, "height_cm": 175 })), 22.9);
    assert_eq!(value("map", json!({ "systolic_bp": 120, "diastolic_bp": 80 })), 93.3);
    assert_eq!(value("cockcroft-gault", json!({ "age": 60, "sex": "male", "weight_kg": 72, "creatinine": 1.0 })), 80.0);
    assert_eq!(
        value("cockcroft-gault", json!({ "age": 60, "sex": "female", "weight_kg": 72, "creatinine": "1.0" })),
        68.0
    );
    // Twice the creatinine, half the clearance.
    assert_eq!(value("cockcroft-gault", json!({ "age": 60, "sex": "male", "weight_kg": 72, "creatinine": 2.0 })), 40.0);
    // 142 x 0.9938^50, at the knee of the curve for a man.
    assert_eq!(value("egfr", json!({ "age": 50, "sex": "male", "creatinine": 0.9 })), 104.0);
    // 142 x (1.4/0.7)^-1.2 x 0.9938^50 x 1.012.
    assert_eq!(value("egfr", json!({ "age": 50, "sex": "female", "creatinine": 1.4 })), 45.8);
    assert_eq!(value("fib-4", json!({ "age": 60, "ast": 80, "alt": 64, "platelets": 150 })), 4.0);
    assert_eq!(
        value(
            "mme",
            json!({ "opioids": [
        { "opioid": "oxycodone", "daily_dose": 40 }, { "opioid": "fentanyl_transdermal", "daily_dose": 12 }] })
        ),
        88.8
    );
}

#[test]
fn meld_keeps_to_its_bounds() {
    let well = json!({ "creatinine": 0.5, "bilirubin": 0.4, "inr": 0.9 });
    assert_eq!(value("meld", well.clone()), 6.0);
    // 3.78 ln 4 + 11.2 ln 2 + 9.57 ln 2 + 6.43 = 26.07.
    assert_eq!(value("meld", json!({ "creatinine": 2.0, "bilirubin": 4.0, "inr": 2.0 })), 26.0);
    assert_eq!(value("meld", json!({ "dialysis": true, "bilirubin": 40, "inr": 10 })), 40.0);
    // 1.33 + 4.56 ln 4 + 0.82 x 7 - 0.24 x 7 x ln 4 + 9.09 ln 2 + 11.14 ln 2 + 1.85 - 1.83 ln 2 + 6 = 31.67.
    let ill =
        json!({ "sex": "female", "creatinine": 2.0, "bilirubin": 4.0, "inr": 2.0, "sodium": 130, "albumin": 2.5 });
    assert_eq!(value("meld-3", ill), 32.0);
    let sodium = json!({ "sex": "male", "creatinine": 1, "bilirubin": 1, "inr": 1, "sodium": 150, "albumin": 5 });
    assert_eq!(value("meld-3", sodium), 6.0);
}

#[test]
fn points_are_given_at_their_boundaries() {
    let age = |age: u8| {
        json!({ "age": age, "sex": "male", "congestive_heart_failure": false, "hypertension": false,
        "diabetes": false, "stroke_tia_thromboembolism": false, "vascular_disease": false })
    };
    assert_eq!([64, 65, 74, 75].map(|years| value("cha2ds2-vasc", age(years))), [0.0, 1.0, 1.0, 2.0]);
    let curb = |urea: f64, rate: u8, systolic: u8, diastolic: u8| {
        value(
            "curb-65",
            json!({ "confusion": false, "urea": urea, "respiratory_rate": rate, "systolic_bp": systolic,
            "diastolic_bp": diastolic, "age": 64 }),
        )
    };
    assert_eq!(curb(7.0, 29, 90, 61), 0.0);
    assert_eq!(curb(7.1, 30, 90, 61), 2.0);
    assert_eq!([curb(7.0, 29, 89, 61), curb(7.0, 29, 90, 60), curb(7.0, 29, 89, 60)], [1.0; 3]);
    let sofa = |platelets: f64, bilirubin: f64, gcs: u8, ratio: u16, supported: bool| {
        let computed = compute(
            "sofa",
            json!({ "pao2_fio2": ratio, "respiratory_support": supported, "platelets": platelets,
            "bilirubin": bilirubin, "mean_arterial_pressure": 70, "gcs": gcs, "creatinine": 1.0 }),
        );
        computed.parts.iter().map(|part| part.points.as_ref().unwrap().as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(sofa(150.0, 1.1, 15, 400, false), [0, 0, 0, 0, 0, 0]);
    assert_eq!(sofa(149.9, 1.2, 14, 399, false), [1, 1, 1, 0, 1, 0]);
    assert_eq!(sofa(100.0, 1.99, 13, 300, false), [1, 1, 1, 0, 1, 0]);
    assert_eq!(sofa(99.0, 2.0, 12, 199, false), [2, 2, 2, 0, 2, 0], "without support there are no 3 points");
    assert_eq!(sofa(49.0, 6.0, 9, 199, true), [3, 3, 3, 0, 3, 0]);
    assert_eq!(sofa(19.0, 12.0, 5, 99, true), [4, 4, 4, 0, 4, 0]);
    let child = |bilirubin: f64, albumin: f64, inr: f64| {
        value(
            "child-pugh",
            json!({ "bilirubin": bilirubin, "albumin": albumin, "inr": inr, "ascites": "none",
            "encephalopathy": "none" }),
        )
    };
    assert_eq!(
        [child(1.9, 3.6, 1.6), child(2.0, 3.5, 1.7), child(3.0, 2.8, 2.3), child(3.1, 2.7, 2.4)],
        [5.0, 8.0, 8.0, 11.0]
    );
}

#[test]
fn a_vasopressor_scores_whatever_the_pressure_is() {
    let heart = |doses: Value| {
        let mut given = json!({ "mean_arterial_pressure": 90 });
        given.as_object_mut().unwrap().extend(doses.as_object().unwrap().clone());
        let computed = compute("sofa", given);
        computed.parts[3].points.as_ref().and_then(Value::as_i64).unwrap()
    };
    assert_eq!(heart(json!({})), 0);
    assert_eq!(heart(json!({ "mean_arterial_pressure": 69.9 })), 1);
    assert_eq!(heart(json!({ "dobutamine": 2 })), 2);
    assert_eq!(heart(json!({ "dopamine": 5 })), 2);
    assert_eq!(heart(json!({ "dopamine": 5.1 })), 3);
    assert_eq!(heart(json!({ "norepinephrine": 0.1 })), 3);
    assert_eq!(heart(json!({ "epinephrine": 0.11 })), 4);
    assert_eq!(heart(json!({ "dopamine": 15.1 })), 4);
}

#[test]
fn what_is_missing_is_never_normal() {
    let partial = compute("qsofa", json!({ "respiratory_rate": 24 }));
    assert!(!partial.complete && partial.value.is_none() && partial.total.is_none() && partial.band.is_none());
    assert_eq!(partial.partial, Some(json!(1)));
    assert_eq!(partial.missing, ["systolic_bp", "altered_mentation"]);
    assert_eq!(compute("egfr", json!({ "age": 50 })).missing, ["sex", "creatinine"]);
    assert!(compute("curb-65", json!({ "systolic_bp": 100 })).missing.contains(&"diastolic_bp"));
    for calculator in ALL {
        let nothing = calculator.compute(&Map::new()).unwrap();
        assert!(!nothing.complete && nothing.value.is_none(), "{}", calculator.card.name);
        assert!(nothing.missing.iter().all(|name| calculator.card.inputs.iter().any(|input| input.name == *name)));
    }
}

#[test]
fn either_sign_is_enough_and_neither_is_silenced_by_the_other() {
    let mentation = |given: Value| compute("qsofa", given).parts[2].points.as_ref().and_then(Value::as_i64);
    assert_eq!(mentation(json!({ "altered_mentation": false, "gcs": 9 })), Some(1));
    assert_eq!(mentation(json!({ "altered_mentation": true, "gcs": 15 })), Some(1));
    assert_eq!(mentation(json!({ "gcs": 15 })), Some(0));
    let urea = |given: Value| compute("curb-65", given).parts[1].points.as_ref().and_then(Value::as_i64);
    assert_eq!(urea(json!({ "urea": 3.0, "bun": 30 })), Some(1));
    assert_eq!(urea(json!({ "bun": 19 })), Some(0));
    assert_eq!(compute("mme", json!({ "opioids": [] })).missing, ["opioids"]);
    assert_eq!(refused("egfr", json!({ "age": 4, "sex": "male", "creatinine": 0.3 })).pointer, "/age");
}

#[test]
fn what_is_wrong_is_named_by_its_place() {
    assert_eq!(refused("bmi", json!({ "weight": 70 })).pointer, "/weight");
    assert_eq!(refused("bmi", json!({ "weight_kg": "heavy" })).pointer, "/weight_kg");
    assert_eq!(refused("gcs", json!({ "eye": 5 })).reason, "1 to 4 1");
    // Only of an age it is said that the score was derived from adults.
    assert!(refused("egfr", json!({ "age": 4, "sex": "male", "creatinine": 0.3 })).reason.contains("adults"));
    assert!(refused("egfr", json!({ "age": 40, "sex": "male", "creatinine": 0.05 })).reason.starts_with("0.1 to "));
    assert_eq!(refused("bmi", json!({ "weight_kg": 70, "height_cm": 10 })).reason, "20 to 280 cm");
    assert_eq!(refused("gcs", json!({ "eye": 2.5 })).reason, "a whole number is expected");
    assert_eq!(refused("egfr", json!({ "sex": "F" })).reason, "one of female, male");
    assert_eq!(refused("curb-65", json!({ "confusion": 1 })).reason, "true or false is expected");
    let dose = refused("mme", json!({ "opioids": [{ "opioid": "morphine" }] }));
    assert_eq!(dose.pointer, "/opioids/0/daily_dose");
}

#[test]
fn names_are_given_once() {
    let mut names: Vec<_> = cards().map(|card| card.name).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(names.contains(&"news2"));
}

/// What is listed as a choice, the choices within lists too.
fn choices(inputs: &'static [Input]) -> Vec<(&'static str, &'static [&'static str])> {
    let of = |input: &'static Input| match input.kind {
        Kind::Choice { options } => vec![(input.name, options)],
        Kind::List { of, .. } => choices(of),
        Kind::Number { .. } | Kind::Boolean => vec![],
    };
    inputs.iter().flat_map(of).collect()
}

#[test]
fn each_choice_is_taken_as_it_is_listed() {
    let mut met = 0;
    for card in cards() {
        for (name, options) in choices(card.inputs) {
            for option in options {
                let taken: Result<(), String> = match (card.name, name) {
                    ("news2", "spo2_scale") => {
                        let number: u8 = option.parse().unwrap();
                        [json!(option), json!(number)].into_iter().try_for_each(|sent| {
                            let read = serde_json::from_value::<Spo2Scale>(sent).map_err(|e| e.to_string())?;
                            if u8::from(read) == number { Ok(()) } else { Err("another scale".into()) }
                        })
                    }
                    ("news2", "consciousness") => {
                        serde_json::from_value::<Consciousness>(json!(option)).map(drop).map_err(|e| e.to_string())
                    }
                    ("news2", other) => Err(format!("{other} is not looked at here")),
                    (of, _) => {
                        let mut given = json!({ name: option });
                        if of == "mme" {
                            given = json!({ "opioids": [{ name: option, "daily_dose": 1 }] });
                        }
                        named(of).unwrap().compute(given.as_object().unwrap()).map(drop).map_err(|e| e.to_string())
                    }
                };
                assert_eq!(taken, Ok(()), "{} {name} {option}", card.name);
                met += 1;
            }
        }
    }
    assert!(met > 20, "{met}");
    for odd in [json!("3"), json!(0), json!(1.5), json!(true), json!("1 ")] {
        assert!(serde_json::from_value::<Spo2Scale>(odd.clone()).is_err(), "{odd}");
    }
}

/// Something that an input takes.
fn anything(input: &'static Input) -> BoxedStrategy<Value> {
    match input.kind {
        Kind::Number { min, max, whole: false, .. } => (min..=max).prop_map(Value::from).boxed(),
        Kind::Number { min, max, whole: true, .. } => ((min as i64)..=(max as i64)).prop_map(Value::from).boxed(),
        Kind::Boolean => any::<bool>().prop_map(Value::from).boxed(),
        Kind::Choice { options } => proptest::sample::select(options).prop_map(Value::from).boxed(),
        Kind::List { of, .. } => proptest::collection::vec(object(of, false), 1..4).prop_map(Value::from).boxed(),
    }
}

fn object(inputs: &'static [Input], sparse: bool) -> BoxedStrategy<Value> {
    let fields: Vec<_> = inputs
        .iter()
        .map(|input| (proptest::bool::weighted(if sparse { 0.8 } else { 1.0 }), anything(input)))
        .collect();
    fields
        .prop_map(move |given| {
            let given = inputs.iter().zip(given).filter(|(_, (said, _))| *said);
            Value::Object(given.map(|(input, (_, value))| (input.name.to_owned(), value)).collect())
        })
        .boxed()
}

proptest! {
    /// Whatever an input takes, something comes of it: complete with a value, or not and without one.
    #[test]
    fn every_calculator_answers_everything_its_inputs_take(
        (n, given) in (0..ALL.len()).prop_flat_map(|n| (Just(n), object(ALL[n].card.inputs, true)))
    ) {
        let contradicts = |input: &Input| {
            input.not_above.is_some_and(|other| given[input.name].as_f64() > given[other].as_f64().or(Some(f64::MAX)))
        };
        prop_assume!(!ALL[n].card.inputs.iter().any(contradicts));
        let computed = ALL[n].compute(given.as_object().unwrap()).unwrap();
        prop_assert_eq!(computed.complete, computed.missing.is_empty());
        prop_assert_eq!(computed.complete, computed.value.is_some(), "{:?}", computed);
        prop_assert!(!computed.complete || computed.partial.is_none());
    }
}
