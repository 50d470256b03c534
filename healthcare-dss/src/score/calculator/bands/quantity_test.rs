//! Formulas.

use serde_json::{Value, json};

use super::{compute, held};

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
