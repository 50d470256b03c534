use healthcare_api::{cds_hooks::CdsHooksConfig, config::PatientSettings};
use healthcare_application::Role;
use healthcare_tests::app::{Answer, Backing, TestApp, spawn_app_with};
use serde_json::{Value, json};

use super::{Key, bundle, call_as, cards, ketorolac, of_rule, register, registration, request};
use crate::medication::{no_known_allergies, order, prescribe};

/// The system by which the client names patients.
const SYSTEM: &str = "urn:oid:2.16.756.5.30.1.123";
const SERVICE: &str = "/cds-services/order-sign";

async fn house() -> TestApp {
    let patients = PatientSettings { systems: vec![SYSTEM.into()], ..PatientSettings::default() };
    spawn_app_with(Backing { patients, cds_hooks: CdsHooksConfig::default(), ..Backing::default() }).await
}

/// Somebody of ours who takes warfarin, under a number of the client's.
async fn patient(app: &TestApp, number: &str) -> String {
    let person = json!({
        "names": [{ "family": "Lind", "given": ["Bo"] }], "gender": "male", "birth_date": "1950-01-01",
        "identifiers": [{ "system": SYSTEM, "value": number }],
    });
    let id = app.post(Role::Receptionist, "/api/v1/patients", person).await.expect(201).id();
    no_known_allergies(app, &id).await;
    prescribe(app, &id, order("Warfarin 5 mg tablet")).await.expect(201);
    id
}

/// The account of a program that may read charts, or something else.
async fn program(app: &TestApp, scope: &str) -> String {
    let new = json!({ "name": "EHR", "purpose": "CDS Hooks", "role": "doctor", "scopes": [scope] });
    app.post(Role::Admin, "/api/v1/service-accounts", new).await.expect(201).id()
}

fn with_record(key: &Key, system: Option<&str>, account: &str) -> Value {
    let mut wanted = registration(key);
    wanted["record"] = json!({ "service_account": account });
    if let Some(system) = system {
        wanted["record"]["identifier_system"] = json!(system);
    }
    wanted
}

/// A draft for a patient of whom nothing is sent.
fn draft(of: &str) -> Value {
    let mut draft = ketorolac("k", "draft");
    draft["subject"]["reference"] = json!(format!("Patient/{of}"));
    request("order-sign", json!({ "patientId": of, "draftOrders": bundle(&[draft]) }))
}

async fn ask(app: &TestApp, key: &Key, of: &str) -> Answer {
    call_as(app, &key.token(app, SERVICE), "order-sign", &draft(of)).await
}

/// SECURITY 28, 31, 40: our record stands in for what a client did not send where the system of its numbers is registered
/// with us and its account may read the chart; the reading is in the trail.
#[tokio::test]
async fn our_record_stands_in_where_the_number_is_registered() {
    let app = house().await;
    let id = patient(&app, "17").await;
    let key = Key::new("one");
    let account = program(&app, "read_chart").await;
    register(&app, &with_record(&key, Some(SYSTEM), &account)).await;
    let events = app.clinical_events().await;
    let answered = cards(ask(&app, &key, "17").await);
    assert_eq!(of_rule(&answered, "drug-interaction").len(), 1, "{answered:#?}");
    assert_eq!(app.clinical_events().await, events, "nothing of it enters the record");
    let read = format!(
        "audit.entry where actor = '{account}' and patient = '{id}' and action = 'read_chart' and outcome = 'allowed'"
    );
    assert_eq!(app.count(&read).await, 1);
    // What is sent is believed: nothing is read then.
    let mut whole = draft("17");
    whole["prefetch"] = super::prefetch(&[]);
    whole["prefetch"]["patient"]["id"] = json!("17");
    whole["prefetch"]["allergies"] = Value::Null;
    let answered = cards(call_as(&app, &key.token(&app, SERVICE), "order-sign", &whole).await);
    assert!(of_rule(&answered, "drug-interaction").is_empty(), "it sent that nothing is taken");
    assert_eq!(app.count(&read).await, 1);
}

/// SECURITY 28: it is never guessed who a patient is.
#[tokio::test]
async fn without_a_registered_system_nobody_is_looked_for() {
    let app = house().await;
    let id = patient(&app, "17").await;
    let account = program(&app, "read_chart").await;
    let lacking = async |key: &Key, of: &str| {
        let answer = ask(&app, key, of).await;
        assert_eq!(answer.status, 412, "{of}: {}", answer.body);
    };
    let plain = Key::new("plain");
    let client = register(&app, &registration(&plain)).await;
    lacking(&plain, "17").await;
    lacking(&plain, &id).await;
    let path = format!("{}/{client}", super::CLIENTS);
    let change = async |seen: i64, wanted: Value| {
        app.patch(Role::Admin, &path, seen, json!({ "record": wanted })).await.expect(200)
    };
    // Under another system, or one that the house has not registered.
    change(1, json!({ "identifier_system": "urn:oid:1.2.3", "service_account": account })).await;
    lacking(&plain, "17").await;
    change(2, json!({ "identifier_system": SYSTEM, "service_account": account })).await;
    lacking(&plain, "18").await;
    lacking(&plain, &id).await;
    cards(ask(&app, &plain, "17").await);
    // By our own ids.
    change(3, json!({ "identifier_system": null, "service_account": account })).await;
    lacking(&plain, "17").await;
    lacking(&plain, "00000000-0000-0000-0000-000000000000").await;
    cards(ask(&app, &plain, &id).await);
}

/// SECURITY 31: in the rights of an account, while it has them; a record behind a label stays closed.
#[tokio::test]
async fn a_client_reads_no_more_than_its_account_may() {
    let app = house().await;
    let id = patient(&app, "17").await;
    let (narrow, wide) = (program(&app, "read_directory").await, program(&app, "read_chart").await);
    let key = Key::new("one");
    let client = register(&app, &with_record(&key, Some(SYSTEM), &narrow)).await;
    ask(&app, &key, "17").await.expect(412);
    let path = format!("{}/{client}", super::CLIENTS);
    let change = json!({ "record": { "service_account": wide } });
    app.patch(Role::Admin, &path, 1, change).await.expect(200);
    cards(ask(&app, &key, "17").await);
    let label = json!({ "label": "R", "reason": "A colleague" });
    let labelled = app.post(Role::PrivacyOfficer, &format!("/api/v1/patients/{id}/label"), label).await;
    assert_eq!(labelled.status, 200, "{}", labelled.body);
    let closed = async || (ask(&app, &key, "17").await.status == 412).then_some(());
    healthcare_tests::server::until("the label closes it", std::time::Duration::from_secs(5), closed).await;
    let denied = format!("audit.entry where actor = '{wide}' and patient = '{id}' and outcome = 'denied'");
    assert!(app.count(&denied).await > 0);
    let disabled = json!({ "reason": "over" });
    app.post(Role::Admin, &format!("/api/v1/service-accounts/{wide}/disable"), disabled).await.expect(200);
    ask(&app, &key, "17").await.expect(412);
}
