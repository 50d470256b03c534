use serde_json::{Value, json};

use super::{FactKey, Gate, Key};
use crate::rule::arbitrary::{KNOWLEDGE, rule_of};
use crate::rule::{CompiledRule, WhenMissing};

fn gates(when: Value, when_missing: WhenMissing) -> [Gate; 2] {
    let when = serde_json::from_value(when).unwrap();
    CompiledRule::compile(rule_of(when, when_missing), &KNOWLEDGE).unwrap().gates()
}

fn gate(when: Value, when_missing: WhenMissing) -> Gate {
    let [first, second] = gates(when, when_missing);
    assert_eq!(second, Gate::Always);
    first
}

fn ingredient(name: &str) -> crate::knowledge::IngredientId {
    KNOWLEDGE.by_name[name][0]
}

fn set(name: &str) -> u16 {
    KNOWLEDGE.value_sets.by_id[name]
}

fn potassium(take: &str) -> Value {
    json!({"observation": {
        "value_set": "potassium", "unit": "mmol/L", "is": {"at_least": 6}, "within_hours": 24, "take": take
    }})
}

#[test]
fn given_a_drug_and_a_measurement_when_both_are_needed_then_both_are_gates_the_rarer_first() {
    let drug = json!({"drug": {"of": "draft", "in": ["ingredient:warfarin"]}});
    let expected = [FactKey::UnknownDraft, FactKey::Draft(ingredient("warfarin"))].map(Key::Fact);
    let inner = json!({"all": [{"pregnant": true}, drug]});
    let [first, second] = gates(json!({"all": [potassium("latest"), inner]}), WhenMissing::Report);
    assert_eq!(first, Gate::OneOf(expected.to_vec()));
    assert!(matches!(second, Gate::OneOf(keys) if matches!(&keys[..], [Key::Threshold(_)])));
}

#[test]
fn given_alternatives_when_gated_then_each_opens_and_one_without_a_gate_opens_for_all() {
    let drug = json!({"drug": {"of": "active", "in": ["ingredient:warfarin"]}});
    let condition = json!({"condition": {"value_sets": ["asthma"]}});
    let expected = [FactKey::UnknownActive, FactKey::Active(ingredient("warfarin")), FactKey::Condition(set("asthma"))];
    let found = gate(json!({"any": [drug, condition]}), WhenMissing::Report);
    assert_eq!(found, Gate::OneOf(expected.map(Key::Fact).to_vec()));
    assert_eq!(gate(json!({"any": [drug, condition, {"pregnant": true}]}), WhenMissing::Report), Gate::Always);
}

/// Two of three: when two of them are silent the count is out of reach, so the two that are rarest are asked for.
#[test]
fn given_a_count_when_gated_then_as_many_parts_are_asked_for_as_could_make_it_up() {
    let condition = |name: &str| json!({"condition": {"value_sets": [name]}});
    let of = json!([condition("asthma"), condition("ckd"), {"age_years": {"at_least": 65}}]);
    let found = gate(json!({"count": {"at_least": 2, "of": of}}), WhenMissing::Report);
    let expected = [FactKey::Condition(set("asthma")), FactKey::Condition(set("ckd"))].map(Key::Fact);
    assert_eq!(found, Gate::OneOf(expected.to_vec()));
    assert_eq!(gate(json!({"count": {"at_least": 1, "of": of}}), WhenMissing::Report), Gate::Always);
}

#[test]
fn given_what_is_negated_or_asked_to_be_missing_when_gated_then_absence_does_not_silence_it() {
    let condition = json!({"condition": {"value_sets": ["asthma"]}});
    for when in [json!({"not": condition}), json!({"missing": potassium("latest")}), json!({"table": "interaction"})] {
        for meaning in [WhenMissing::Report, WhenMissing::Ignore, WhenMissing::Fire] {
            assert_eq!(gate(when.clone(), meaning), Gate::Always, "{when}");
        }
    }
}

#[test]
fn given_a_measurement_when_missing_matters_then_its_absence_opens_the_gate_and_otherwise_does_not() {
    for (meaning, speaks) in [(WhenMissing::Report, true), (WhenMissing::Fire, true), (WhenMissing::Ignore, false)] {
        let Gate::OneOf(keys) = gate(potassium("latest"), meaning) else { panic!("always") };
        assert!(matches!(&keys[..], [Key::Threshold(one)] if one.speaks_when_missing == speaks), "{keys:?}");
    }
    for take in ["any", "all"] {
        assert_eq!(gate(potassium(take), WhenMissing::Report), Gate::Always);
        let measured = Key::Fact(FactKey::Measured(set("potassium")));
        assert_eq!(gate(potassium(take), WhenMissing::Ignore), Gate::OneOf(vec![measured]));
    }
}
