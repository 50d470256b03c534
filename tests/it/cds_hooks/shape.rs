//! What CDS Hooks 2.0 says of an answer, as a JSON Schema, and what it says beside.

use serde_json::{Value, json};

/// The shape of an answer (CDS Hooks 2.0, "CDS Service Response").
fn schema() -> Value {
    let text = json!({ "type": "string", "minLength": 1 });
    let uuid = json!({ "type": "string", "pattern": "uuid" });
    let url = json!({ "type": "string", "pattern": "https" });
    let coding = json!({ "type": "object", "required": ["code"], "properties": {
        "code": text, "system": text, "display": text } });
    let reason = json!({ "type": "object", "required": ["code", "display"], "properties": {
        "code": text, "system": text, "display": text } });
    let action = json!({ "type": "object", "required": ["type", "description"], "properties": {
        "type": { "enum": ["create", "update", "delete"] }, "description": text,
        "resource": { "type": "object", "required": ["resourceType"], "properties": { "resourceType": text } },
        "resourceId": text } });
    let suggestion = json!({ "type": "object", "required": ["label", "uuid", "actions"], "properties": {
        "label": text, "uuid": uuid, "isRecommended": { "enum": [true] },
        "actions": { "type": "array", "minItems": 1, "items": action } } });
    let link = json!({ "type": "object", "required": ["label", "url", "type"], "properties": {
        "label": text, "url": url, "type": { "enum": ["absolute", "smart"] } } });
    let source = json!({ "type": "object", "required": ["label"], "properties": {
        "label": text, "url": url, "topic": coding } });
    let card = json!({ "type": "object", "required": ["uuid", "summary", "indicator", "source"], "properties": {
        "uuid": uuid, "summary": { "type": "string", "minLength": 1, "maxLength": 139 }, "detail": text,
        "indicator": { "enum": ["info", "warning", "critical"] }, "source": source,
        "suggestions": { "type": "array", "minItems": 1, "items": suggestion },
        "selectionBehavior": { "enum": ["at-most-one", "any"] },
        "overrideReasons": { "type": "array", "minItems": 1, "items": reason },
        "links": { "type": "array", "minItems": 1, "items": link } } });
    json!({ "type": "object", "required": ["cards"], "properties": { "cards": { "type": "array", "items": card } } })
}

/// Holds a value against a schema of the keywords that are used above; no property is null, and none is unknown.
fn check(schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    if let Some(words) = schema["enum"].as_array() {
        if !words.contains(value) {
            wrong.push(format!("{at}: {value} is none of {words:?}"));
        }
        return;
    }
    match schema["type"].as_str().expect("a type") {
        "string" => {
            let Some(text) = value.as_str() else { return wrong.push(format!("{at}: {value} is no text")) };
            let length = text.chars().count() as u64;
            let most = schema["maxLength"].as_u64().unwrap_or(u64::MAX);
            if length < schema["minLength"].as_u64().unwrap_or(0) || length > most {
                wrong.push(format!("{at}: {length} characters"));
            }
            let fits = match schema["pattern"].as_str() {
                Some("uuid") => text.len() == 36 && text.parse::<uuid::Uuid>().is_ok(),
                Some("https") => reqwest::Url::parse(text).is_ok_and(|url| url.scheme() == "https"),
                _ => true,
            };
            if !fits {
                wrong.push(format!("{at}: {text} does not fit"));
            }
        }
        "array" => {
            let Some(list) = value.as_array() else { return wrong.push(format!("{at}: no list")) };
            if (list.len() as u64) < schema["minItems"].as_u64().unwrap_or(0) {
                wrong.push(format!("{at}: too few"));
            }
            list.iter().enumerate().for_each(|(n, one)| check(&schema["items"], one, &format!("{at}/{n}"), wrong));
        }
        _ => {
            let Some(fields) = value.as_object() else { return wrong.push(format!("{at}: no object")) };
            for required in schema["required"].as_array().into_iter().flatten() {
                if !fields.contains_key(required.as_str().expect("a name")) {
                    wrong.push(format!("{at}: {required} is missing"));
                }
            }
            for (name, one) in fields {
                match schema["properties"].get(name) {
                    Some(known) => check(known, one, &format!("{at}/{name}"), wrong),
                    // A resource is FHIR's.
                    None if schema["required"] == json!(["resourceType"]) => {}
                    None => wrong.push(format!("{at}/{name}: not known to the standard")),
                }
            }
        }
    }
}

/// What the schema cannot say: what belongs to what.
fn agree(answer: &Value, wrong: &mut Vec<String>) {
    let rank = |card: &Value| ["critical", "warning", "info"].iter().position(|one| card["indicator"] == *one);
    let all = answer["cards"].as_array().into_iter().flatten();
    if !all.clone().map(rank).is_sorted() {
        wrong.push("the gravest do not come first".into());
    }
    for card in all {
        let suggestions = card["suggestions"].as_array().map_or(0, Vec::len);
        if (suggestions > 0) != card["selectionBehavior"].is_string() {
            wrong.push("selectionBehavior goes with suggestions".into());
        }
        for action in
            card["suggestions"].as_array().into_iter().flatten().flat_map(|one| one["actions"].as_array().unwrap())
        {
            let (resource, id) = (action["resource"].is_object(), action["resourceId"].is_string());
            if (action["type"] == "delete") != id || (action["type"] != "delete") != resource {
                wrong.push(format!("an action has what its type needs: {action}"));
            }
            if action["resource"]["resourceType"] == "ServiceRequest" {
                let whole = ["status", "intent", "subject", "code"];
                wrong.extend(
                    whole
                        .iter()
                        .filter(|name| action["resource"][**name].is_null())
                        .map(|name| format!("{name}: {action}")),
                );
            }
        }
    }
    if !answer["systemActions"].is_null() {
        wrong.push("nothing is done behind a clinician's back".into());
    }
}

/// Asserts that an answer is as the standard says.
#[track_caller]
pub fn hold(answer: &Value) {
    let mut wrong = vec![];
    check(&schema(), answer, "", &mut wrong);
    agree(answer, &mut wrong);
    assert!(wrong.is_empty(), "{wrong:#?}\n{answer:#}");
}

#[test]
fn the_schema_refuses_what_the_standard_does() {
    let good = json!({ "cards": [{ "uuid": "4e0a3a1e-3283-4575-ab82-028d55fe2719", "summary": "x", "indicator": "info",
        "source": { "label": "y", "topic": { "code": "z" } } }] });
    hold(&good);
    hold(&json!({ "cards": [] }));
    for (pointer, value) in [
        ("/cards/0/summary", json!("x".repeat(140))),
        ("/cards/0/summary", json!("")),
        ("/cards/0/indicator", json!("success")),
        ("/cards/0/uuid", json!("1")),
        ("/cards/0/source", json!({ "label": "y", "url": null })),
        ("/cards/0/links", json!([])),
        ("/cards/0/selectionBehavior", json!("any")),
        ("/cards/0/detail", json!(null)),
        ("/cards/0/more", json!("x")),
    ] {
        let mut bad = good.clone();
        let (at, field) = pointer.rsplit_once('/').unwrap();
        bad.pointer_mut(at).unwrap()[field] = value;
        let mut wrong = vec![];
        check(&schema(), &bad, "", &mut wrong);
        agree(&bad, &mut wrong);
        assert!(!wrong.is_empty(), "{pointer}");
    }
}
