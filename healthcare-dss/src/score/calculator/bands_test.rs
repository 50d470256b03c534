//! Every band at both of its ends, every part by itself, and what a score says without one of its inputs: worked from the
//! publications, not from the program.

#[path = "bands/acute_test.rs"]
mod acute;
#[path = "bands/answer_test.rs"]
mod answer;
#[path = "bands/circulation_test.rs"]
mod circulation;
#[path = "bands/liver_test.rs"]
mod liver;
#[path = "bands/quantity_test.rs"]
mod quantity;

use serde_json::Value;

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
