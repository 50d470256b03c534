use healthcare_application::Role;
use healthcare_tests::app::{TestApp, spawn_app};
use serde_json::json;

async fn registered(app: &TestApp, family: &str, system: &str, value: &str) -> String {
    let body = json!({
        "names": [{ "family": family, "given": ["Ana"] }],
        "birth_date": "1950-01-01",
        "identifiers": [{ "system": system, "value": value }],
    });
    app.post(Role::Nurse, "/api/v1/patients", body).await.expect(201).id()
}

#[tokio::test]
async fn a_patient_is_found_by_number_with_and_without_who_issued_it() {
    let app = spawn_app().await;
    let lind = registered(&app, "Lind", "urn:oid:1.2.3", "17").await;
    let berg = registered(&app, "Berg", "urn:oid:4.5.6", "17").await;
    registered(&app, "Dahl", "urn:oid:1.2.3", "170").await;
    let found = async |query: &str| -> Vec<String> {
        let page = app.get(Role::Nurse, &format!("/api/v1/patients?{query}")).await.expect(200);
        let items = page.body["items"].as_array().cloned().expect("items");
        items.iter().map(|one| one["id"].as_str().map(str::to_owned).expect("an id")).collect()
    };
    assert_eq!(found("identifier=urn:oid:1.2.3%7C17").await, std::slice::from_ref(&lind));
    assert_eq!(found("identifier=17").await, [lind.clone(), berg], "a number without its issuer is of any");
    assert_eq!(found("identifier=17&name=lin&birth_date=1950-01-01").await, [lind]);
    assert!(found("identifier=urn:oid:9%7C17").await.is_empty());
    assert!(found("identifier=1").await.is_empty(), "a number is whole or it is another one");
    assert!(found("identifier=").await.is_empty());
}
