//! Nobody comes closer to a patient by their own act, nor by a grant that is to end.

use chrono::Duration;
use healthcare_application::Role;
use healthcare_domain::id::AccountId;
use healthcare_tests::app::{TestApp, spawn_app};
use serde_json::{Value, json};

use super::{Staff, admitted, registered};
use crate::note::signed;

const ALONE: &str = "/problems/access/by-break-glass-alone";
const ONESELF: &str = "/problems/care-team/oneself";

fn member(account: AccountId) -> Value {
    json!({ "member": { "account": account }, "as": "team" })
}

fn of_ward(ward: &str) -> Value {
    json!({ "member": { "ward": ward }, "as": "team" })
}

async fn label(app: &TestApp, patient: &str, label: &str) {
    let body = json!({ "label": label, "reason": "at the patient's request" });
    app.post(Role::PrivacyOfficer, &format!("/api/v1/patients/{patient}/label"), body).await.expect(200);
}

/// Whether they hear of the patient's alerts.
async fn hears(app: &TestApp, account: AccountId, patient: &str) -> bool {
    let hears = format!("select access.hears('{}', '{patient}', clock_timestamp())", account.0);
    app.owner().await.query_one(&hears, &[]).await.expect("an answer").get(0)
}

/// SECURITY 32: what is done under a grant leaves no relationship that outlives it: nobody is taken into the care team or
/// into a visit, and an admission is nobody's who has nothing but a grant.
#[tokio::test]
async fn a_grant_leaves_no_relationship_behind() {
    let app = spawn_app().await;
    let patient = registered(&app).await;
    let stay = admitted(&app, &patient, "East").await;
    let doctor = Staff::hired(&app, "on-call", Role::Doctor, &[]).await;
    let colleague = Staff::hired(&app, "colleague", Role::Doctor, &[]).await;
    let glass = json!({ "reason": "found unconscious in the entrance hall", "purpose": "ETREAT" });
    let grant = doctor.post(&format!("/api/v1/patients/{patient}/break-glass"), glass).await.expect(201).id();
    assert!(doctor.opens(&patient).await);

    let team = format!("/api/v1/patients/{patient}/care-team");
    let visit = format!("/api/v1/encounters/{stay}/participants");
    for who in [doctor.id, colleague.id] {
        doctor.post(&team, member(who)).await.expect_problem(403, ALONE, &[]);
        let attends = json!({ "account": who, "role": "attender" });
        doctor.post(&visit, attends).await.expect_problem(403, ALONE, &[]);
    }
    doctor.post(&team, of_ward("West")).await.expect_problem(403, ALONE, &[]);
    let denied =
        format!("audit.entry where outcome = 'denied' and reason = 'by-break-glass-alone' and patient = '{patient}'");
    assert_eq!(app.count(&denied).await, 5, "each stands in the trail");

    let visits = format!("/api/v1/patients/{patient}/encounters");
    doctor.post(&visits, json!({ "class": "ambulatory" })).await.expect(201);
    let done = "audit.entry where action = 'admit_patient' and outcome = 'break_glass' and purpose = 'ETREAT'";
    assert_eq!(app.count(&format!("{done} and patient = '{patient}'")).await, 1);
    let note = signed("Emergency", "Found unconscious.");
    doctor.post(&format!("/api/v1/patients/{patient}/notes"), note).await.expect(201);
    let related = format!("access.relationship where '{}' in (account_id, by_account)", doctor.id.0);
    assert_eq!(app.count(&related).await, 0);
    doctor.post(&format!("/api/v1/break-glass/{grant}/close"), json!({})).await.expect(200);
    let chart = doctor.get(&format!("/api/v1/patients/{patient}/chart")).await;
    chart.expect_problem(403, "/problems/access/break-glass-expired", &[]);
    assert!(!hears(&app, doctor.id, &patient).await);
}

/// SECURITY 31: whoever stands further away takes neither themselves nor their own ward in; somebody else does.
#[tokio::test]
async fn nobody_takes_themselves_or_their_own_ward_in() {
    let app = spawn_app().await;
    let patient = registered(&app).await;
    admitted(&app, &patient, "East").await;
    let visiting = Staff::hired(&app, "visiting", Role::Doctor, &["*", "West"]).await;
    let nurse = Staff::hired(&app, "of-east", Role::Nurse, &["East"]).await;
    let of_west = Staff::hired(&app, "of-west", Role::Nurse, &["West"]).await;
    let path = format!("/api/v1/patients/{patient}/care-team");
    assert!(visiting.opens(&patient).await, "as a service of the whole house");
    visiting.post(&path, member(visiting.id)).await.expect_problem(403, ONESELF, &[]);
    visiting.post(&path, of_ward("West")).await.expect_problem(403, ONESELF, &[]);
    nurse.post(&path, member(nurse.id)).await.expect_problem(403, ONESELF, &[]);
    assert!(!of_west.opens(&patient).await);
    let denied = format!("audit.entry where outcome = 'denied' and reason = 'oneself' and patient = '{patient}'");
    assert_eq!(app.count(&denied).await, 3);

    // Who stands that close already brings nobody closer; and a colleague may.
    nurse.post(&path, of_ward("East")).await.expect(200);
    visiting.post(&path, of_ward("North")).await.expect(200);
    nurse.post(&path, member(visiting.id)).await.expect(200);
    label(&app, &patient, "V").await;
    assert!(visiting.opens(&patient).await && !nurse.opens(&patient).await);
    visiting.post(&path, member(nurse.id)).await.expect(200);
    assert!(nurse.opens(&patient).await);
}

/// SECURITY 31: a ward's doctor says that she takes a patient over. It stands in the visit, and brings her no closer than
/// she stands; whom a colleague names stands by name.
#[tokio::test]
async fn who_takes_a_patient_over_comes_no_closer() {
    let app = spawn_app().await;
    let patient = registered(&app).await;
    let stay = admitted(&app, &patient, "East").await;
    let ann = Staff::hired(&app, "ann", Role::Doctor, &["East"]).await;
    let bob = Staff::hired(&app, "bob", Role::Doctor, &["East"]).await;
    let visit = format!("/api/v1/encounters/{stay}/participants");
    ann.post(&visit, json!({ "account": ann.id, "role": "attender" })).await.expect(200);
    ann.post(&visit, json!({ "account": bob.id, "role": "consultant" })).await.expect(200);
    let team = ann.get(&format!("/api/v1/encounters/{stay}")).await.expect(200).body["team"].clone();
    assert_eq!((&team[0]["by_themselves"], team[1].get("by_themselves")), (&json!(true), None), "{team:#}");
    label(&app, &patient, "V").await;
    assert!(!ann.opens(&patient).await && bob.opens(&patient).await);

    // She goes on with them on another ward, as far as the whole house would.
    label(&app, &patient, "N").await;
    bob.post(&format!("/api/v1/encounters/{stay}/transfer"), json!({ "ward": "West" })).await.expect(200);
    assert!(ann.opens(&patient).await);
    label(&app, &patient, "R").await;
    assert!(!ann.opens(&patient).await && bob.opens(&patient).await);
    // Named by a colleague too.
    bob.post(&visit, json!({ "account": ann.id, "role": "consultant" })).await.expect(200);
    assert!(ann.opens(&patient).await);
}

/// SECURITY 31: everybody who admits may, and it opens nothing past the label, not on their own ward either: to them it
/// counts as the whole house does, to the ward as the ward.
#[tokio::test]
async fn who_admits_opens_nothing_past_the_label() {
    let app = spawn_app().await;
    let patient = registered(&app).await;
    label(&app, &patient, "V").await;
    let nurse = Staff::hired(&app, "of-east", Role::Nurse, &["East"]).await;
    let colleague = Staff::hired(&app, "also-of-east", Role::Nurse, &["East"]).await;
    assert!(!nurse.opens(&patient).await);
    let visits = format!("/api/v1/patients/{patient}/encounters");
    let next_year = app.platform.app.clock.now() + Duration::days(200);
    let planned = json!({ "class": "ambulatory", "status": "planned", "started_at": next_year });
    nurse.post(&visits, planned).await.expect(201);
    assert!(!nurse.opens(&patient).await);
    nurse.post(&visits, json!({ "class": "inpatient", "ward": "East" })).await.expect(201);
    assert!(!nurse.opens(&patient).await && !colleague.opens(&patient).await);
    label(&app, &patient, "R").await;
    assert!(!nurse.opens(&patient).await && colleague.opens(&patient).await);
    assert!(!hears(&app, nurse.id, &patient).await && hears(&app, colleague.id, &patient).await);
    label(&app, &patient, "N").await;
    assert!(nurse.opens(&patient).await && hears(&app, nurse.id, &patient).await, "care comes first");
    let named = json!({ "member": { "account": nurse.id }, "as": "team" });
    colleague.post(&format!("/api/v1/patients/{patient}/care-team"), named).await.expect(200);
    label(&app, &patient, "V").await;
    assert!(nurse.opens(&patient).await, "a colleague has named her");
}

/// SECURITY 31: who fetches a patient of a normal record onto a ward they work on is no closer to them when it is labelled;
/// who stood on the ward they came from, and works on both, still is.
#[tokio::test]
async fn who_moves_a_patient_to_their_own_ward_comes_no_closer() {
    let app = spawn_app().await;
    let fetching = Staff::hired(&app, "fetching", Role::Doctor, &["*", "West"]).await;
    let of_both = Staff::hired(&app, "of-both", Role::Nurse, &["East", "West"]).await;
    let of_west = Staff::hired(&app, "of-west", Role::Nurse, &["West"]).await;
    for (who, opens) in [(&fetching, false), (&of_both, true)] {
        let patient = registered(&app).await;
        let stay = admitted(&app, &patient, "East").await;
        who.post(&format!("/api/v1/encounters/{stay}/transfer"), json!({ "ward": "West" })).await.expect(200);
        assert!(who.opens(&patient).await);
        label(&app, &patient, "R").await;
        assert_eq!((who.opens(&patient).await, of_west.opens(&patient).await), (opens, true));
        // What is charted of the visit by somebody else afterwards does not make it theirs.
        let leave = json!({ "reason": "a walk" });
        of_west.post(&format!("/api/v1/encounters/{stay}/leave"), leave).await.expect(200);
        assert_eq!((who.opens(&patient).await, of_west.opens(&patient).await), (opens, true));
    }
}

/// SECURITY 31: a visit that is planned opens the record from the day before it, or when the patient comes.
#[tokio::test]
async fn a_planned_visit_opens_nothing_before_it_is_near() {
    let app = spawn_app().await;
    let nurse = Staff::hired(&app, "of-nowhere", Role::Nurse, &[]).await;
    let now = app.platform.app.clock.now();
    let planned = async |patient: &str, after: Duration| {
        let visit = json!({ "class": "ambulatory", "status": "planned", "started_at": now + after });
        nurse.post(&format!("/api/v1/patients/{patient}/encounters"), visit).await.expect(201).id()
    };
    let (near, far) = (registered(&app).await, registered(&app).await);
    planned(&near, Duration::hours(20)).await;
    let visit = planned(&far, Duration::days(30)).await;
    assert!(nurse.opens(&near).await && !nurse.opens(&far).await);
    app.post(Role::Nurse, &format!("/api/v1/encounters/{visit}/arrive"), json!({})).await.expect(200);
    assert!(nurse.opens(&far).await);
}
