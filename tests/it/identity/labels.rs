//! Labels of records that are merged.

use healthcare_application::Role;
use healthcare_tests::app::{Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::json;

use super::{merge, person, registered, unmerge};

async fn label(app: &TestApp, patient: &str, label: &str) {
    let body = json!({ "label": label, "reason": "at the patient's request" });
    app.post(Role::PrivacyOfficer, &format!("/api/v1/patients/{patient}/label"), body).await.expect(200);
}

async fn labelled(app: &TestApp, patient: &str) -> String {
    let sql = format!("select coalesce((select label from access.label where patient_id = '{patient}'), 'N')");
    app.owner().await.query_one(&sql, &[]).await.expect("a label").get(0)
}

/// A very restricted record is brought together with another one by who labels records, or is named to care for both; a desk
/// is told what it is told of any record that it has nothing to do with.
#[tokio::test]
async fn a_very_restricted_record_is_not_merged_by_any_desk() {
    let app = spawn_app().await;
    let ana = registered(&app, person("Ana", "Lind", "1950-01-01", "L-1")).await;
    let eva = registered(&app, person("Eva", "Lind", "1950-01-01", "L-2")).await;
    let (_, token) = app.hire("rosa", Role::Receptionist, &[]).await;
    let desk = async |survivor: &str, duplicate: &str, version: i32| {
        let body =
            json!({ "duplicate": duplicate, "survivor_version": 1, "duplicate_version": version, "reason": "x" });
        let path = format!("/api/v1/patients/{survivor}/merge");
        app.anonymous(Method::POST, &path).bearer_auth(&token).json(&body).answer().await
    };
    label(&app, &eva, "V").await;
    for (survivor, duplicate) in [(&ana, &eva), (&eva, &ana)] {
        desk(survivor, duplicate, 1).await.expect_problem(403, "/problems/access/no-care-relationship", &[]);
        desk(survivor, duplicate, 9).await.expect_problem(403, "/problems/access/no-care-relationship", &[]);
    }
    assert_eq!(app.count("es.survivor").await, 0);
    assert!(app.count("audit.entry where action = 'merge_patients' and outcome = 'denied'").await >= 4);
    let body = json!({ "duplicate": eva, "survivor_version": 1, "duplicate_version": 1, "reason": "one passport" });
    let path = format!("/api/v1/patients/{ana}/merge");
    app.post(Role::PrivacyOfficer, &path, body).await.expect(200);
    assert_eq!(labelled(&app, &ana).await, "V", "the stricter of the two");
    unmerge(&app, &ana, &eva, &[]).await.expect_problem(403, "/problems/access/no-care-relationship", &[]);
    let back = json!({ "duplicate": eva, "assign": [], "reason": "two sisters" });
    app.post(Role::PrivacyOfficer, &format!("/api/v1/patients/{ana}/unmerge"), back).await.expect(200);
    assert_eq!((labelled(&app, &ana).await, labelled(&app, &eva).await), ("N".into(), "V".into()));
    // A restricted one asks for no name: the desk goes on, and its label comes along.
    label(&app, &eva, "R").await;
    merge(&app, &ana, &eva).await.expect(200);
    assert_eq!(labelled(&app, &ana).await, "R");
}

/// A label that was on its way to the duplicate while it was merged holds for the record that has it all now.
#[tokio::test]
async fn a_label_that_arrives_after_the_merge_holds_for_the_survivor() {
    let app = spawn_app().await;
    let ana = registered(&app, person("Ana", "Lind", "1950-01-01", "L-1")).await;
    let eva = registered(&app, person("Eva", "Lind", "1960-01-01", "L-2")).await;
    merge(&app, &ana, &eva).await.expect(200);
    let arrives = format!("insert into access.label (patient_id, version, label) values ('{eva}', 3, 'V')");
    app.owner().await.batch_execute(&arrives).await.expect("stored");
    assert_eq!(labelled(&app, &ana).await, "V");
    let back = json!({ "duplicate": eva, "assign": [], "reason": "two sisters" });
    app.post(Role::PrivacyOfficer, &format!("/api/v1/patients/{ana}/unmerge"), back).await.expect(200);
    assert_eq!((labelled(&app, &ana).await, labelled(&app, &eva).await), ("N".into(), "V".into()));
}

/// In a chain each record keeps the label, whichever is taken apart.
#[tokio::test]
async fn a_label_that_arrives_late_in_a_chain_stays_with_what_is_taken_apart() {
    let app = spawn_app().await;
    let ana = registered(&app, person("Ana", "Lind", "1950-01-01", "L-1")).await;
    let bea = registered(&app, person("Bea", "Lind", "1955-01-01", "L-2")).await;
    let sol = registered(&app, person("Sol", "Lind", "1960-01-01", "L-3")).await;
    merge(&app, &bea, &ana).await.expect(200);
    let body = json!({ "duplicate": bea, "survivor_version": 1, "duplicate_version": 1, "reason": "one passport" });
    app.post(Role::Receptionist, &format!("/api/v1/patients/{sol}/merge"), body).await.expect(200);
    let arrives = format!("insert into access.label (patient_id, version, label) values ('{ana}', 3, 'V')");
    app.owner().await.batch_execute(&arrives).await.expect("stored");
    assert_eq!(labelled(&app, &sol).await, "V");
    let back = |duplicate: &str| json!({ "duplicate": duplicate, "assign": [], "reason": "two sisters" });
    app.post(Role::PrivacyOfficer, &format!("/api/v1/patients/{sol}/unmerge"), back(&bea)).await.expect(200);
    assert_eq!((labelled(&app, &sol).await, labelled(&app, &bea).await), ("N".into(), "V".into()));
    app.post(Role::PrivacyOfficer, &format!("/api/v1/patients/{bea}/unmerge"), back(&ana)).await.expect(200);
    assert_eq!((labelled(&app, &bea).await, labelled(&app, &ana).await), ("N".into(), "V".into()));
}

/// Who is named to care for both brings two records together of which one is very restricted, and takes them apart again.
#[tokio::test]
async fn who_cares_for_both_takes_back_what_they_merged() {
    let app = spawn_app().await;
    let ana = registered(&app, person("Ana", "Lind", "1950-01-01", "L-1")).await;
    let eva = registered(&app, person("Eva", "Lind", "1950-01-01", "L-2")).await;
    let (account, token) = app.hire("rosa", Role::Receptionist, &[]).await;
    for patient in [&ana, &eva] {
        let body = json!({ "member": { "account": account }, "as": "team" });
        app.post(Role::Doctor, &format!("/api/v1/patients/{patient}/care-team"), body).await.expect(200);
    }
    label(&app, &eva, "V").await;
    let ask = async |path: String, body: serde_json::Value| {
        app.anonymous(Method::POST, &path).bearer_auth(&token).json(&body).answer().await
    };
    let both = json!({ "duplicate": eva, "survivor_version": 1, "duplicate_version": 1, "reason": "one passport" });
    ask(format!("/api/v1/patients/{ana}/merge"), both).await.expect(200);
    let apart = json!({ "duplicate": eva, "assign": [], "reason": "two sisters" });
    ask(format!("/api/v1/patients/{ana}/unmerge"), apart).await.expect(200);
    assert_eq!((labelled(&app, &ana).await, labelled(&app, &eva).await), ("N".into(), "V".into()));
}

/// Both at once, many times: whichever is stored first, the record that holds both is as restricted as either was.
#[tokio::test]
async fn a_label_set_while_records_are_merged_is_not_lost() {
    let app = spawn_app().await;
    app.token(Role::PrivacyOfficer).await;
    app.token(Role::Receptionist).await;
    for n in 0..8 {
        let ana = registered(&app, person("Ana", "Lind", "1950-01-01", &format!("A-{n}"))).await;
        let eva = registered(&app, person("Eva", "Lind", "1960-01-01", &format!("E-{n}"))).await;
        let set = json!({ "label": "R", "reason": "at the patient's request" });
        let path = format!("/api/v1/patients/{eva}/label");
        let (set, merged) = futures::join!(app.post(Role::PrivacyOfficer, &path, set), merge(&app, &ana, &eva));
        assert_eq!(merged.status, 200, "{merged:?}");
        let expected = match set.status {
            200 => "R",
            409 => "N",
            other => panic!("{other}: {:?}", set.body),
        };
        assert_eq!(labelled(&app, &ana).await, expected, "round {n}");
    }
}
