//! Every list is asked alike, as the document of the interface tells it.

use std::collections::BTreeSet;

use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::Value;

/// Lists that have no order to choose and no pages, each with its reason.
const WHOLE: [(&str, &str); 7] = [
    ("/api/v1/scores", "what this release computes: the same for everybody until the next release"),
    ("/api/v1/pathways", "what the house has configured, read once"),
    ("/api/v1/auth/sessions", "at most 200, the newest, and nobody has more open"),
    ("/api/v1/auth/calendar-feeds", "at most ten, and nobody has more open"),
    ("/api/v1/accounts/{id}/sessions", "at most 200, the newest, and nobody has more open"),
    ("/api/v1/rules/metrics", "a report over a time, of which each line is held against the others"),
    ("/api/v1/rules/{id}/versions", "the few versions of one rule are read beside each other"),
];

/// What every list may be asked: it narrows nothing.
const NO_FILTER: [&str; 5] = ["sort", "cursor", "limit", "as_of", "format"];

/// Lists of which nobody wants a part alone, each with its reason.
const UNFILTERED: [(&str, &str); 1] = [("/api/v1/notes/{id}/versions", "what one note has said, one after the other")];

/// What a reference stands for.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(place) => document.pointer(place.trim_start_matches('#')).expect("a schema that is referred to"),
        None => schema,
    }
}

/// What an operation answers as JSON when all is well.
fn answered<'a>(document: &'a Value, operation: &'a Value) -> &'a Value {
    resolved(document, &operation["responses"]["200"]["content"]["application/json"]["schema"])
}

/// The words that a parameter takes, wherever its schema keeps them.
fn words(document: &Value, schema: &Value) -> BTreeSet<String> {
    let schema = resolved(document, schema);
    let own = schema["enum"].as_array().into_iter().flatten().filter_map(|word| word.as_str().map(str::to_owned));
    let branches = ["oneOf", "anyOf"].into_iter().flat_map(|way| schema[way].as_array().into_iter().flatten());
    own.chain(branches.flat_map(|branch| words(document, branch))).collect()
}

#[tokio::test]
async fn every_list_has_a_filter_an_order_to_choose_a_cursor_and_a_limit() {
    let app = spawn_app().await;
    let document = app.get(Role::Nurse, "/api/v1/openapi.json").await.expect(200).body;
    let (mut lists, mut wrong) = (0, vec![]);
    for (path, operations) in document["paths"].as_object().expect("paths") {
        let operation = &operations["get"];
        let answer = answered(&document, operation);
        assert_ne!(answer["type"], "array", "{path} answers a bare array, which has no next page");
        if !answer["properties"]["items"].is_object() || WHOLE.iter().any(|(whole, _)| whole == path) {
            continue;
        }
        lists += 1;
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let named = |name: &str| parameters.iter().find(|one| one["name"] == name && one["in"] == "query");
        for name in ["sort", "cursor", "limit"] {
            if named(name).is_none() {
                wrong.push(format!("{path} has no `{name}`"));
            }
        }
        if let Some(sort) = named("sort")
            && words(&document, &sort["schema"]).len() < 2
        {
            wrong.push(format!("{path} says no words for `sort`: {sort}"));
        }
        let narrows =
            |one: &Value| one["in"] == "query" && one["name"].as_str().is_some_and(|it| !NO_FILTER.contains(&it));
        let is_whole = UNFILTERED.iter().any(|(whole, _)| whole == path);
        if parameters.iter().any(narrows) == is_whole {
            wrong.push(format!("{path} has no filter, or has one that it was not expected to have"));
        }
        if answer["properties"]["next_cursor"].is_null() {
            wrong.push(format!("{path} tells no next page"));
        }
    }
    assert_eq!(wrong, [""; 0]);
    assert!(lists >= 30, "{lists}");
    for (whole, why) in WHOLE {
        let answer = answered(&document, &document["paths"][whole]["get"]);
        assert!(answer.is_object(), "{whole} is no list any more ({why})");
    }
}
