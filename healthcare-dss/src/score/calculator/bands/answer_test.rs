//! What an answer says of its inputs.

use serde_json::{Value, json};

use super::compute;
use crate::score::calculator::named;

/// What an answer names as missing is what was not given, each once.
#[test]
fn each_input_that_is_left_out_is_named_and_no_other() {
    let whole = [
        ("bmi", json!({ "weight_kg": 70, "height_cm": 170 })),
        ("map", json!({ "systolic_bp": 120, "diastolic_bp": 80 })),
        ("cockcroft-gault", json!({ "age": 60, "sex": "male", "weight_kg": 70, "creatinine": 1 })),
        ("egfr", json!({ "age": 60, "sex": "male", "creatinine": 1 })),
        ("fib-4", json!({ "age": 60, "ast": 40, "alt": 40, "platelets": 200 })),
        ("meld", json!({ "creatinine": 1, "bilirubin": 1, "inr": 1 })),
        ("meld-3", json!({ "sex": "male", "creatinine": 1, "bilirubin": 1, "inr": 1, "sodium": 140, "albumin": 4 })),
        ("gcs", json!({ "eye": 4, "verbal": 5, "motor": 6 })),
        ("heart", json!({ "history": "slight", "ecg": "normal", "age": 44, "risk_factors": 0, "troponin_ratio": 1 })),
        ("child-pugh", json!({ "bilirubin": 1, "albumin": 4, "inr": 1, "ascites": "none", "encephalopathy": "none" })),
    ];
    for (name, given) in whole {
        assert!(compute(name, &given).complete, "{name}");
        for left_out in given.as_object().expect("an object").keys() {
            let mut less = given.clone();
            less.as_object_mut().expect("an object").remove(left_out);
            let computed = compute(name, &less);
            assert_eq!(computed.missing, [left_out.as_str()], "{name} without {left_out}");
            assert!(computed.value.is_none() && computed.band.is_none() && !computed.complete);
        }
    }
    let twice = compute("mme", &json!({}));
    assert_eq!(twice.missing, ["opioids"]);
}

/// A sum of points is told as a total, a quantity as a value with its unit; whole numbers without a point.
#[test]
fn answers_say_what_kind_they_are_of() {
    let points = compute("gcs", &json!({ "eye": 4, "verbal": 5, "motor": 6 }));
    assert_eq!(
        (points.total, points.value, points.unit, points.partial),
        (Some(json!(15)), Some(json!(15)), None, None)
    );
    let quantity = compute("map", &json!({ "systolic_bp": "120", "diastolic_bp": 80.5 }));
    assert_eq!((quantity.total, quantity.value, quantity.unit), (None, Some(json!(93.7)), Some("mm[Hg]")));
    assert_eq!(quantity.inputs["systolic_bp"], json!(120));
    assert_eq!(quantity.inputs["diastolic_bp"], json!(80.5));
    let score = compute("meld", &json!({ "creatinine": 1, "bilirubin": 1, "inr": 1 }));
    assert_eq!((score.total, score.parts.len()), (Some(json!(6)), 0));
    let list = compute("mme", &json!({ "opioids": [{ "opioid": "morphine", "daily_dose": 10 }] }));
    assert_eq!(list.inputs["opioids"], json!([{ "opioid": "morphine", "daily_dose": 10 }]));
    let flags = compute("qsofa", &json!({ "altered_mentation": true, "gcs": null }));
    assert_eq!((&flags.inputs["altered_mentation"], flags.inputs.len()), (&json!(true), 1));
    // Creatinine clearance is never below nothing, and rounds half away from zero: (140 - 65) x 70.08 / 72 = 73.0.
    assert_eq!(
        compute("cockcroft-gault", &json!({ "age": 150, "sex": "male", "weight_kg": 70, "creatinine": 1 })).value,
        Some(json!(0))
    );
}

#[test]
fn ranges_hold_at_both_ends_and_lists_are_bounded() {
    let refused = |name: &str, given: Value| named(name).unwrap().compute(given.as_object().unwrap()).is_err();
    for (value, wrong) in [(0.2, false), (0.19, true), (700.0, false), (700.1, true)] {
        assert_eq!(refused("bmi", json!({ "weight_kg": value })), wrong, "{value}");
    }
    let opioids = |count: usize| json!({ "opioids": vec![json!({ "opioid": "morphine", "daily_dose": 1 }); count] });
    assert!(!refused("mme", opioids(50)) && refused("mme", opioids(51)));
    assert!(refused("mme", json!({ "opioids": [7] })) && refused("mme", json!({ "opioids": "morphine" })));
    assert!(refused("mme", json!({ "opioids": [{ "opioid": "morphine", "daily_dose": null }] })));
    assert!(refused("bmi", json!({ "weight_kg": "NaN" })) && refused("bmi", json!({ "weight_kg": "inf" })));
    assert!(!refused("gcs", json!({ "eye": 3.0 })) && refused("gcs", json!({ "eye": 3.5 })));
}

#[test]
fn what_cannot_be_of_an_adult_or_of_one_pulse_is_refused_with_its_place() {
    let refused = |name: &str, given: Value| {
        let refused = named(name).unwrap().compute(given.as_object().unwrap()).err();
        refused.map(|refused| (refused.pointer, refused.reason))
    };
    let adults = |name: &str| ["cha2ds2-vasc", "has-bled", "curb-65", "heart", "egfr"].contains(&name);
    for calculator in crate::score::calculator::ALL.iter().filter(|one| adults(one.card.name)) {
        let name = calculator.card.name;
        let (pointer, reason) = refused(name, json!({ "age": 17 })).unwrap_or_else(|| panic!("{name}"));
        assert_eq!((pointer.as_str(), reason.contains("adults")), ("/age", true), "{name}: {reason}");
        assert_eq!(refused(name, json!({ "age": 18 })), None, "{name}");
        assert!(refused(name, json!({ "age": -1 })).is_some_and(|(_, reason)| !reason.contains("adults")), "{name}");
    }
    let pressures =
        |systolic: u16, diastolic: u16| refused("map", json!({ "systolic_bp": systolic, "diastolic_bp": diastolic }));
    assert_eq!(pressures(80, 120), Some(("/diastolic_bp".into(), "it is above systolic_bp".into())));
    assert_eq!([pressures(120, 120), pressures(120, 80)], [None, None]);
    assert_eq!(refused("map", json!({ "diastolic_bp": 120 })), None, "alone it contradicts nothing");
}

/// What a form may leave blank is told with the inputs; all else has to be answered before there is a value.
#[test]
fn what_may_be_left_out_is_told_of_each_input() {
    let optional = |name: &str| {
        let inputs = named(name).unwrap().card.inputs;
        inputs.iter().filter(|input| !input.required).map(|input| input.name).collect::<Vec<_>>()
    };
    assert_eq!(optional("curb-65"), ["urea", "bun"], "either is enough");
    assert_eq!(optional("qsofa"), ["altered_mentation", "gcs"], "either is enough");
    assert_eq!(optional("meld"), ["dialysis"]);
    assert_eq!(optional("heart"), ["atherosclerotic_disease"]);
    let support = ["pao2_fio2", "pao2", "fio2", "respiratory_support"];
    let pressors = ["dopamine", "dobutamine", "epinephrine", "norepinephrine", "urine_output"];
    assert_eq!(optional("sofa"), [&support[..], &pressors[..]].concat());
    for name in
        ["bmi", "egfr", "gcs", "fib-4", "child-pugh", "cha2ds2-vasc", "has-bled", "wells-pe", "wells-dvt", "mme"]
    {
        assert!(optional(name).is_empty(), "{name}");
    }
}
