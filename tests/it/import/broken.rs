use std::io::Write;

use flate2::{Compression, write::GzEncoder};

use super::{fixture, is_settled, site};

fn packed(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn what_is_broken_is_named_and_the_rest_goes_on() {
    let site = site().await;
    let good = std::fs::read(fixture("fhir/conditional.json")).unwrap();
    site.file("in/a-cut.json", &good[..good.len() / 2]);
    site.file("in/b-empty.json", "");
    site.file("in/c-not-fhir.json", r#"{"name": "Ferreira"}"#);
    site.file("in/d-xml.json", "<Patient/>");
    site.file("in/d-type.json", r#"{"resourceType": "Ferreira"}"#);
    site.file("in/d-id.json", r#"{"resourceType": "Patient", "id": 7}"#);
    site.file("in/e-history.json", r#"{"resourceType":"Bundle","type":"history","entry":[]}"#);
    site.file("in/f-cut.ndjson.gz", &packed(&good)[..40]);
    site.file("in/g-good.json.gz", packed(&good));
    site.file("in/notes.txt", "not looked at");
    let wrong = [
        r#"{"resourceType":"Patient","id":"p","name":[{"family":"Wrong"}],"birthDate":"1.2.1980"}"#,
        r#"{"resourceType":"Condition","id":"c","code":{"text":"Gout"},"subject":{"reference":"Patient/p"}}"#,
        "{ this is no JSON",
        "",
        r#"{"resourceType":"Organization","id":"0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0","name":"Good"}"#,
    ];
    site.file("in/h-lines.ndjson", wrong.join("\n"));

    let report = site.import(&[site.dir.path().join("in"), site.dir.path().join("missing")]).await;
    assert!(is_settled(&report), "{report}");
    assert_eq!((report.total().stored, report.total().kept, report.total().refused), (4, 1, 3), "{report}");
    let refusal = |file: &str| -> Vec<(&str, &str)> {
        let of = report.refusals.iter().filter(|r| r.file.ends_with(file));
        of.map(|r| (r.place.as_str(), r.reason.as_str())).collect()
    };
    assert_eq!(refusal("a-cut.json").len(), 1);
    assert_eq!(refusal("b-empty.json"), [("", "the file is empty")]);
    assert_eq!(refusal("c-not-fhir.json"), [("", "missing field `resourceType`")]);
    assert_eq!(refusal("d-xml.json")[0].1, "not well-formed JSON");
    assert_eq!(refusal("d-type.json"), [("resourceType", "not the name of a resource type of FHIR R4")]);
    assert_eq!(refusal("d-id.json"), [("id", "expected a string")]);
    assert_eq!(refusal("e-history.json")[0].0, "type");
    assert_eq!(refusal("f-cut.ndjson.gz").len(), 1);
    assert_eq!(refusal("missing").len(), 1);
    assert_eq!(refusal("notes.txt"), []);
    let lines = refusal("h-lines.ndjson");
    assert!(lines.contains(&("line 1.birthDate", "not a date of the form YYYY, YYYY-MM or YYYY-MM-DD")), "{lines:?}");
    assert!(lines.contains(&("line 2", "the patient it refers to was refused")), "{lines:?}");
    assert!(lines.contains(&("line 3", "not well-formed JSON")), "{lines:?}");
    assert_eq!(lines.len(), 3);
    let json = serde_json::to_string(&report).unwrap();
    assert!(!json.contains("Ferreira") && !json.contains("Wrong"), "no personal data in a report");
}

#[tokio::test]
async fn a_value_the_database_cannot_hold_stops_nobody_else() {
    let site = site().await;
    let patient = |n: usize, name: &str| {
        format!(r#"{{"resourceType":"Patient","id":"0c3151bd-1cbf-4d64-b04d-{n:012}","name":[{{"family":"{name}"}}]}}"#)
    };
    let mut lines: Vec<String> = (0..40).map(|n| patient(n, "Many")).collect();
    lines.insert(20, patient(99, "Nu\\u0000ll"));
    let report = site.import_text(&lines.join("\n")).await;
    assert_eq!((report.total().stored, report.total().refused), (40, 1), "{report}");
    assert_eq!(report.refusals[0].place, "line 21");
    assert_eq!(report.refusals[0].reason, "holds a value that cannot be stored");
    assert_eq!(site.patients("many").await.len(), 40);
}
