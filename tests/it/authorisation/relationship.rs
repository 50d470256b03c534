use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use healthcare_application::{
    Call, Permission, Role,
    access::{Actor, Denied, Unauthorised},
    clock::Clock,
};
use healthcare_domain::id::PatientId;
use healthcare_infrastructure::clock::SystemClock;
use healthcare_tests::app::spawn_app;
use serde_json::json;
use uuid::Uuid;

use super::{Staff, admitted, registered};

const NO_RELATIONSHIP: &str = "/problems/access/no-care-relationship";

/// SECURITY 31: a role alone opens no record; the refusal says what is missing and nothing about the patient.
#[tokio::test]
async fn without_a_relationship_the_record_stays_closed() {
    let app = spawn_app().await;
    let patient = registered(&app).await;
    let doctor = Staff::hired(&app, "elsewhere", Role::Doctor, &["East"]).await;
    let mut told = vec![];
    for id in [patient.as_str(), "0198a6b0-0000-7000-8000-000000000000"] {
        for list in ["chart", "allergies", "vitals", "care-team"] {
            let answer = doctor.get(&format!("/api/v1/patients/{id}/{list}")).await;
            let answer = answer.expect_problem(403, NO_RELATIONSHIP, &[]);
            told.push((answer.body["title"].clone(), answer.body["detail"].clone()));
        }
        let allergy = json!({ "substance": { "text": "penicillin" } });
        let refused = doctor.post(&format!("/api/v1/patients/{id}/allergies"), allergy).await;
        assert_eq!(refused.status, 403, "{:#}", refused.body);
    }
    told.dedup();
    assert_eq!(told.len(), 1, "the same is told of who is here and who is not: {told:?}");
    // The directory is open to who registers: it tells people apart and no more.
    let entry = doctor.get(&format!("/api/v1/patients/{patient}")).await.expect(200);
    assert_eq!(entry.body["birth_date"], "1950-01-01");
    assert_eq!(entry.body.get("telecom"), None, "{:#}", entry.body);
    let found = doctor.get("/api/v1/patients?name=lind").await.expect(200);
    assert_eq!(found.body["items"][0]["id"], *patient);
    assert_eq!(found.body["items"][0].get("telecom"), None);
}

/// SECURITY 31: the ward cares while the patient is on it; a transfer ends it for one and begins it for the other.
#[tokio::test]
async fn the_ward_the_patient_is_on_opens_the_record_to_its_staff() {
    let app = spawn_app().await;
    let patient = registered(&app).await;
    let east = Staff::hired(&app, "of-east", Role::Nurse, &["East"]).await;
    let west = Staff::hired(&app, "of-west", Role::Nurse, &["West"]).await;
    let encounter = admitted(&app, &patient, "East").await;
    assert!(east.opens(&patient).await && !west.opens(&patient).await);
    let move_to = json!({ "ward": "West", "bed": "3" });
    let refused = west.post(&format!("/api/v1/encounters/{encounter}/transfer"), move_to.clone()).await;
    assert_eq!(refused.status, 403, "nobody fetches a patient into their own ward: {:#}", refused.body);
    east.post(&format!("/api/v1/encounters/{encounter}/transfer"), move_to).await.expect(200);
    assert!(!east.opens(&patient).await && west.opens(&patient).await);
    let ward = west.get(&format!("/api/v1/encounters/{encounter}")).await.expect(200).body["ward"].clone();
    assert_eq!(ward, "West");
}

/// SECURITY 31: a care team is joined by who is asked in by somebody of it, and left at once.
#[tokio::test]
async fn the_care_team_opens_the_record_and_closes_it_at_once() {
    let app = spawn_app().await;
    let patient = registered(&app).await;
    admitted(&app, &patient, "East").await;
    let nurse = Staff::hired(&app, "of-east", Role::Nurse, &["East"]).await;
    let other = Staff::hired(&app, "asked-in", Role::Doctor, &["West"]).await;
    let path = format!("/api/v1/patients/{patient}/care-team");
    let member = json!({ "member": { "account": other.id }, "as": "team" });
    let herself = other.post(&path, member.clone()).await;
    herself.expect_problem(403, NO_RELATIONSHIP, &[]);
    nurse.post(&path, member.clone()).await.expect(200);
    assert!(other.opens(&patient).await);
    let again = nurse.post(&path, member).await;
    again.expect_problem(409, "/problems/care-team/already-member", &[]);
    let team = other.get(&path).await.expect(200);
    assert_eq!(team.body["members"][0]["member"]["account"], json!(other.id));
    let gone = json!({ "member": { "account": other.id } });
    nurse.post(&format!("{path}/remove"), gone).await.expect(200);
    assert!(!other.opens(&patient).await);
    for bad in [
        json!({ "member": { "ward": "*" }, "as": "team" }),
        json!({ "member": { "account": other.id }, "as": "team", "until": "2001-01-01T00:00:00Z" }),
        json!({ "member": { "account": other.id }, "as": "team", "since": "2001-01-01T00:00:00Z" }),
    ] {
        assert_eq!(nurse.post(&path, bad).await.status, 422);
    }
}

/// SECURITY 31: a referral opens the record to whom the patient is referred; who admits has cared.
#[tokio::test]
async fn who_is_referred_to_and_who_admits_may_open_the_record() {
    let app = spawn_app().await;
    let patient = registered(&app).await;
    let (admitting, referred) = (
        Staff::hired(&app, "admitting", Role::Doctor, &[]).await,
        Staff::hired(&app, "referred-to", Role::Radiologist, &[]).await,
    );
    assert!(!admitting.opens(&patient).await);
    let stay = json!({ "class": "emergency" });
    admitting.post(&format!("/api/v1/patients/{patient}/encounters"), stay).await.expect(201);
    assert!(admitting.opens(&patient).await);
    let referral = json!({ "member": { "account": referred.id }, "as": "referral", "reason": "chest film" });
    admitting.post(&format!("/api/v1/patients/{patient}/care-team"), referral).await.expect(200);
    assert!(referred.opens(&patient).await);
}

/// SECURITY 31: the unit that registers somebody cares for them before there is a stay.
#[tokio::test]
async fn the_unit_at_which_somebody_is_registered_may_open_the_record() {
    let app = spawn_app().await;
    let desk = Staff::hired(&app, "desk", Role::Receptionist, &["Clinic"]).await;
    let nurse = Staff::hired(&app, "of-the-clinic", Role::Nurse, &["Clinic"]).await;
    let other = Staff::hired(&app, "of-east", Role::Nurse, &["East"]).await;
    let person = json!({ "names": [{ "family": "Lind" }], "gender": "female", "birth_date": "1950-01-01",
        "telecom": [{ "system": "phone", "value": "0041 44 000 00 00" }] });
    let patient = desk.post("/api/v1/patients", person).await.expect(201).id();
    assert!(nurse.opens(&patient).await && !other.opens(&patient).await);
    let found = nurse.get("/api/v1/patients?name=lind").await.expect(200);
    assert!(found.body["items"][0]["telecom"].is_array(), "of whom they care for the whole: {:#}", found.body);
}

/// SECURITY 31: after the discharge the relationship goes on for the grace, and no longer.
#[tokio::test]
async fn a_discharge_ends_the_relationship_after_the_grace() {
    let app = spawn_app().await;
    let patient = registered(&app).await;
    let encounter = admitted(&app, &patient, "East").await;
    let nurse = Staff::hired(&app, "of-east", Role::Nurse, &["East"]).await;
    let path = format!("/api/v1/encounters/{encounter}/discharge");
    app.post(Role::Doctor, &path, json!({ "disposition": "home" })).await.expect(200);
    assert!(nurse.opens(&patient).await, "within the grace");
    let patient = PatientId(patient.parse().expect("an id"));
    let after = async |days: i64| {
        let mut ports = app.platform.app.clone();
        ports.clock = Arc::new(Later(Duration::days(days)));
        let call = Call::of(Actor::of(nurse.id, Role::Nurse), Uuid::nil());
        ports.authorise(&call, Permission::ReadChart, Some(patient)).await.map(|permit| permit.patient())
    };
    assert_eq!(after(29).await.expect("within the grace"), Some(patient));
    assert!(matches!(after(31).await, Err(Unauthorised::Denied(Denied::Relationship))));
    let mut ports = app.platform.app.clone();
    ports.policy.grace = Duration::zero();
    let call = Call::of(Actor::of(nurse.id, Role::Nurse), Uuid::nil());
    let without = ports.authorise(&call, Permission::ReadChart, Some(patient)).await;
    assert!(matches!(without, Err(Unauthorised::Denied(Denied::Relationship))), "the house decides how long");
}

/// SECURITY 34: when relationships cannot be read, the answer is no.
#[tokio::test]
async fn an_error_denies() {
    let app = spawn_app().await;
    let patient = registered(&app).await;
    admitted(&app, &patient, "East").await;
    let nurse = Staff::hired(&app, "of-east", Role::Nurse, &["East"]).await;
    let path = format!("/api/v1/patients/{patient}/chart");
    nurse.get(&path).await.expect(200);
    let owner = app.owner().await;
    owner.batch_execute("alter table access.relationship rename to away").await.expect("renamed");
    let mut answered = nurse.get(&path).await.status;
    for _ in 0..50 {
        if answered != 200 {
            break;
        }
        // What was found before is believed for a second.
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        answered = nurse.get(&path).await.status;
    }
    assert_eq!(answered, 503);
    assert_eq!(nurse.get(&format!("/api/v1/patients/{patient}")).await.status, 503);
    owner.batch_execute("alter table access.away rename to relationship").await.expect("renamed");
    nurse.get(&path).await.expect(200);
}

/// A clock that runs ahead.
struct Later(Duration);

impl Clock for Later {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + self.0
    }
    fn new_id(&self) -> Uuid {
        SystemClock.new_id()
    }
}
