//! Scores of the acutely ill.

use serde_json::{Value, json};

use super::{alone, compute, held, with};

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
    let lacking = |given: Value| {
        let missing = compute("curb-65", &given).missing;
        missing.into_iter().filter(|name| name.ends_with("_bp")).collect::<Vec<_>>()
    };
    assert_eq!(lacking(json!({ "systolic_bp": 100 })), ["diastolic_bp"], "the other may still be low");
    assert_eq!(lacking(json!({ "diastolic_bp": 80 })), ["systolic_bp"]);
    assert_eq!(lacking(json!({})), ["systolic_bp", "diastolic_bp"]);
    for low in [json!({ "diastolic_bp": 50 }), json!({ "systolic_bp": 80 })] {
        assert!(lacking(low.clone()).is_empty(), "one that is low is enough: {low}");
    }
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
