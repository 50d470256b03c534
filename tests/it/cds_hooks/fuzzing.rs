//! Requests made up from bytes and from whole requests that are bent at one to four places: always an answer that the
//! standard knows, never a failure of the server's.

use healthcare_tests::app::{Ask, TestApp};
use proptest::{
    prelude::*,
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use reqwest::Method;
use serde_json::{Value, json};

use super::{bundle, dosed, ketorolac, open_app, order, prefetch, request, shape, signing, warfarin};

/// How many requests of each kind.
const REQUESTS: usize = 300;

/// What JSON is made of, and what it is not.
const PIECES: &[&str] = &["{", "}", "[", "]", "\"", ":", ",", "hook", "context", "null", "\\u0000", "1e9", "\u{feff}"];

/// What is made up is the same in each run, so that what is found is found again.
fn runner() -> TestRunner {
    TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// Sends bytes to a service and looks at the answer.
async fn send(app: &TestApp, path: &str, bytes: Vec<u8>) -> u16 {
    let said = String::from_utf8_lossy(&bytes).chars().take(2_000).collect::<String>();
    let answer =
        app.anonymous(Method::POST, path).header("content-type", "application/json").body(bytes).answer().await;
    match answer.status {
        200 if path.ends_with("/feedback") => {}
        200 => shape::hold(&answer.body),
        400 | 404 | 412 | 413 => {
            assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{said}");
            assert!(answer.body["type"].is_string(), "{said}");
        }
        other => panic!("{other} {}: {said}", answer.body),
    }
    answer.status
}

/// Whole requests to bend.
fn whole() -> Vec<(&'static str, Value)> {
    let drafts = [dosed(ketorolac("k", "draft"), 10.0, "mg", 4, 1.0), order("z", "draft", "0", "Zzyzx")];
    let lab = json!({ "resourceType": "Observation", "id": "o", "status": "final", "effectiveDateTime": "2026-11-22T08:00:00Z",
        "code": { "coding": [{ "system": "http://loinc.org", "code": "2823-3" }] },
        "valueQuantity": { "value": 5.1, "unit": "mmol/L", "code": "mmol/L" } });
    let mut sign = signing(&drafts, &[dosed(warfarin("w", "active"), 1.0, "{tablet}", 1, 1.0)]);
    sign["prefetch"]["laboratory"] = bundle(&[lab]);
    let mut select = sign.clone();
    select["hook"] = json!("order-select");
    select["context"]["selections"] = json!(["MedicationRequest/k"]);
    let mut view = request("patient-view", json!({}));
    view["prefetch"] = sign["prefetch"].clone();
    let allergy = json!({ "resourceType": "AllergyIntolerance", "code": { "text": "Penicillin" }, "patient": { "reference": "Patient/1288992" } });
    let mut create = request("allergyintolerance-create", json!({ "allergyIntolerance": allergy }));
    create["prefetch"] = prefetch(&[order("a", "active", "308191", "Amoxicillin 500 MG Oral Capsule")]);
    let condition = json!({ "resourceType": "Condition", "code": { "text": "Peptic ulcer" }, "subject": { "reference": "Patient/1288992" } });
    let mut problem = request("problem-list-item-create", json!({ "conditions": bundle(&[condition]) }));
    problem["prefetch"] = prefetch(&[ketorolac("k", "active")]);
    let feedback = json!({ "feedback": [{ "card": "4e0a3a1e-3283-4575-ab82-028d55fe2719", "outcome": "overridden",
        "outcomeTimestamp": "2026-11-22T08:00:00Z", "overrideReason": { "reason": { "code": "x" }, "userComment": "y" } }] });
    vec![
        ("/cds-services/order-sign", sign),
        ("/cds-services/order-select", select),
        ("/cds-services/patient-view", view),
        ("/cds-services/allergyintolerance-create", create),
        ("/cds-services/problem-list-item-create", problem),
        ("/cds-services/order-sign/feedback", feedback),
    ]
}

/// All places of a value.
fn places(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, one)| places(one, &format!("{at}/{name}"), all)),
        Value::Array(list) => list.iter().enumerate().for_each(|(n, one)| places(one, &format!("{at}/{n}"), all)),
        _ => {}
    }
}

/// What is put in the place of something.
fn odd() -> impl Strategy<Value = Value> {
    let words = prop_oneof![
        Just("\u{0}".to_owned()),
        Just("'; drop table cds.card; --".to_owned()),
        Just("{{context.patientId}}".to_owned()),
        Just("9999999999999999999999999999999999999999".to_owned()),
        Just("2026-13-45T99:99:99Z".to_owned()),
        Just("Patient/../../etc/passwd".to_owned()),
        Just("<script>alert(1)</script>".to_owned()),
        ".{0,40}",
    ];
    let numbers = prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        Just(json!(0)),
        Just(json!(-1)),
        Just(json!(1e308)),
        Just(json!(1e-300)),
    ];
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        numbers,
        words.prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
        Just(json!([null])),
        Just(
            json!({ "resourceType": "Bundle", "entry": [{ "resource": { "resourceType": "Bundle", "entry": [{}] } }] })
        ),
        Just(json!({ "resourceType": "MedicationRequest" })),
    ]
}

fn bend(mut body: Value, bends: &[(prop::sample::Index, u8, Value)]) -> Value {
    for (which, how, odd) in bends {
        let mut all = vec![];
        places(&body, "", &mut all);
        let at = which.get(&all).clone();
        let Some((parent, field)) = at.rsplit_once('/') else {
            body = odd.clone();
            continue;
        };
        let Some(parent) = body.pointer_mut(parent) else { continue };
        match (parent, how % 4) {
            (Value::Object(fields), 0) => drop(fields.remove(field)),
            (Value::Object(fields), 1) => drop(fields.insert(format!("{field}x"), odd.clone())),
            (Value::Object(fields), _) => drop(fields.insert(field.to_owned(), odd.clone())),
            (Value::Array(list), how) => {
                let Ok(index) = field.parse::<usize>() else { continue };
                match how {
                    0 => drop(list.remove(index)),
                    1 => list.push(list[index].clone()),
                    _ => list[index] = odd.clone(),
                }
            }
            _ => {}
        }
    }
    body
}

/// SECURITY 54: whatever is sent is answered, and nothing of it brings the server down.
#[tokio::test]
async fn bytes_are_answered_cleanly() {
    let app = open_app().await;
    let mut runner = runner();
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        prop::collection::vec(prop::sample::select(PIECES), 0..60).prop_map(|words| words.concat().into_bytes()),
    ];
    for n in 0..REQUESTS {
        let body = bytes.new_tree(&mut runner).expect("bytes").current();
        let path = if n % 3 == 0 { "/cds-services/order-sign/feedback" } else { "/cds-services/order-sign" };
        assert_eq!(send(&app, path, body).await, 400);
    }
}

/// SECURITY 54: the same of requests that are almost right, and of those that are cut off.
#[tokio::test]
async fn bent_requests_are_answered_cleanly() {
    let app = open_app().await;
    let whole = whole();
    let mut runner = runner();
    let bends = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), odd()), 1..5);
    let mut statuses = std::collections::BTreeMap::<u16, usize>::new();
    for (path, body) in &whole {
        let expected = if path.ends_with("/feedback") { 404 } else { 200 };
        assert_eq!(send(&app, path, body.to_string().into_bytes()).await, expected, "{path} whole");
    }
    for n in 0..REQUESTS {
        let (path, body) = &whole[n % whole.len()];
        let bends = bends.new_tree(&mut runner).expect("bends").current();
        let mut bytes = bend(body.clone(), &bends).to_string().into_bytes();
        if n % 10 == 9 {
            bytes.truncate(bytes.len() / 2);
        }
        *statuses.entry(send(&app, path, bytes).await).or_default() += 1;
    }
    assert!(statuses.contains_key(&200) && statuses.contains_key(&400), "both kinds are met: {statuses:?}");
}
