use serde_json::{Value, json};

use super::{labels, site};

/// A patient with a plain number for an id, and a problem of theirs.
fn export(name: &str, born: &str, problem: &str) -> String {
    format!(
        r#"{{"resourceType":"Patient","id":"1","name":[{{"family":"{name}"}}],"birthDate":"{born}"}}
{{"resourceType":"Condition","id":"7","code":{{"text":"{problem}"}},"subject":{{"reference":"Patient/1"}}}}"#
    )
}

#[tokio::test]
async fn the_same_id_of_two_sources_is_two_patients() {
    let site = site().await;
    site.import_text(&export("Ferreira", "1954-03-02", "Asthma")).await;
    let report = site.import_text(&export("Lind", "1980-01-01", "Gout")).await;
    assert_eq!(report.total().stored, 2, "{report}");
    let ferreira = site.chart(site.patient("ferreira").await, None).await;
    assert_eq!(labels(&ferreira["problems"], "code"), ["Asthma"]);
    let lind = site.chart(site.patient("lind").await, None).await;
    assert_eq!(labels(&lind["problems"], "code"), ["Gout"]);
}

#[tokio::test]
async fn a_named_source_keeps_its_ids_over_many_imports() {
    let site = site().await;
    let both = export("Ferreira", "1954-03-02", "Asthma");
    let (patient, problem) = both.split_once('\n').unwrap();
    site.import_text_of(patient, Some("st-elsewhere")).await;
    assert_eq!(site.import_text_of(problem, Some("st-elsewhere")).await.total().stored, 1);
    // Without the source nobody can tell whose it is.
    let report = site.import_text(problem).await;
    assert_eq!(report.refusals[0].reason, "the patient it refers to is not known");
    // Even a new name and birth date are not taken for somebody else's record.
    let other = export("Lind", "1980-01-01", "Gout");
    let report = site.import_text_of(&other, Some("st-elsewhere")).await;
    assert_eq!(report.total().refused, 2, "{report}");
    let ferreira = site.chart(site.patient("ferreira").await, None).await;
    assert_eq!(labels(&ferreira["problems"], "code"), ["Asthma"]);
    assert_eq!(site.import_text_of(&other, Some("another")).await.total().stored, 2);
}

#[tokio::test]
async fn nothing_moves_from_one_patient_to_another() {
    let site = site().await;
    let patient = |id: &str, name: &str| {
        format!(r#"{{"resourceType":"Patient","id":"{id}","name":[{{"family":"{name}"}}],"birthDate":"1950"}}"#)
    };
    let (ana, bo) = ("0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", "1c3151bd-1cbf-4d64-b04d-cd9187a4c6e0");
    let problem = |of: &str| {
        format!(
            r#"{{"resourceType":"Condition","id":"2c3151bd-1cbf-4d64-b04d-cd9187a4c6e0","code":{{"text":"Gout"}},"subject":{{"reference":"Patient/{of}"}}}}"#
        )
    };
    let text = [patient(ana, "Ana"), patient(bo, "Bo"), problem(ana)].join("\n");
    assert_eq!(site.import_text(&text).await.total().stored, 3);
    let report = site.import_text(&problem(bo)).await;
    assert_eq!(report.refusals[0].reason, "it was imported before as another patient's");
}

#[tokio::test]
async fn a_patient_under_a_new_id_is_recognised_only_beyond_doubt() {
    let site = site().await;
    let patient = |id: &str, given: &str| {
        format!(
            r#"{{"resourceType":"Patient","id":"{id}c3151bd-1cbf-4d64-b04d-cd9187a4c6e0","birthDate":"1990-05-05",
               "identifier":[{{"system":"urn:oid:1.2","value":"77"}}],"name":[{{"family":"Silva","given":["{given}"]}}]}}"#
        )
    };
    site.import_text(&patient("0", "Eva")).await;
    site.import_text(&patient("1", "Eva")).await;
    assert_eq!(site.patients("silva").await.len(), 1, "the same number, name and birth date");
    site.import_text(&patient("2", "Rita")).await;
    assert_eq!(site.patients("silva").await.len(), 2, "a twin with the same number is somebody else");
    // Now the number identifies neither.
    let problem = r#"{"resourceType":"Condition","code":{"text":"Gout"},"subject":{"reference":"Patient?identifier=urn:oid:1.2|77"}}"#;
    assert_eq!(site.import_text(problem).await.total().refused, 1);
}

#[tokio::test]
async fn two_servers_under_one_source_are_never_one_patient() {
    let site = site().await;
    let of = |server: &str, born: &str, problem: &str| {
        let url = |what: &str| format!("https://{server}.example/fhir/{what}");
        vec![
            json!({ "fullUrl": url("Patient/1"), "resource": { "resourceType": "Patient", "id": "1", "birthDate": born,
                "name": [{ "family": "Lind" }] } }),
            json!({ "fullUrl": url("Condition/7"), "resource": { "resourceType": "Condition", "id": "7",
                "code": { "text": problem }, "subject": { "reference": "Patient/1" } } }),
        ]
    };
    let bundle =
        |entries: Vec<Value>| json!({ "resourceType": "Bundle", "type": "collection", "entry": entries }).to_string();
    let (a, b) = (of("a", "1954-03-02", "Asthma"), of("b", "1980-01-01", "Gout"));
    // Who works there may come from a directory of its own: it does not say which server the record's is.
    let directory = vec![json!({ "fullUrl": "https://directory.example/Practitioner/9",
        "resource": { "resourceType": "Practitioner", "id": "9", "name": [{ "family": "Moss" }] } })];
    let both = bundle([directory.clone(), a.clone(), b.clone()].concat());
    let report = site.import_text_of(&both, Some("st-elsewhere")).await;
    assert_eq!((report.total().stored, report.total().refused), (3, 2), "{report}");
    assert!(report.refusals[0].reason.contains("another server"), "{report}");
    let chart = site.chart(site.patient("lind").await, None).await;
    assert_eq!(labels(&chart["problems"], "code"), ["Asthma"]);
    // Nor in a later import, whichever comes first in it; and what refers to the other server is none of this one's.
    let again = bundle([directory, b.clone(), a.clone()].concat());
    let report = site.import_text_of(&again, Some("st-elsewhere")).await;
    assert_eq!((report.total().known, report.total().refused), (3, 2), "{report}");
    let reached_otherwise = bundle(a).replace("https://", "http://");
    let report = site.import_text_of(&reached_otherwise, Some("st-elsewhere")).await;
    assert_eq!((report.total().known, report.total().refused), (2, 0), "{report}");
    let stray = json!({ "resourceType": "Condition", "id": "8", "code": { "text": "Gout" },
        "subject": { "reference": "https://b.example/fhir/Patient/1" } });
    assert_eq!(site.import_text_of(&stray.to_string(), Some("st-elsewhere")).await.total().refused, 1);
    let report = site.import_text_of(&bundle(b), Some("another")).await;
    assert_eq!(report.total().stored, 2, "{report}");
    assert_eq!(site.patients("lind").await.len(), 2);
}
