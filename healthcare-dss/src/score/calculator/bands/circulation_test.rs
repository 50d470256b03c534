//! Scores of the heart and the vessels.

use serde_json::json;

use super::{alone, held, with};

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
            (with(&none, json!({ "sex": "female" })), 1.0, "low"),
            (with(&none, json!({ "sex": "female", "diabetes": true })), 2.0, "high"),
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
