use proptest::prelude::*;
use serde_json::{Value, json};

use super::schema;
use crate::RuleBook;
use crate::rule::arbitrary::rule;
use crate::rule::{RuleDocument, read_json};

fn validator() -> jsonschema::Validator {
    jsonschema::draft202012::new(&schema()).unwrap()
}

fn faults(validator: &jsonschema::Validator, document: &Value) -> Vec<String> {
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// `UPDATE_DOCS=1 cargo test -p healthcare-dss schema` writes it.
#[test]
fn given_the_published_schema_when_compared_then_it_is_what_the_types_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/rule.schema.json");
    let written = format!("{}\n", serde_json::to_string_pretty(&schema()).unwrap());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &written).unwrap();
    }
    let published = std::fs::read_to_string(path).unwrap_or_default();
    assert!(published == written, "docs/rule.schema.json is out of date; write it with UPDATE_DOCS=1");
}

#[test]
fn given_the_schema_when_checked_then_it_is_one_of_draft_2020_12() {
    assert!(jsonschema::draft202012::meta::is_valid(&schema()));
}

#[test]
fn given_every_shipped_rule_when_validated_as_written_then_it_is_valid() {
    let validator = validator();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/rules");
    let mut seen = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let document: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(faults(&validator, &document), Vec::<String>::new(), "{}", path.display());
        seen += 1;
    }
    assert_eq!(seen, RuleBook::embedded().unwrap().documents().count());
}

#[test]
fn given_a_malformed_rule_when_validated_then_it_is_refused_at_its_place() {
    let validator = validator();
    let shipped = RuleBook::embedded().unwrap();
    let good = serde_json::to_value(shipped.document("metformin-egfr-below-30").unwrap()).unwrap();
    assert_eq!(faults(&validator, &good), Vec::<String>::new());
    for (pointer, value) in [
        ("/severity", json!("loud")),
        ("/version", json!(0)),
        ("/version", json!("1")),
        ("/id", json!("No Kebab")),
        ("/evidence", json!([])),
        ("/tests", json!([])),
        ("/triggers", json!("order-sign")),
        ("/triggers/0", json!("order-sing")),
        ("/triggers/0", json!("lab.result.availabel")),
        ("/when", json!({"sometimes": []})),
        ("/when", json!({"pregnant": true, "sex": "female"})),
        ("/when", json!({"drug": {"of": "draft", "at": 1}})),
        ("/when", json!({"drug": {"of": "every"}})),
        ("/when", json!({"age_years": {"at_least": "old"}})),
        ("/when", json!({"trend": {"value_set": "potassium", "unit": "mmol/L", "within_hours": 4}})),
        ("/then/links", json!([{"label": "l"}])),
        ("/then/suggestions", json!(["do_it"])),
        ("/tests/0/given/age", json!(-1)),
        ("/tests/0/expect", json!("nothing")),
    ] {
        let mut rule = good.clone();
        match rule.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => rule["then"]["links"] = value,
        }
        let refused = faults(&validator, &rule);
        assert!(!refused.is_empty(), "{pointer}");
        assert!(refused.iter().any(|fault| fault.starts_with(pointer)), "{pointer}: {refused:?}");
        assert!(
            read_json::<RuleDocument>("r", &rule.to_string()).is_err()
                || pointer == "/version"
                || pointer == "/triggers/0"
                || rule["id"] == "No Kebab"
                || rule["evidence"] == json!([])
                || rule["tests"] == json!([]),
            "{pointer}: the loader reads it"
        );
    }
    let mut unknown = good;
    unknown["comment"] = json!("c");
    assert!(!validator.is_valid(&unknown));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Whatever the platform writes as a rule is valid.
    #[test]
    fn given_any_rule_when_written_then_it_is_valid(rule in rule()) {
        let written = serde_json::to_value(&rule).unwrap();
        prop_assert_eq!(faults(&validator(), &written), Vec::<String>::new());
        let read: RuleDocument = serde_json::from_value(written).unwrap();
        prop_assert_eq!(read, rule);
    }
}
