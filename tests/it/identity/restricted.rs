//! What the directory tells of somebody very restricted, by whatever way it is asked: nothing of where they live, by which
//! number they are reached, or where they are.

use std::time::Duration;

use healthcare_application::Role;
use healthcare_tests::{
    app::{Answer, Ask, TestApp, spawn_app},
    server::until,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::{merge, person, registered};

async fn label(app: &TestApp, patient: &str, label: &str) {
    let body = json!({ "label": label, "reason": "at the patient's request" });
    app.post(Role::PrivacyOfficer, &format!("/api/v1/patients/{patient}/label"), body).await.expect(200);
}

async fn ask(app: &TestApp, token: &str, path: &str) -> Answer {
    app.anonymous(Method::GET, path).bearer_auth(token).answer().await
}

/// Somebody with a telephone.
fn reached_by(given: &str, number: &str, phone: &str) -> Value {
    let mut person = person(given, "Ferreira", "1954-03-02", number);
    person["telecom"] = json!([{ "system": "phone", "value": phone }]);
    person
}

/// SECURITY 31: who is not close enough to see a number does not find by it, whole or by its end, under any registration.
#[tokio::test]
async fn nobody_very_restricted_is_found_by_a_telephone_number() {
    let app = spawn_app().await;
    let ana = registered(&app, reached_by("Ana", "MRN-1", "+41 44 555 01 23")).await;
    let before = registered(&app, reached_by("Anna", "MRN-2", "+41 44 666 01 23")).await;
    merge(&app, &ana, &before).await.expect(200);
    let other = registered(&app, person("Bea", "Lind", "1960-01-01", "MRN-3")).await;
    let (account, named) = app.hire("tom", Role::Receptionist, &[]).await;
    let member = json!({ "member": { "account": account }, "as": "team" });
    app.post(Role::Doctor, &format!("/api/v1/patients/{ana}/care-team"), member).await.expect(200);
    let (laboratory, officer) = (app.token(Role::LabTechnician).await, app.token(Role::PrivacyOfficer).await);
    let found = async |token: &str, query: &str| -> (Vec<Value>, Value) {
        let page = ask(&app, token, &format!("/api/v1/patients?{query}")).await.expect(200).body;
        let ids = page["items"].as_array().expect("a list").iter().map(|item| item["id"].clone()).collect();
        (ids, page["next_cursor"].clone())
    };
    let (nobody, her) = ((vec![], Value::Null), vec![json!(ana)]);
    assert_eq!(found(&laboratory, "phone=5550123").await.0, her, "of a normal record everybody may");
    assert_eq!(found(&laboratory, "phone=6660123").await.0, her);
    label(&app, &ana, "V").await;
    for number in ["phone=5550123", "phone=6660123", "phone=0123&limit=1", "phone=0123&name=ferreira"] {
        assert_eq!(found(&laboratory, number).await, nobody, "{number}");
    }
    assert_eq!(found(&laboratory, "name=ferreira&birth_date=1954-03-02").await.0, her, "who she is is still found");
    assert_eq!(found(&officer, "phone=5550123").await.0, her);
    assert_eq!(found(&named, "phone=5550123").await.0, her, "who is named to care for her");
    assert_eq!(found(&laboratory, "name=lind").await.0, [json!(other)]);
}

/// SECURITY 31: that somebody is registered already is said, and not whether the number or the address is theirs.
#[tokio::test]
async fn who_registers_somebody_very_restricted_again_learns_no_number() {
    let app = spawn_app().await;
    let ana = reached_by("Ana", "MRN-1", "+41 44 555 01 23");
    let id = registered(&app, ana.clone()).await;
    let (_, desk) = app.hire("rosa", Role::Receptionist, &[]).await;
    let known = async |person: &Value| {
        let again = app.anonymous(Method::POST, "/api/v1/patients").bearer_auth(&desk).json(person);
        let again = again.answer().await.expect_problem(409, "/problems/patient/known", &[]);
        again.body["candidates"].clone()
    };
    let other = reached_by("Ana", "MRN-1", "+41 31 999 99 99");
    let (right, wrong) = (known(&ana).await, known(&other).await);
    assert!(right != wrong && right[0]["reasons"] != json!([]), "{right:#}, {wrong:#}");
    label(&app, &id, "V").await;
    let (right, wrong) = (known(&ana).await, known(&other).await);
    assert_eq!(right, wrong);
    assert_eq!((&right[0]["id"], &right[0]["reasons"]), (&json!(id), &json!([])));
}

/// SECURITY 31: a pair stands in the queue, and where it stands, by what two records share.
#[tokio::test]
async fn a_pair_with_somebody_very_restricted_is_for_who_may_see_them() {
    let app = spawn_app().await;
    let ana = registered(&app, reached_by("Ana", "MRN-1", "+41 44 555 01 23")).await;
    let mut again = reached_by("Ana", "MRN-2", "+41 44 555 01 23");
    again["identifiers"][0]["system"] = json!("http://clinic.example/mrn");
    let again = registered(&app, again).await;
    let pairs = async |role: Role, query: &str| {
        let page = app.get(role, &format!("/api/v1/patients/duplicates{query}")).await.expect(200).body;
        assert_eq!(page["next_cursor"], Value::Null, "{page:#}");
        page["items"].as_array().expect("a list").len()
    };
    let found = async || (pairs(Role::LabTechnician, "").await == 1).then_some(());
    until("the pair is found", Duration::from_secs(60), found).await;
    label(&app, &again, "V").await;
    for query in ["", "?limit=1", "?grade=certain,probable", "?sort=score", &format!("?patient={ana}")] {
        assert_eq!(pairs(Role::LabTechnician, query).await, 0, "{query}");
    }
    assert_eq!(pairs(Role::PrivacyOfficer, "").await, 1);
    label(&app, &again, "N").await;
    assert_eq!(pairs(Role::LabTechnician, "").await, 1);
}

/// SECURITY 31: who admits somebody that is in the house is told so, and under which stay only who may see that.
#[tokio::test]
async fn where_somebody_is_in_the_house_is_told_to_who_may_see_it() {
    let app = spawn_app().await;
    let ana = registered(&app, person("Ana", "Ferreira", "1954-03-02", "MRN-1")).await;
    let path = format!("/api/v1/patients/{ana}/encounters");
    let stay = json!({ "class": "inpatient", "ward": "East" });
    let open = app.post(Role::Receptionist, &path, stay.clone()).await.expect(201).id();
    let (_, nobody) = app.hire("of-nowhere", Role::Nurse, &[]).await;
    let (_, of_east) = app.hire("of-east", Role::Nurse, &["East"]).await;
    let told = async |token: &str| {
        let second = app.anonymous(Method::POST, &path).bearer_auth(token).json(&stay).answer().await;
        let refused = second.expect_problem(409, "/problems/encounter/in-the-house", &[]);
        assert!(refused.body.get("encounter").is_some() || !refused.body.to_string().contains(&open));
        refused.body.get("encounter").cloned()
    };
    assert_eq!((told(&nobody).await, told(&of_east).await), (None, Some(json!(open))));
    label(&app, &ana, "V").await;
    assert_eq!((told(&nobody).await, told(&of_east).await), (None, None));
}
