//! Every band at both of its ends, every part by itself, and what a score says without one of its inputs: worked from the
//! publications, not from the program.

use serde_json::{Value, json};

use super::*;

fn compute(name: &str, given: &Value) -> Computed {
    let given = given.as_object().expect("an object");
    named(name).unwrap_or_else(|| panic!("{name}")).compute(given).unwrap_or_else(|e| panic!("{name}: {e:?}"))
}

/// The total and the band of each.
fn held(name: &str, cases: &[(Value, f64, &str)]) {
    for (given, total, band) in cases {
        let computed = compute(name, given);
        assert_eq!(computed.value.as_ref().and_then(Value::as_f64), Some(*total), "{name} of {given}: {computed:?}");
        assert_eq!(computed.band, Some(*band), "{name} of {given}");
    }
}

fn with(base: &Value, more: Value) -> Value {
    let mut all = base.clone();
    all.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    all
}

/// Each input by itself gives its points, and nothing else does.
fn alone(name: &str, none: &Value, points: &[(Value, f64)]) {
    let zero = compute(name, none).value.and_then(|value| value.as_f64()).expect("a value");
    for (input, expected) in points {
        let got = compute(name, &with(none, input.clone())).value.and_then(|value| value.as_f64());
        assert_eq!(got, Some(zero + expected), "{name} with {input}");
    }
}

#[test]
fn cha2ds2_vasc_by_part_and_band() {
    let none = json!({ "age": 40, "sex": "male", "congestive_heart_failure": false, "hypertension": false,
        "diabetes": false, "stroke_tia_thromboembolism": false, "vascular_disease": false });
    alone(
        "cha2ds2-vasc",
        &none,
        &[
            (json!({ "sex": "female" }), 1.0),
            (json!({ "congestive_heart_failure": true }), 1.0),
            (json!({ "hypertension": true }), 1.0),
            (json!({ "diabetes": true }), 1.0),
            (json!({ "stroke_tia_thromboembolism": true }), 2.0),
            (json!({ "vascular_disease": true }), 1.0),
            (json!({ "age": 65 }), 1.0),
            (json!({ "age": 75 }), 2.0),
        ],
    );
    held(
        "cha2ds2-vasc",
        &[
            (none.clone(), 0.0, "low"),
            (with(&none, json!({ "diabetes": true })), 1.0, "intermediate"),
            (with(&none, json!({ "stroke_tia_thromboembolism": true })), 2.0, "high"),
        ],
    );
}

#[test]
fn has_bled_by_part_and_band() {
    let asked = [
        "uncontrolled_hypertension",
        "abnormal_renal_function",
        "abnormal_liver_function",
        "stroke",
        "bleeding",
        "labile_inr",
        "drugs",
        "alcohol",
    ];
    let mut none = json!({ "age": 65 });
    for name in asked {
        none[name] = json!(false);
    }
    let each: Vec<_> = asked.into_iter().map(|name| (json!({ name: true }), 1.0)).collect();
    alone("has-bled", &none, &each);
    alone("has-bled", &none, &[(json!({ "age": 66 }), 1.0)]);
    held(
        "has-bled",
        &[
            (none.clone(), 0.0, "low"),
            (with(&none, json!({ "drugs": true })), 1.0, "low"),
            (with(&none, json!({ "drugs": true, "alcohol": true })), 2.0, "moderate"),
            (with(&none, json!({ "drugs": true, "alcohol": true, "stroke": true })), 3.0, "high"),
        ],
    );
}

#[test]
fn wells_dvt_by_part_and_band() {
    let signs = [
        "active_cancer",
        "paralysis_or_immobilisation",
        "bedridden_or_surgery",
        "localized_tenderness",
        "entire_leg_swollen",
        "calf_swelling",
        "pitting_oedema",
        "collateral_veins",
        "previous_dvt",
    ];
    let mut none = json!({ "alternative_diagnosis": false });
    for name in signs {
        none[name] = json!(false);
    }
    let each: Vec<_> = signs.into_iter().map(|name| (json!({ name: true }), 1.0)).collect();
    alone("wells-dvt", &none, &each);
    alone("wells-dvt", &none, &[(json!({ "alternative_diagnosis": true }), -2.0)]);
    held(
        "wells-dvt",
        &[
            (with(&none, json!({ "calf_swelling": true })), 1.0, "unlikely"),
            (with(&none, json!({ "calf_swelling": true, "previous_dvt": true })), 2.0, "likely"),
        ],
    );
}

#[test]
fn wells_pe_by_part_and_band() {
    let none = json!({ "signs_of_dvt": false, "pe_most_likely": false, "heart_rate": 100, "immobilisation_or_surgery": false,
        "previous_dvt_or_pe": false, "haemoptysis": false, "malignancy": false });
    alone(
        "wells-pe",
        &none,
        &[
            (json!({ "signs_of_dvt": true }), 3.0),
            (json!({ "pe_most_likely": true }), 3.0),
            (json!({ "heart_rate": 101 }), 1.5),
            (json!({ "immobilisation_or_surgery": true }), 1.5),
            (json!({ "previous_dvt_or_pe": true }), 1.5),
            (json!({ "haemoptysis": true }), 1.0),
            (json!({ "malignancy": true }), 1.0),
        ],
    );
    held(
        "wells-pe",
        &[
            (with(&none, json!({ "signs_of_dvt": true, "malignancy": true })), 4.0, "unlikely"),
            (with(&none, json!({ "signs_of_dvt": true, "heart_rate": 120 })), 4.5, "likely"),
        ],
    );
}

#[test]
fn curb_65_by_part_and_band() {
    let none = json!({ "confusion": false, "urea": 7, "respiratory_rate": 29, "systolic_bp": 90, "diastolic_bp": 61, "age": 64 });
    alone(
        "curb-65",
        &none,
        &[
            (json!({ "confusion": true }), 1.0),
            (json!({ "urea": 7.1 }), 1.0),
            (json!({ "bun": 19.1 }), 1.0),
            (json!({ "bun": 19 }), 0.0),
            (json!({ "respiratory_rate": 30 }), 1.0),
            (json!({ "systolic_bp": 89 }), 1.0),
            (json!({ "diastolic_bp": 60 }), 1.0),
            (json!({ "age": 65 }), 1.0),
        ],
    );
    held(
        "curb-65",
        &[
            (none.clone(), 0.0, "low"),
            (with(&none, json!({ "age": 65 })), 1.0, "low"),
            (with(&none, json!({ "age": 65, "confusion": true })), 2.0, "intermediate"),
            (with(&none, json!({ "age": 65, "confusion": true, "urea": 8 })), 3.0, "high"),
        ],
    );
    assert_eq!(
        compute("curb-65", &json!({ "systolic_bp": 100 })).missing.iter().filter(|m| m.ends_with("_bp")).count(),
        1
    );
    assert!(compute("curb-65", &json!({ "diastolic_bp": 80 })).missing.contains(&"systolic_bp"));
    let low = compute("curb-65", &json!({ "diastolic_bp": 50 }));
    assert!(!low.missing.iter().any(|name| name.ends_with("_bp")), "one that is low is enough: {low:?}");
    assert_eq!(compute("curb-65", &json!({})).missing.iter().filter(|m| m.ends_with("_bp")).count(), 2);
}

#[test]
fn heart_by_part_and_band() {
    let none = json!({ "history": "slight", "ecg": "normal", "age": 44, "risk_factors": 0, "troponin_ratio": 1 });
    alone(
        "heart",
        &none,
        &[
            (json!({ "history": "moderate" }), 1.0),
            (json!({ "history": "high" }), 2.0),
            (json!({ "ecg": "nonspecific" }), 1.0),
            (json!({ "ecg": "st_deviation" }), 2.0),
            (json!({ "age": 45 }), 1.0),
            (json!({ "age": 64 }), 1.0),
            (json!({ "age": 65 }), 2.0),
            (json!({ "risk_factors": 1 }), 1.0),
            (json!({ "risk_factors": 2 }), 1.0),
            (json!({ "risk_factors": 3 }), 2.0),
            (json!({ "atherosclerotic_disease": true }), 2.0),
            (json!({ "atherosclerotic_disease": false }), 0.0),
            (json!({ "troponin_ratio": 1.01 }), 1.0),
            (json!({ "troponin_ratio": 3 }), 1.0),
            (json!({ "troponin_ratio": 3.01 }), 2.0),
        ],
    );
    held(
        "heart",
        &[
            (with(&none, json!({ "history": "high", "age": 50 })), 3.0, "low"),
            (with(&none, json!({ "history": "high", "age": 70 })), 4.0, "moderate"),
            (with(&none, json!({ "history": "high", "age": 70, "ecg": "st_deviation" })), 6.0, "moderate"),
            (
                with(&none, json!({ "history": "high", "age": 70, "ecg": "st_deviation", "risk_factors": 1 })),
                7.0,
                "high",
            ),
        ],
    );
}

#[test]
fn qsofa_by_part_and_band() {
    let none = json!({ "respiratory_rate": 21, "systolic_bp": 101, "altered_mentation": false });
    alone(
        "qsofa",
        &none,
        &[
            (json!({ "respiratory_rate": 22 }), 1.0),
            (json!({ "systolic_bp": 100 }), 1.0),
            (json!({ "altered_mentation": true }), 1.0),
            (json!({ "gcs": 14 }), 1.0),
            (json!({ "gcs": 15 }), 0.0),
        ],
    );
    held(
        "qsofa",
        &[
            (with(&none, json!({ "gcs": 14 })), 1.0, "not high risk"),
            (with(&none, json!({ "gcs": 14, "systolic_bp": 90 })), 2.0, "high risk"),
        ],
    );
}

#[test]
fn gcs_by_band() {
    let of = |eye: u8, verbal: u8, motor: u8| json!({ "eye": eye, "verbal": verbal, "motor": motor });
    held(
        "gcs",
        &[
            (of(1, 1, 1), 3.0, "severe"),
            (of(2, 2, 4), 8.0, "severe"),
            (of(2, 3, 4), 9.0, "moderate"),
            (of(3, 4, 5), 12.0, "moderate"),
            (of(3, 4, 6), 13.0, "mild"),
            (of(4, 5, 6), 15.0, "mild"),
        ],
    );
}

#[test]
fn child_pugh_by_part_and_class() {
    let none = json!({ "bilirubin": 1, "albumin": 4, "inr": 1, "ascites": "none", "encephalopathy": "none" });
    alone(
        "child-pugh",
        &none,
        &[
            (json!({ "ascites": "slight" }), 1.0),
            (json!({ "ascites": "moderate" }), 2.0),
            (json!({ "encephalopathy": "grade_1_2" }), 1.0),
            (json!({ "encephalopathy": "grade_3_4" }), 2.0),
            (json!({ "bilirubin": 1.99 }), 0.0),
            (json!({ "bilirubin": 2 }), 1.0),
            (json!({ "bilirubin": 3 }), 1.0),
            (json!({ "bilirubin": 3.1 }), 2.0),
            (json!({ "albumin": 3.51 }), 0.0),
            (json!({ "albumin": 3.5 }), 1.0),
            (json!({ "albumin": 2.8 }), 1.0),
            (json!({ "albumin": 2.79 }), 2.0),
            (json!({ "inr": 1.69 }), 0.0),
            (json!({ "inr": 1.7 }), 1.0),
            (json!({ "inr": 2.3 }), 1.0),
            (json!({ "inr": 2.31 }), 2.0),
        ],
    );
    held(
        "child-pugh",
        &[
            (none.clone(), 5.0, "A"),
            (with(&none, json!({ "ascites": "slight" })), 6.0, "A"),
            (with(&none, json!({ "ascites": "moderate" })), 7.0, "B"),
            (with(&none, json!({ "ascites": "moderate", "encephalopathy": "grade_3_4" })), 9.0, "B"),
            (with(&none, json!({ "ascites": "moderate", "encephalopathy": "grade_3_4", "inr": 2 })), 10.0, "C"),
        ],
    );
}

#[test]
fn sofa_by_organ_and_band() {
    let none = json!({ "pao2_fio2": 400, "platelets": 150, "bilirubin": 1.1, "mean_arterial_pressure": 70, "gcs": 15,
        "creatinine": 1.1 });
    let supported = json!({ "respiratory_support": true });
    alone(
        "sofa",
        &none,
        &[
            (json!({ "pao2_fio2": 399 }), 1.0),
            (json!({ "pao2_fio2": 299 }), 2.0),
            (json!({ "pao2_fio2": 150 }), 2.0),
            (with(&supported, json!({ "pao2_fio2": 200 })), 2.0),
            (with(&supported, json!({ "pao2_fio2": 199 })), 3.0),
            (with(&supported, json!({ "pao2_fio2": 100 })), 3.0),
            (with(&supported, json!({ "pao2_fio2": 99 })), 4.0),
            (json!({ "mean_arterial_pressure": 69 }), 1.0),
            (json!({ "dopamine": 15 }), 3.0),
            (json!({ "norepinephrine": 0.01 }), 3.0),
            (json!({ "epinephrine": 0.1, "norepinephrine": 0.05 }), 3.0),
            (json!({ "creatinine": 1.2 }), 1.0),
            (json!({ "creatinine": 2 }), 2.0),
            (json!({ "creatinine": 3.5 }), 3.0),
            (json!({ "creatinine": 5 }), 4.0),
            (json!({ "urine_output": 500 }), 0.0),
            (json!({ "urine_output": 499 }), 3.0),
            (json!({ "urine_output": 200 }), 3.0),
            (json!({ "urine_output": 199 }), 4.0),
            (json!({ "urine_output": 300, "creatinine": 5 }), 4.0),
            (json!({ "gcs": 14 }), 1.0),
            (json!({ "gcs": 13 }), 1.0),
            (json!({ "gcs": 12 }), 2.0),
            (json!({ "gcs": 10 }), 2.0),
            (json!({ "gcs": 9 }), 3.0),
            (json!({ "gcs": 6 }), 3.0),
            (json!({ "gcs": 5 }), 4.0),
            (json!({ "platelets": 100 }), 1.0),
            (json!({ "platelets": 99.9 }), 2.0),
            (json!({ "platelets": 50 }), 2.0),
            (json!({ "platelets": 20 }), 3.0),
            (json!({ "platelets": 19.9 }), 4.0),
        ],
    );
    let by_two = json!({ "pao2": 90, "fio2": 30, "platelets": 150, "bilirubin": 1.1, "mean_arterial_pressure": 70, "gcs": 15,
        "creatinine": 1.1 });
    held(
        "sofa",
        &[
            (none.clone(), 0.0, "no more than 1 point"),
            (by_two.clone(), 1.0, "no more than 1 point"),
            (with(&by_two, json!({ "fio2": 30.1 })), 2.0, "organ dysfunction if newly risen by 2"),
        ],
    );
    let least = compute("sofa", &json!({ "urine_output": 100 }));
    assert_eq!(least.parts[5].points, Some(json!(4)), "4 is the most there is, whatever the creatinine");
    assert_eq!(compute("sofa", &json!({ "urine_output": 300 })).parts[5].points, None, "creatinine may be worse");
}

#[test]
fn quantities_by_band() {
    let bmi = |weight: f64| json!({ "weight_kg": weight, "height_cm": 100 });
    held(
        "bmi",
        &[
            (bmi(18.4), 18.4, "underweight"),
            (bmi(18.5), 18.5, "normal"),
            (bmi(24.9), 24.9, "normal"),
            (bmi(25.0), 25.0, "overweight"),
            (bmi(29.9), 29.9, "overweight"),
            (bmi(30.0), 30.0, "obesity class I"),
            (bmi(34.9), 34.9, "obesity class I"),
            (bmi(35.0), 35.0, "obesity class II"),
            (bmi(39.9), 39.9, "obesity class II"),
            (bmi(40.0), 40.0, "obesity class III"),
        ],
    );
    let mme = |dose: f64| json!({ "opioids": [{ "opioid": "morphine", "daily_dose": dose }] });
    held(
        "mme",
        &[
            (mme(49.9), 49.9, "below 50"),
            (mme(50.0), 50.0, "50 and more: weigh benefits and risks again, offer naloxone"),
            (mme(89.9), 89.9, "50 and more: weigh benefits and risks again, offer naloxone"),
            (mme(90.0), 90.0, "90 and more: avoid, or justify carefully"),
        ],
    );
    // Age x AST / (platelets x root of ALT), with a platelet count of 100 and an ALT of 100: age x AST / 1,000.
    let fib = |ast: f64| json!({ "age": 50, "ast": ast, "alt": 100, "platelets": 100 });
    held(
        "fib-4",
        &[
            (fib(28.8), 1.44, "advanced fibrosis unlikely"),
            (fib(29.0), 1.45, "indeterminate"),
            (fib(65.0), 3.25, "indeterminate"),
            (fib(65.2), 3.26, "advanced fibrosis likely"),
        ],
    );
    let factors = [
        ("codeine", 15.0),
        ("fentanyl_transdermal", 240.0),
        ("hydrocodone", 100.0),
        ("hydromorphone", 500.0),
        ("methadone", 470.0),
        ("morphine", 100.0),
        ("oxycodone", 150.0),
        ("oxymorphone", 300.0),
        ("tapentadol", 40.0),
        ("tramadol", 20.0),
    ];
    for (opioid, expected) in factors {
        let of = json!({ "opioids": [{ "opioid": opioid, "daily_dose": 100 }] });
        assert_eq!(compute("mme", &of).value, Some(json!(expected as i64)), "{opioid}");
    }
}

/// CKD-EPI 2021 by hand, on both sides of the knee and for both sexes; KDIGO's stages at both of their ends.
#[test]
fn egfr_by_hand_and_stage() {
    let of = |age: u8, sex: &str, creatinine: f64| json!({ "age": age, "sex": sex, "creatinine": creatinine });
    // 142 x (0.5/0.7)^-0.241 x 0.9938^30 x 1.012 = 129.3; 142 x (0.6/0.9)^-0.302 x 0.9938^70 = 103.8.
    held("egfr", &[(of(30, "female", 0.5), 129.3, "G1"), (of(70, "male", 0.6), 103.8, "G1")]);
    let stage = |value: f64| match value {
        90.0.. => "G1",
        60.0.. => "G2",
        45.0.. => "G3a",
        30.0.. => "G3b",
        15.0.. => "G4",
        _ => "G5",
    };
    let mut seen = std::collections::BTreeSet::new();
    let mut at_limit = std::collections::BTreeSet::new();
    for age in 18..100_u8 {
        for hundredths in 40..700_u16 {
            let computed = compute("egfr", &of(age, "male", f64::from(hundredths) / 100.0));
            let value = computed.value.as_ref().and_then(Value::as_f64).expect("a value");
            assert_eq!(computed.band, Some(stage(value)), "{value}");
            seen.insert(computed.band);
            if [90.0, 60.0, 45.0, 30.0, 15.0].contains(&value) {
                at_limit.insert(computed.band);
            }
        }
    }
    assert_eq!((seen.len(), at_limit.len()), (6, 5), "each stage, and each limit itself");
}

/// MELD and MELD 3.0 by hand, with each bound of each input.
#[test]
fn meld_by_hand_and_bound() {
    let meld = |more: Value| {
        compute("meld", &with(&json!({ "creatinine": 2, "bilirubin": 4, "inr": 2 }), more))
            .value
            .unwrap()
            .as_i64()
            .unwrap()
    };
    // 3.78 ln 4 + 11.2 ln 2 + 9.57 ln 2 + 6.43 = 26.07; with creatinine of 4 and more 32.70; without any 19.43.
    assert_eq!([meld(json!({})), meld(json!({ "creatinine": 4 })), meld(json!({ "creatinine": 9 }))], [26, 33, 33]);
    assert_eq!([meld(json!({ "creatinine": 1 })), meld(json!({ "creatinine": 0.3 }))], [19, 19]);
    assert_eq!([meld(json!({ "bilirubin": 1 })), meld(json!({ "bilirubin": 0.2 }))], [21, 21]);
    assert_eq!([meld(json!({ "inr": 1 })), meld(json!({ "inr": 0.7 }))], [18, 18]);
    assert_eq!([meld(json!({ "dialysis": true })), meld(json!({ "dialysis": false }))], [33, 26]);
    let third = |more: Value| {
        let base = json!({ "sex": "male", "creatinine": 2, "bilirubin": 4, "inr": 2, "sodium": 130, "albumin": 2.5 });
        compute("meld-3", &with(&base, more)).value.unwrap().as_i64().unwrap()
    };
    // 4.56 ln 4 + 0.82 x 7 - 0.24 x 7 x ln 4 + 9.09 ln 2 + 11.14 ln 2 + 1.85 - 1.83 ln 2 + 6 = 30.34; a woman 31.67.
    assert_eq!([third(json!({})), third(json!({ "sex": "female" }))], [30, 32]);
    // Sodium 137 and more: 4.56 ln 4 + 20.23 ln 2 + 1.85 - 1.83 ln 2 + 6 = 26.93; 125 and less: 32.77.
    assert_eq!([third(json!({ "sodium": 137 })), third(json!({ "sodium": 150 }))], [27, 27]);
    assert_eq!([third(json!({ "sodium": 125 })), third(json!({ "sodium": 110 }))], [33, 33]);
    // Albumin 3.5 and more: 30.34 - 1.85 + 1.27 = 29.76; 1.5 and less: 30.34 + 1.85 - 1.27 = 30.92.
    assert_eq!([third(json!({ "albumin": 3.5 })), third(json!({ "albumin": 5 }))], [30, 30]);
    assert_eq!([third(json!({ "albumin": 1.5 })), third(json!({ "albumin": 0.9 }))], [31, 31]);
    // Creatinine counts up to 3: 30.34 + (11.14 - 1.83) ln 1.5 = 34.11.
    assert_eq!(
        [third(json!({ "creatinine": 3 })), third(json!({ "creatinine": 8 })), third(json!({ "dialysis": true }))],
        [34; 3]
    );
}

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
