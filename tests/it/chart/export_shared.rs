//! Who cared and where leave with the record as their source told of them.

use std::collections::BTreeMap;

use healthcare_application::Role;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

fn resources(bundle: &Value) -> Vec<Value> {
    bundle["entry"].as_array().expect("entries").iter().map(|entry| entry["resource"].clone()).collect()
}

/// What a reference names, in its place: the source's name for it, or ours.
fn renamed(value: &mut Value, names: &BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(to)) = members.get_mut("reference")
                && let Some(name) = names.get(to)
            {
                to.clone_from(name);
            }
            members.values_mut().for_each(|member| renamed(member, names));
        }
        Value::Array(all) => all.iter_mut().for_each(|one| renamed(one, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Element by element of what was imported: nothing of a practitioner, an organisation, a role or a place is lost on the way, and
/// nothing that a resource names is left behind.
#[tokio::test]
async fn who_cared_and_where_go_out_as_their_source_told_of_them() {
    let app = spawn_app().await;
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/fhir/directory.json");
    let text = tokio::fs::read_to_string(file).await.expect("the fixture");
    let source: Value = serde_json::from_str(&text).expect("JSON");
    let sent = app.request(Role::Admin, Method::POST, "/api/v1/imports").await.body(text);
    let report = sent.answer().await.expect(200).body;
    assert_eq!(report["refusals"], json!([]));
    let beside = |kind: &str| -> Vec<&String> {
        report["kept_beside"][kind].as_object().into_iter().flat_map(serde_json::Map::keys).collect()
    };
    let of_practitioner = [
        "address",
        "birthDate",
        "communication",
        "extension",
        "gender",
        "identifier",
        "meta",
        "name",
        "qualification",
        "telecom",
    ];
    assert_eq!(beside("Practitioner"), of_practitioner, "what the entry has no place for is said");
    assert_eq!(beside("Organization"), ["address", "alias", "contact", "identifier", "meta", "partOf", "telecom"]);

    let found = app.get(Role::Doctor, "/api/v1/patients?name=prado").await.expect(200).body;
    let patient = found["items"][0]["id"].as_str().expect("an id").to_owned();
    let out = app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/export")).await.expect(200).body;
    let all = resources(&out);

    // Each is known again by a number or a name that stands in both.
    let key = |one: &Value| -> Option<String> {
        let words = match one["resourceType"].as_str()? {
            "Practitioner" | "Organization" => one["identifier"][0]["value"].as_str()?,
            "Location" => one["name"].as_str()?,
            "PractitionerRole" => one["code"][0]["text"].as_str()?,
            _ => return None,
        };
        Some(words.to_owned())
    };
    let mut names = BTreeMap::new();
    for theirs in resources(&source) {
        let same = |one: &&Value| one["resourceType"] == theirs["resourceType"] && key(one) == key(&theirs);
        let Some(ours) = key(&theirs).and_then(|_| all.iter().find(same)) else { continue };
        let word = |of: &Value, name: &str| of[name].as_str().expect("a name").to_owned();
        let name = format!("{}/{}", word(&theirs, "resourceType"), word(&theirs, "id"));
        names.insert(format!("urn:uuid:{}", word(ours, "id")), name);
    }
    assert_eq!(names.len(), 5, "a practitioner, two organisations, a role and a place: {names:?}");
    for theirs in resources(&source).into_iter().filter(|one| key(one).is_some()) {
        let same = |one: &&Value| one["resourceType"] == theirs["resourceType"] && key(one) == key(&theirs);
        let mut ours = all.iter().find(same).expect("it is in the bundle").clone();
        renamed(&mut ours, &names);
        for (name, told) in theirs.as_object().expect("a resource").iter().filter(|(name, _)| *name != "id") {
            match (theirs["resourceType"].as_str(), name.as_str()) {
                (_, "meta") => assert_eq!(ours["meta"]["tag"], told["tag"], "{ours:#}"),
                (Some("Practitioner"), "extension") => {
                    assert_eq!(ours["extension"][0], told[0]);
                    assert_eq!(
                        ours["extension"][1]["valueReference"],
                        json!({ "type": "Patient" }),
                        "no patient's name"
                    );
                }
                _ => assert_eq!(&ours[name], told, "{name} of {ours:#}"),
            }
        }
    }

    let text = out.to_string();
    let here: Vec<&str> =
        out["entry"].as_array().expect("entries").iter().filter_map(|one| one["fullUrl"].as_str()).collect();
    for named in text.split("\"reference\":\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(!named.starts_with("urn:uuid:") || here.contains(&named), "{named} is named and not there");
    }

    // The same again says nothing new; and by another id, with the same number, it is the same practitioner, told anew.
    let again = app.request(Role::Admin, Method::POST, "/api/v1/imports").await.body(source.to_string());
    let report = again.answer().await.expect(200).body;
    assert_eq!(report["resources"]["Practitioner"]["known"], json!(1), "{report:#}");
    let mut moved = resources(&source).into_iter().find(|one| one["id"] == "stark").expect("the practitioner");
    moved["id"] = json!("91d2a4de-1a6c-4b5b-8f0e-2f5d1c3b9a01");
    moved["address"][0]["city"] = json!("BENDIGO");
    let sent = app.request(Role::Admin, Method::POST, "/api/v1/imports").await.body(moved.to_string());
    let report = sent.answer().await.expect(200).body;
    assert_eq!(report["resources"]["Practitioner"]["stored"], json!(1), "{report:#}");
    let out = app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/export")).await.expect(200).body;
    let told: Vec<Value> = resources(&out).into_iter().filter(|one| one["resourceType"] == "Practitioner").collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["address"][0]["city"], "BENDIGO");
}
