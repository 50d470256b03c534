use healthcare_infrastructure::import::ImportReport;
use serde_json::{Value, json};

use super::{Site, fixture, labels, site};

/// The hospital's Bundle, changed bit by bit and imported after each change.
struct Hospital(Value);

impl Hospital {
    fn as_it_was() -> Self {
        Self(serde_json::from_slice(&std::fs::read(fixture("fhir/hospital.json")).unwrap()).unwrap())
    }

    async fn change(&mut self, site: &Site, id: &str, change: impl FnOnce(&mut Value)) -> ImportReport {
        let entries = self.0["entry"].as_array_mut().unwrap();
        change(entries.iter_mut().map(|e| &mut e["resource"]).find(|r| r["id"] == id).unwrap());
        site.import_text(&self.0.to_string()).await
    }
}

#[tokio::test]
async fn what_changed_at_its_source_amends() {
    let site = site().await;
    site.import(&[fixture("fhir/hospital.json")]).await;
    let patient = site.patient("ferreira").await;
    let before = site.platform.app.clock.now();

    let mut hospital = Hospital::as_it_was();
    let report = hospital.change(&site, "p1", |p| p["code"] = json!({ "text": "Appendectomy" })).await;
    assert_eq!((report.total().stored, report.total().known, report.total().kept), (1, 40, 0), "{report}");
    let report = hospital.change(&site, "12", |p| p["address"][0]["city"] = "Porto".into()).await;
    assert_eq!(report.resources["Patient"].stored, 1);
    let resolved = |c: &mut Value| {
        c["clinicalStatus"]["coding"][0]["code"] = "resolved".into();
        c["abatementDateTime"] = "2025-01-01".into();
    };
    let report = hospital.change(&site, "c-active", resolved).await;
    assert_eq!(report.resources["Condition"].stored, 1);

    let chart = site.chart(patient, None).await;
    assert_eq!(chart["procedures"]["items"][0]["content"]["code"]["text"], "Appendectomy");
    assert_eq!(chart["patient"]["addresses"][0]["city"], "Porto");
    assert!(chart["problems"]["items"].as_array().unwrap().iter().all(|p| p["status"] != "active"));
    // Nobody knew of it before.
    let earlier = site.chart(patient, Some(before)).await;
    assert_eq!(labels(&json!({ "items": [earlier["procedures"]["items"][0]["content"]] }), "code"), ["Procedure"]);
    assert_eq!(earlier["patient"]["addresses"][0]["city"], "Lisboa");
    assert_eq!(site.patients("ferreira").await.len(), 1);
}

#[tokio::test]
async fn a_reformatted_file_says_nothing_new() {
    let site = site().await;
    let text = std::fs::read_to_string(fixture("fhir/hospital.json")).unwrap();
    site.import_text(&text).await;
    let events = site.count("select count(*) from es.event").await;
    let dense = serde_json::from_str::<Value>(&text).unwrap().to_string();
    let report = site.import_text(&dense).await;
    assert_eq!((report.total().read, report.total().known), (41, 41), "{report}");
    assert_eq!(site.count("select count(*) from es.event").await, events);
}

#[tokio::test]
async fn two_imports_of_the_same_at_once_store_it_once() {
    let site = site().await;
    let paths = [fixture("carebundle")];
    let (one, two) = tokio::join!(site.import(&paths), site.import(&paths));
    assert_eq!(one.total().stored + two.total().stored, 195, "{one}{two}");
    assert_eq!((one.total().refused, two.total().refused), (0, 0), "{one}{two}");
    assert_eq!(site.count("select count(*) from read.patient").await, 4);
}
