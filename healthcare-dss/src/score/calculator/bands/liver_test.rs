//! Scores of the liver.

use serde_json::{Value, json};

use super::{alone, compute, held, with};

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
