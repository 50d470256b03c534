use healthcare_application::Role;
use healthcare_tests::app::{TestApp, spawn_app};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/checks/medications";

async fn findings(app: &TestApp, body: Value) -> Vec<Value> {
    let checked = app.post(Role::Pharmacist, PATH, body).await.expect(200).body;
    checked["findings"].as_array().expect("findings").clone()
}

fn of_rule<'a>(findings: &'a [Value], rule: &str) -> Vec<&'a Value> {
    findings.iter().filter(|finding| finding["rule"] == rule).collect()
}

#[tokio::test]
async fn every_drug_is_held_against_every_other() {
    let app = spawn_app().await;
    let list = json!({ "medications": [
        { "rxcui": "11289" }, { "name": "lisinopril 10 MG Oral Tablet" }, { "name": "Ibuprofen 200 MG Oral Tablet" },
    ] });
    let found = findings(&app, list).await;
    let critical: Vec<&Value> = found.iter().filter(|finding| finding["severity"] == "critical").collect();
    let [bleeding] = critical.as_slice() else { panic!("one interrupts: {found:#?}") };
    assert_eq!((&bleeding["rule"], &bleeding["version"]), (&json!("drug-interaction"), &json!(5)));
    let about: Vec<&Value> =
        bleeding["medications"].as_array().expect("medications").iter().map(|one| &one["position"]).collect();
    assert_eq!(about, [0, 2]);
    assert_eq!(bleeding["medications"][0]["rxcui"], "11289");
    let rows = bleeding["explanation"]["children"].as_array().expect("rows");
    assert_eq!(rows.len(), 1, "a finding is explained by its own row: {rows:#?}");
    assert!(!bleeding.to_string().contains("source\":{"), "there are no events to cite");
    assert_eq!(found[0]["severity"], "critical", "the gravest first");
    assert_eq!(app.clinical_events().await, 0, "nothing is stored");
}

#[tokio::test]
async fn what_is_unknown_is_told_and_never_silent() {
    let app = spawn_app().await;
    let list = json!({
        "medications": [{ "name": "Zzyxolimab 10 MG" }, { "rxcui": 99_999_999 }],
        "allergies": ["zzyxolimab"],
        "conditions": ["zzyx disease"],
    });
    let found = findings(&app, list).await;
    let unknown = of_rule(&found, "drug-not-checked");
    assert_eq!(unknown.len(), 2, "{found:#?}");
    assert!(unknown.iter().all(|finding| finding["severity"] == "warning"));
    assert_eq!(unknown[0]["medications"].as_array().map(Vec::len), Some(1));
    assert_eq!(of_rule(&found, "allergy-not-checked").len(), 1);
    assert_eq!(of_rule(&found, "condition-not-checked").len(), 1);
    assert!(
        found.iter().all(|finding| finding["severity"] != "critical"),
        "lacking data interrupts nobody: {found:#?}"
    );
}

#[tokio::test]
async fn what_is_told_of_the_patient_counts() {
    let app = spawn_app().await;
    let about = async |drug: &str, told: Value| {
        let mut list = json!({ "medications": [{ "name": drug }] });
        for (name, value) in told.as_object().expect("an object") {
            list[name] = value.clone();
        }
        let found = findings(&app, list).await;
        found
            .iter()
            .filter(|finding| finding["severity"] == "critical")
            .map(|finding| finding["rule"].as_str().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(about("amoxicillin", json!({ "allergies": ["penicillin"] })).await, ["allergy-conflict"]);
    assert_eq!(about("amoxicillin", json!({ "allergies": ["snomed|91936005"] })).await, ["allergy-conflict"]);
    let coded = json!([{ "system": "http://snomed.info/sct", "code": "91936005", "display": "Allergy to penicillin" }]);
    assert_eq!(about("amoxicillin", json!({ "allergies": coded })).await, ["allergy-conflict"]);
    assert_eq!(about("propranolol", json!({ "conditions": ["asthma"] })).await, ["contraindication"]);
    assert_eq!(about("propranolol", json!({ "conditions": ["icd10cm|J45.909"] })).await, ["contraindication"]);
    assert_eq!(
        about("isotretinoin", json!({ "pregnant": true, "sex": "female" })).await,
        ["pregnancy-contraindication"]
    );
    assert_eq!(about("metformin", json!({ "egfr": 22 })).await, ["metformin-egfr-below-30"]);
    assert_eq!(about("aspirin", json!({ "age": 6 })).await, ["age-caution"]);
    for drug in ["amoxicillin", "propranolol", "isotretinoin", "metformin", "aspirin"] {
        assert_eq!(about(drug, json!({})).await, [] as [&str; 0], "{drug}");
    }
}

#[tokio::test]
async fn what_is_not_a_list_is_refused_with_its_place() {
    let app = spawn_app().await;
    let refused = async |body: Value, place: &str| {
        let answer = app.post(Role::Doctor, PATH, body.clone()).await;
        assert_eq!(answer.status, 422, "{body} {}", answer.body);
        let places: Vec<&str> = answer.body["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|fault| fault["pointer"].as_str())
            .collect();
        assert!(places.iter().any(|found| found.starts_with(place)), "{body}: {places:?}");
    };
    refused(json!({}), "").await;
    refused(json!({ "medications": [{}] }), "/medications/0").await;
    refused(json!({ "medications": [{ "rxcui": "eleven" }] }), "/medications/0/rxcui").await;
    refused(json!({ "medications": [{ "rxcui": true }] }), "/medications/0/rxcui").await;
    refused(json!({ "medications": [{ "name": "aspirin", "dose": 5 }] }), "/medications/0/dose").await;
    refused(json!({ "medications": [{ "name": "aspirin", "dose": { "value": 5 } }] }), "/medications/0/dose").await;
    refused(json!({ "medications": [{ "name": "aspirin", "strength": 5 }] }), "/medications/0/strength").await;
    refused(json!({ "medications": [{ "name": "" }] }), "/medications/0/name").await;
    refused(json!({ "medications": [], "age": -1 }), "/age").await;
    refused(json!({ "medications": [], "age": "old" }), "/age").await;
    refused(json!({ "medications": [], "sex": "f" }), "/sex").await;
    refused(json!({ "medications": [], "egfr": 900 }), "/egfr").await;
    refused(json!({ "medications": [], "allergies": [7] }), "/allergies/0").await;
    refused(json!({ "medications": [], "patient": "x" }), "/patient").await;
    let many = vec![json!({ "name": "aspirin" }); 51];
    refused(json!({ "medications": many }), "/medications").await;
    assert_eq!(findings(&app, json!({ "medications": [] })).await, Vec::<Value>::new());
}

#[tokio::test]
async fn who_may_check() {
    let app = spawn_app().await;
    let list = json!({ "medications": [{ "rxcui": "161" }] });
    for role in [Role::Doctor, Role::SeniorClinician, Role::Nurse, Role::Pharmacist, Role::RuleAuthor] {
        app.post(role, PATH, list.clone()).await.expect(200);
    }
    for role in [Role::Receptionist, Role::Admin, Role::Analyst] {
        app.post(role, PATH, list.clone()).await.expect_problem(403, "/problems/access/denied", &[]);
    }
}
