//! What holds for every operation alike is written into the document once: the refusals that the reading of a request
//! brings with it, and an example of what is sent and answered.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// What is sent and answered, by operation, as a demonstration said it.
const EXAMPLES: &str = include_str!("examples.json");
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
const PROBLEM: &str = "#/components/schemas/Problem";

/// Completes the document of the operations.
pub fn complete(document: &mut Value) {
    let examples: Value = serde_json::from_str(EXAMPLES).unwrap_or_default();
    document["servers"] = json!([{ "url": "/", "description": "this server" }]);
    for (path, item) in members(&mut document["paths"]) {
        for (method, operation) in members(item).filter(|(method, _)| METHODS.contains(&method.as_str())) {
            describe(operation);
            refuse(method, path, operation);
            let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
            exemplify(operation, &examples[id]);
        }
    }
    loosen(document);
    drop_unused(document);
}

/// A part of a whole does not know the other parts' members, and cannot forbid them.
fn loosen(value: &mut Value) {
    if let Some(parts) = value.get_mut("allOf").and_then(Value::as_array_mut) {
        for part in parts.iter_mut().filter_map(Value::as_object_mut) {
            part.remove("additionalProperties");
        }
    }
    match value {
        Value::Object(object) => object.values_mut().for_each(loosen),
        Value::Array(list) => list.iter_mut().for_each(loosen),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn members(value: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    value.as_object_mut().into_iter().flatten()
}

/// A summary alone is the description as well.
fn describe(operation: &mut Value) {
    if operation["description"].is_null() {
        operation["description"] = operation["summary"].clone();
    }
}

/// The refusals that an operation has because of what it reads. What it says of one itself stands.
fn refuse(method: &str, path: &str, operation: &mut Value) {
    let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    let reads = |place: &str| parameters.iter().any(|parameter| parameter["in"] == place);
    let header = |name: &str| parameters.iter().any(|parameter| parameter["name"] == name);
    let times = parameters.iter().any(|parameter| parameter["in"] == "query" && is_time(&parameter["schema"]));
    let (asks_who, has_body) = (operation["security"].is_null(), operation["requestBody"].is_object());
    let ours = path.starts_with("/api/v1/") && !path.ends_with("/openapi.json");
    let all = [
        (true, "400", "it cannot be read, or has a parameter that is not taken here, and where"),
        (asks_who, "401", "sign in first"),
        (asks_who, "403", "the role may not"),
        (reads("path"), "404", "there is no such thing"),
        (
            method != "get" && asks_who,
            "409",
            "where it stands does not allow it, it was changed meanwhile, or the same request is being served",
        ),
        (path.contains("/patients/{id}"), "409", "the patient was merged into another one, who is named"),
        (header("If-Match"), "412", "it was changed since it was seen"),
        (has_body, "413", "the body is too large"),
        (has_body, "415", "the body is not JSON, not in UTF-8, or packed"),
        (has_body, "422", "the body has another shape or cannot be true, or its key came with another body"),
        (times, "422", "a time is beyond what the record can hold"),
        (ours, "503", "the record cannot be reached: nothing has happened"),
    ];
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for (applies, status, description) in all {
        if applies && !responses.contains_key(status) {
            let content = json!({ "application/problem+json": { "schema": { "$ref": PROBLEM } } });
            responses.insert(status.to_owned(), json!({ "description": description, "content": content }));
        }
    }
}

/// Whether a parameter is a time, alone or beside nothing.
fn is_time(schema: &Value) -> bool {
    let either = ["oneOf", "anyOf"].into_iter().filter_map(|of| schema[of].as_array()).flatten();
    schema["format"] == "date-time" || either.into_iter().any(|one| one["format"] == "date-time")
}

/// Puts the examples in their places: the body that is sent, and that of the answer when all goes well.
fn exemplify(operation: &mut Value, examples: &Value) {
    let put = |content: &mut Value, example: &Value| {
        for (_, media) in members(content) {
            if !example.is_null() && media["example"].is_null() && media["examples"].is_null() {
                media["example"] = example.clone();
            }
        }
    };
    if let Some(content) = operation.pointer_mut("/requestBody/content") {
        put(content, &examples["request"]);
    }
    for (_, response) in members(&mut operation["responses"]).filter(|(status, _)| status.starts_with('2')) {
        if let Some(content) = response.get_mut("content") {
            put(content, &examples["response"]);
        }
    }
}

/// Leaves out the schemas that nothing refers to.
fn drop_unused(document: &mut Value) {
    loop {
        let mut named = BTreeSet::new();
        references(document, &mut named);
        let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
        let before = schemas.len();
        *schemas = std::mem::take(schemas)
            .into_iter()
            .filter(|(name, _)| named.contains(&format!("#/components/schemas/{name}")))
            .collect::<Map<_, _>>();
        if schemas.len() == before {
            return;
        }
    }
}

fn references(value: &Value, named: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match value.as_str() {
                    Some(name) if key == "$ref" => drop(named.insert(name.to_owned())),
                    _ => references(value, named),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| references(value, named)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
