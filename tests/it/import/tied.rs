//! What another system calls a patient of ours, over many imports; and resources that go by a name of ours.

use healthcare_application::Role;
use healthcare_tests::app::{Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

async fn imported(app: &TestApp, query: &str, body: String) -> Value {
    let request = app.request(Role::Admin, Method::POST, &format!("/api/v1/imports{query}")).await;
    request.body(body).answer().await.expect(200).body
}

async fn registered(app: &TestApp) -> String {
    let body = json!({ "names": [{ "family": "Ferreira", "given": ["Ana"] }], "birth_date": "1954-03-02",
        "gender": "female", "identifiers": [{ "system": "http://state.example/insurance", "value": "756-1" }] });
    app.post(Role::Receptionist, "/api/v1/patients", body).await.expect(201).id()
}

/// Ana as another house writes her, with an asthma.
fn there(change: impl FnOnce(&mut Value), problem: &str) -> String {
    let mut ana = json!({ "resourceType": "Patient", "id": "9", "birthDate": "1954-03-02",
        "identifier": [{ "system": "http://state.example/insurance", "value": "756-1" }],
        "name": [{ "family": "Ferreira", "given": ["Ana"] }] });
    change(&mut ana);
    let condition = json!({ "resourceType": "Condition", "id": problem, "code": { "text": problem },
        "subject": { "reference": "Patient/9" } });
    format!("{ana}\n{condition}")
}

#[tokio::test]
async fn whom_an_import_met_by_number_is_ours_under_that_name_ever_after() {
    let app = spawn_app().await;
    let ana = registered(&app).await;
    let seen = async || app.get(Role::Doctor, &format!("/api/v1/patients/{ana}")).await.expect(200).body;
    let before = seen().await;
    let source = "?source=st-elsewhere";
    let report = imported(&app, source, there(|_| {}, "asthma")).await;
    assert_eq!(report["resources"]["Patient"]["known"], json!(1), "{report:#}");
    // A marriage and another sex there, and the number left out: here the desk says who she is.
    let changed = |ana: &mut Value| {
        ana["name"][0]["family"] = json!("Silva");
        ana["gender"] = json!("male");
        ana.as_object_mut().expect("a resource").remove("identifier");
    };
    let report = imported(&app, source, there(changed, "gout")).await;
    assert_eq!(report["resources"]["Patient"]["known"], json!(1), "{report:#}");
    assert_eq!(report["resources"]["Condition"]["stored"], json!(1), "what is said of her is hers: {report:#}");
    assert_eq!(seen().await, before, "nothing of who she is was changed");
    assert_eq!(app.count(&format!("read.entry where kind = 'problem' and patient_id = '{ana}'")).await, 2);
    // Nor under the name of a third house that meets her by the same number, twice.
    for _ in 0..2 {
        let report = imported(&app, "?source=third", there(|ana| ana["gender"] = json!("other"), "asthma")).await;
        assert_eq!(report["resources"]["Patient"]["known"], json!(1), "{report:#}");
    }
    assert_eq!(seen().await, before);
    // Somebody else under her id there is refused, and all that is said of them.
    let another = |ana: &mut Value| {
        ana["name"] = json!([{ "family": "Lind", "given": ["Bo"] }]);
        ana["birthDate"] = json!("1980-01-01");
    };
    let report = imported(&app, source, there(another, "scurvy")).await;
    let refused = |kind: &str| report["resources"][kind]["refused"].clone();
    assert_eq!((refused("Patient"), refused("Condition")), (json!(1), json!(1)), "{report:#}");
    assert_eq!(app.count("read.patient").await, 1);
    assert_eq!(seen().await, before);
}

/// A UUID says nothing of a type: what is referred to by it is ours only if what comes along under it is of that type.
#[tokio::test]
async fn what_goes_by_a_name_of_ours_and_is_something_else_is_taken_in_although_it_is_referred_to() {
    let app = spawn_app().await;
    let ana = registered(&app).await;
    let path = format!("/api/v1/patients/{ana}/allergies");
    let allergy =
        async |to: &str| app.post(Role::Doctor, &path, json!({ "substance": { "text": to } })).await.expect(201).id();
    let (one, other) = (allergy("penicillin").await, allergy("latex").await);
    let whose = json!({ "reference": format!("urn:uuid:{ana}") });
    let condition =
        |id: &str| json!({ "resourceType": "Condition", "id": id, "code": { "text": "gout" }, "subject": whose });
    let procedure = |id: &str, because: &str| {
        json!({ "resourceType": "Procedure", "id": id, "status": "completed", "code": { "text": "puncture" },
            "subject": whose, "performedDateTime": "2026-01-01T08:00:00Z",
            "reasonReference": [{ "reference": format!("urn:uuid:{because}") }] })
    };
    // Side by side, the reference first: by a line each, then in a Bundle.
    let lines = format!("{}\n{}", procedure("p-1", &one), condition(&one));
    let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": [
        { "resource": procedure("p-2", &other) },
        { "fullUrl": format!("urn:uuid:{other}"), "resource": condition(&other) }] });
    for (n, body) in [lines, bundle.to_string()].into_iter().enumerate() {
        let report = imported(&app, "", body).await;
        assert_eq!(report["refusals"], json!([]));
        assert_eq!(report["resources"]["Condition"]["stored"], json!(1), "{n}: {report:#}");
        assert_eq!(report["resources"]["Procedure"]["known"], json!(0), "{n}: {report:#}");
    }
    assert_eq!(app.count(&format!("read.entry where kind = 'problem' and patient_id = '{ana}'")).await, 2);
    assert_eq!(app.count(&format!("read.entry where kind = 'allergy' and patient_id = '{ana}'")).await, 2);
}
