use serde_json::{Value, json};

use super::{fixture, is_settled, labels, site};

#[tokio::test]
async fn bundles_become_charts_and_the_same_again_adds_nothing() {
    let site = site().await;
    let first = site.import(&[fixture("carebundle")]).await;
    assert!(is_settled(&first));
    assert_eq!(first.refusals, []);
    let total = first.total();
    assert_eq!((total.read, total.stored, total.known, total.kept), (195, 195, 0, 0), "{first}");
    assert_eq!(first.resources["Patient"].stored, 4);
    assert_eq!(first.resources["Observation"].stored, 136);
    let events = site.count("select count(*) from es.event").await;
    let beside = site.count("select count(*) from es.event where stream_type = 'external_record'").await;
    assert_eq!(events - beside, 195 + 4, "each visit is two events");
    assert_eq!(beside, 195, "all are labelled as test data, which is kept beside them");
    assert_eq!(first.kept_beside["Observation"]["meta"], 136);
    assert_eq!(first.kept_beside["Practitioner"]["name"], 4, "in its parts");

    let second = site.import(&[fixture("carebundle")]).await;
    assert_eq!((second.total().stored, second.total().known), (0, 195), "{second}");
    assert_eq!(site.count("select count(*) from es.event").await, events);
    assert_eq!(site.count("select count(*) from read.patient").await, 4);
}

#[tokio::test]
async fn a_chart_shows_what_was_imported() {
    let site = site().await;
    let report = site.import(&[fixture("fhir/hospital.json")]).await;
    assert_eq!(report.refusals, []);
    let chart = site.chart(site.patient("luisa ferreira").await, None).await;

    assert_eq!(chart["patient"]["names"][0]["family"], "Ferreira");
    assert_eq!(chart["allergy_status"], "known");
    assert_eq!(labels(&active(&chart["allergies"]), "substance"), ["Allergy to peanuts", "No known drug allergy"]);
    assert_eq!(labels(&active(&chart["problems"]), "code"), ["Hypertension"]);
    assert_eq!(labels(&active(&chart["medications"]), "medication"), ["amlodipine 5 MG Oral Tablet"]);
    let medications = labels(&chart["medications"], "medication");
    assert!(medications.contains(&"Amoxicillin 250 MG Oral Capsule".to_owned()), "resolved from its own resource");
    assert!(!medications.contains(&"Digoxin".to_owned()), "struck out");
    assert_eq!(chart["encounters"]["items"].as_array().unwrap().len(), 2);
    assert_eq!(chart["counts"]["unread_results"], 0, "results from elsewhere were read there");
    assert_eq!(site.count("select count(*) from read.entry where kind = 'external'").await, 6);
}

/// Entries of a section that count now.
fn active(section: &Value) -> Value {
    let items: Vec<_> =
        section["items"].as_array().unwrap().iter().filter(|item| item["status"] == "active").cloned().collect();
    json!({ "items": items })
}

#[tokio::test]
async fn the_chart_of_an_earlier_day_holds_what_was_known_then() {
    let site = site().await;
    site.import(&[fixture("fhir/hospital.json")]).await;
    let patient = site.patient("ferreira").await;
    let on = async |day: &str| site.chart(patient, Some(format!("{day}T12:00:00Z").parse().unwrap())).await;

    // The hypertension of 2001 was recorded in 2010.
    assert_eq!(labels(&on("2005-01-01").await["problems"], "code"), [""; 0]);
    assert_eq!(labels(&on("2011-01-01").await["problems"], "code"), ["Hypertension"]);
    // The bronchitis was active until its end, and the visit until the patient left.
    assert_eq!(active(&on("2024-02-25").await["problems"])["items"].as_array().unwrap().len(), 2);
    assert_eq!(active(&on("2024-03-10").await["problems"])["items"].as_array().unwrap().len(), 1);
    assert_eq!(on("2024-03-02").await["encounters"]["items"][0]["status"], "in-progress");
    assert_eq!(on("2024-03-10").await["encounters"]["items"][0]["status"], "finished");
    // The potassium of 04:30 was issued at 07:00.
    let at = async |time: &str| site.chart(patient, Some(format!("2024-03-01T{time}Z").parse().unwrap())).await;
    assert!(!labels(&at("06:00:00").await["laboratory"], "code").contains(&"Potassium".to_owned()));
    assert!(labels(&at("07:01:00").await["laboratory"], "code").contains(&"Potassium".to_owned()));
    // Nobody had died yet.
    assert_eq!(on("2024-05-01").await["patient"]["deceased"], Value::Null);
    assert_eq!(on("2024-05-03").await["patient"]["deceased"]["at"], "2024-05-02T11:00:00Z");
}

#[tokio::test]
async fn references_meet_whichever_comes_first() {
    let site = site().await;
    // The order names a visit and a practitioner that come later, the practitioner even in another import.
    let report = site.import(&[fixture("fhir/conditional.json")]).await;
    assert_eq!((report.total().stored, report.total().kept), (3, 1), "{report}");
    let chart = site.chart(site.patient("bo lind").await, None).await;
    assert_eq!(chart["medications"]["items"][0]["encounter"], chart["encounters"]["items"][0]["id"]);

    let rui = r#"{"resourceType":"Practitioner","id":"91d2a4de-1a6c-4b5b-8f0e-2f5d1c3b9a01","name":[{"family":"Costa"}],
                  "identifier":[{"system":"http://hl7.org/fhir/sid/us-npi","value":"9999912345"}]}"#;
    assert_eq!(site.import_text(rui).await.resources["Practitioner"].stored, 1);
    // The same number under another id is the same practitioner.
    let again = rui.replace("91d2a4de", "a1d2a4de").replace("Costa", "Costa Lima");
    site.import_text(&again).await;
    site.import(&[fixture("fhir/hospital.json")]).await;
    assert_eq!(site.count("select count(distinct id) from read.entry where kind = 'practitioner'").await, 1);
}

#[tokio::test]
async fn a_folder_of_ndjson_is_one_export() {
    let site = site().await;
    let report = site.import(&[fixture("fhir/bulk")]).await;
    assert_eq!((report.total().read, report.total().stored, report.total().kept), (7, 6, 1), "{report}");
    let uma = site.chart(site.patient("uma").await, None).await;
    assert_eq!(labels(&uma["problems"], "code"), ["Asthma"]);
    assert_eq!(uma["problems"]["items"][0]["encounter"], uma["encounters"]["items"][0]["id"]);
    let two = site.chart(site.patient("two").await, None).await;
    assert_eq!(labels(&two["medications"], "medication"), ["allopurinol 100 MG Oral Tablet"]);
    assert_eq!(site.import(&[fixture("fhir/bulk")]).await.total().known, 7);
}

#[tokio::test]
async fn a_visit_may_come_after_what_happened_in_it() {
    let site = site().await;
    let (ana, visit) = ("0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", "1c3151bd-1cbf-4d64-b04d-cd9187a4c6e0");
    let person = format!(r#"{{"resourceType":"Patient","id":"{ana}","name":[{{"family":"Reis"}}]}}"#);
    let gout = format!(
        r#"{{"resourceType":"Condition","id":"2c3151bd-1cbf-4d64-b04d-cd9187a4c6e0","code":{{"text":"Gout"}},
            "subject":{{"reference":"Patient/{ana}"}},"encounter":{{"reference":"Encounter/{visit}"}}}}"#
    );
    let came = format!(
        r#"{{"resourceType":"Encounter","id":"{visit}","status":"in-progress","class":{{"code":"IMP"}},
            "subject":{{"reference":"Patient/{ana}"}},"period":{{"start":"2026-01-02T10:00:00Z"}}}}"#
    );
    for text in [&person, &gout, &came] {
        assert_eq!(site.import_text(text).await.total().stored, 1);
    }
    let chart = site.chart(site.patient("reis").await, None).await;
    assert_eq!(chart["problems"]["items"][0]["encounter"], chart["encounters"]["items"][0]["id"]);
    assert_eq!(chart["last_encounter"]["status"], "in-progress");
}

#[tokio::test]
async fn a_large_bundle_on_one_line_is_read_whole() {
    let site = site().await;
    let ana = "0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0";
    let note = "x".repeat(10_000);
    let results = (0..2_000).map(|n| {
        json!({ "resource": { "resourceType": "Observation", "id": format!("o{n}"), "status": "final", "code": { "text": "Note" },
                "subject": { "reference": format!("Patient/{ana}") }, "effectiveDateTime": "2026-01-01", "valueString": note } })
    });
    let patient = json!({ "resource": { "resourceType": "Patient", "id": ana, "name": [{ "family": "Reis" }] } });
    let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": results.chain([patient]).collect::<Vec<_>>() });
    let report = site.import_text(&bundle.to_string()).await;
    assert_eq!((report.total().read, report.total().stored), (2_001, 2_001), "{report}");
}

#[tokio::test]
async fn next_of_kin_contacts_and_consents_are_understood() {
    let site = site().await;
    let report = site.import(&[fixture("fhir/clinic.json")]).await;
    assert_eq!(report.refusals, []);
    assert_eq!((report.resources["Consent"].stored, report.resources["Consent"].kept), (2, 1), "{report}");
    let chart = site.chart(site.patient("exemplar").await, None).await;
    let person = &chart["patient"];
    assert_eq!(person["contacts"][0]["name"]["given"], json!(["Jonas"]));
    assert_eq!(person["contacts"][1]["organization"], "Muster AG");
    assert_eq!((&person["language"], &person["other_languages"]), (&json!("de-CH"), &json!(["fr-CH"])));
    assert_eq!(
        (&person["telecom"][0]["rank"], &person["addresses"][1]["period"]["end"]),
        (&json!(1), &json!("2019-02"))
    );
    let consents = chart["consents"]["items"].as_array().unwrap();
    let decisions: Vec<_> = consents.iter().map(|one| (one["status"].as_str().unwrap(), &one["decision"])).collect();
    assert_eq!(decisions, [("active", &json!("permit")), ("withdrawn", &json!("deny"))]);
    assert_eq!(consents[1]["given_by"]["name"], "Ruth Müster");
    assert_eq!(site.patients("mus").await.len(), 1, "by the maiden name");
    let again = site.import(&[fixture("fhir/clinic.json")]).await;
    assert_eq!(again.total().stored, 0, "{again}");
}

#[tokio::test]
async fn who_is_imported_is_numbered_where_the_house_wants_it_and_keeps_the_number() {
    use healthcare_domain::patient::MrnScheme;
    let site = site().await;
    let patient = |city: &str| {
        json!({ "resourceType": "Patient", "id": "0f1d2c3b-4a59-4687-8796-a5b4c3d2e1f0", "name": [{ "family": "Lind" }],
            "address": [{ "city": city }] })
        .to_string()
    };
    let numbers = async || {
        let found = site.patients("lind").await.remove(0);
        found["identifiers"].as_array().cloned().unwrap_or_default()
    };
    site.import_text(&patient("Bern")).await;
    assert_eq!(numbers().await, Vec::<Value>::new(), "not unless the house says so");

    let numbering = async |text: String| {
        let scheme = MrnScheme::default().for_imported(true);
        let context = site.context(None).await.numbering(Some(scheme));
        healthcare_infrastructure::import::run_bytes(&context, "body", text.into(), |_| {}).await.unwrap()
    };
    let other = patient("Bern").replace("Lind", "Berg").replace("0f1d2c3b", "1f1d2c3b");
    numbering(other.clone()).await;
    let number = site.patients("berg").await.remove(0)["identifiers"][0].clone();
    assert!(MrnScheme::default().verifies(number["value"].as_str().unwrap()), "{number}");
    numbering(other.replace("Bern", "Basel")).await;
    let now = site.patients("berg").await.remove(0);
    assert_eq!((&now["identifiers"], &now["addresses"][0]["city"]), (&json!([number]), &json!("Basel")));
}

#[tokio::test]
async fn a_number_in_use_is_refused_and_the_rest_goes_on() {
    let site = site().await;
    let systems = ["urn:insurance".to_owned()];
    healthcare_infrastructure::registry::register_systems(&site.platform.db, &systems).await.unwrap();
    let patient = |id: &str, family: &str, number: &str| {
        json!({ "resource": { "resourceType": "Patient", "id": id, "name": [{ "family": family }], "birthDate": "1950",
            "identifier": [{ "system": "urn:insurance", "value": number }] } })
    };
    let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": [
        patient("0f1d2c3b-4a59-4687-8796-a5b4c3d2e1f0", "Lind", "1"),
        patient("1f1d2c3b-4a59-4687-8796-a5b4c3d2e1f0", "Berg", "1"),
        patient("2f1d2c3b-4a59-4687-8796-a5b4c3d2e1f0", "Moss", "2"),
    ] });
    let report = site.import_text(&bundle.to_string()).await;
    assert_eq!((report.resources["Patient"].stored, report.refusals.len()), (2, 1), "{report}");
    let why = serde_json::to_string(&report.refusals[0]).unwrap();
    assert!(why.contains("in use") && !why.contains("Berg") && !why.contains("Lind"), "{why}");
}
