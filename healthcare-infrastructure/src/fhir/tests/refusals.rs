use serde_json::{Value, json};

use super::{fresh, resource, take};
use crate::fhir::{Import, Refused, Taken};

/// Reads and decides on a resource after a change to it; it has to be refused somewhere on the way.
fn refused(id: &str, change: impl FnOnce(&mut Value)) -> Refused {
    let (resource_type, raw) = resource(id);
    let mut value = serde_json::from_str(&raw).unwrap();
    change(&mut value);
    match take(&resource_type, &value.to_string()) {
        Err(refused) => refused,
        Ok(Taken::Understood(said) | Taken::Whole(said)) => {
            let empty = healthcare_domain::AnyState::empty(said.stream_type());
            said.decide(&empty, &Import { now: super::now(), changed: None }).unwrap_err()
        }
    }
}

#[test]
fn what_is_wrong_is_named_by_its_place() {
    let place = |id: &str, change: fn(&mut Value)| refused(id, change).place;
    assert_eq!(place("12", |p| p["birthDate"] = "2.3.1954".into()), "birthDate");
    assert_eq!(place("12", |p| p["birthDate"] = "2054-03-02".into()), "birthDate");
    assert_eq!(place("12", |p| p["gender"] = "w".into()), "gender");
    assert_eq!(place("12", |p| p["name"] = json!([])), "name");
    assert_eq!(place("12", |p| p["name"][1]["given"] = "Ana".into()), "name[1].given");
    assert_eq!(place("12", |p| p["deceasedDateTime"] = "1900".into()), "deceasedDateTime");
    assert_eq!(place("e1", |e| e["status"] = "over".into()), "status");
    assert_eq!(place("e1", |e| e["period"]["end"] = "2024-02-01".into()), "period.end");
    assert_eq!(place("c-active", |c| c["code"] = json!({})), "code");
    assert_eq!(place("c-active", |c| c["recordedDate"] = "2010-06-01T09:00:00".into()), "recordedDate");
    assert_eq!(place("a-peanut", |a| a["criticality"] = "very".into()), "criticality");
    assert_eq!(place("a-peanut", |a| a["reaction"][0]["severity"] = "bad".into()), "reaction[0].severity");
    assert_eq!(place("m-contained", |m| m["contained"] = json!([])), "medicationReference");
    assert_eq!(
        place("m-stopped", |m| _ = m.as_object_mut().unwrap().remove("medicationCodeableConcept")),
        "medication[x]"
    );
    let drug = json!({ "reference": "Medication/amox" });
    assert_eq!(refused("m-stopped", |m| m["medicationReference"] = drug).place, "medicationReference");
    assert_eq!(place("o-lab", |o| o["valueString"] = "5.4".into()), "valueString");
    assert_eq!(place("o-lab", |o| o["valueQuantity"]["value"] = "5.4".into()), "valueQuantity.value");
    assert_eq!(place("o-lab", |o| o["valueQuantity"] = json!({ "unit": "mmol/L" })), "valueQuantity.value");
    assert_eq!(place("o-bp", |o| o["component"][1]["code"] = "8462-4".into()), "component[1].code");
    assert_eq!(place("o-lab", |o| o["effectiveDateTime"] = "2030-01-01".into()), "effective[x]");
    assert_eq!(place("cp1", |c| c["intent"] = "wish".into()), "intent");
    assert_eq!(place("i1", |i| i["vaccineCode"] = json!({})), "vaccineCode");
}

#[test]
fn a_reason_never_repeats_what_was_written() {
    let secret = "Ferreira-1954";
    type Change = fn(&mut Value);
    let changes: [(&str, Change); 5] = [
        ("12", |p| p["birthDate"] = "Ferreira-1954".into()),
        ("12", |p| p["gender"] = "Ferreira-1954".into()),
        ("12", |p| p["telecom"] = "Ferreira-1954".into()),
        ("o-lab", |o| o["code"] = "Ferreira-1954".into()),
        ("e1", |e| e["period"]["start"] = "Ferreira-1954".into()),
    ];
    for (id, change) in changes {
        let refused = refused(id, change);
        assert!(!refused.reason.contains(secret) && !refused.place.contains(secret), "{refused}");
    }
}

#[test]
fn what_fhir_does_not_forbid_is_not_refused() {
    let (resource_type, raw) = resource("m-stopped");
    let mut bare: Value = serde_json::from_str(&raw).unwrap();
    bare.as_object_mut().unwrap().remove("authoredOn");
    let Ok(Taken::Understood(said)) = take(&resource_type, &bare.to_string()) else { panic!("refused") };
    assert!(fresh(&said).0.iter().all(|e| e.times.assumed));
}
