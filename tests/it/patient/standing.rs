use healthcare_application::Role;
use healthcare_tests::app::{Answer, Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use super::register;
use crate::{encounter::admit, medication::order};

fn because() -> Value {
    json!({ "reason": "moved to another country" })
}

async fn stand(app: &TestApp, patient: &str, verb: &str) -> Answer {
    app.post(Role::Receptionist, &format!("/api/v1/patients/{patient}/{verb}"), because()).await
}

async fn found(app: &TestApp, query: &str) -> Vec<Value> {
    let page = app.get(Role::Nurse, &format!("/api/v1/patients?{query}")).await.expect(200);
    page.body["items"].as_array().cloned().expect("items")
}

#[tokio::test]
async fn a_record_is_laid_down_and_taken_up_again() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    stand(&app, &patient, "reactivate").await.expect_problem(409, "/problems/patient/not-inactive", &[]);
    stand(&app, &patient, "deactivate").await.expect(200);
    stand(&app, &patient, "deactivate").await.expect_problem(409, "/problems/patient/inactive", &[]);
    assert_eq!(app.count("es.event where event_type = 'patient.deactivated'").await, 1);
    let read = app.get(Role::Nurse, &format!("/api/v1/patients/{patient}")).await.expect(200).body;
    assert_eq!((&read["status"], &read["standing"]["reason"]), (&json!("inactive"), &because()["reason"]));
    // The directory marks it, and tells who looks for those in use alone.
    assert_eq!(found(&app, "name=ferreira").await[0]["status"], "inactive");
    assert!(found(&app, "name=ferreira&status=active").await.is_empty());
    assert_eq!(found(&app, "status=inactive").await.len(), 1);

    // Nothing new begins, what comes late is still noted, and corrections are taken.
    let of = |list: &str| format!("/api/v1/patients/{patient}/{list}");
    let stay = json!({ "class": "inpatient", "ward": "A" });
    let closed = async |answer: Answer| drop(answer.expect_problem(409, "/problems/patient/inactive", &[]));
    closed(app.post(Role::Receptionist, &of("encounters"), stay.clone()).await).await;
    closed(app.post(Role::Doctor, &of("medication-orders"), order("Ibuprofen 400 MG Oral Tablet")).await).await;
    closed(app.post(Role::Doctor, &of("pathway"), json!({ "stage": "enrolled" })).await).await;
    let device =
        app.post(Role::Admin, "/api/v1/devices", json!({ "serial": "M-1", "kind": "monitor" })).await.expect(201);
    let assign = format!("/api/v1/devices/{}/assign", device.id());
    closed(app.post(Role::Nurse, &assign, json!({ "patient": patient })).await).await;
    let problem = json!({ "code": { "text": "Asthma" } });
    app.post(Role::Doctor, &of("problems"), problem).await.expect(201);
    app.patch(Role::Receptionist, &format!("/api/v1/patients/{patient}"), 2, json!({ "language": "pt" }))
        .await
        .expect(200);

    stand(&app, &patient, "reactivate").await.expect(200);
    app.post(Role::Receptionist, &of("encounters"), stay).await.expect(201);
    let read = app.get(Role::Nurse, &format!("/api/v1/patients/{patient}")).await.expect(200).body;
    assert_eq!((&read["status"], &read["standing"]), (&json!("active"), &Value::Null));
}

#[tokio::test]
async fn who_is_in_care_is_not_laid_down() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let visit = admit(&app, &patient).await;
    for verb in ["deactivate", "entered-in-error"] {
        stand(&app, &patient, verb).await.expect_problem(409, "/problems/patient/in-care", &[]);
    }
    let home = json!({ "disposition": "home" });
    app.post(Role::Doctor, &format!("/api/v1/encounters/{visit}/discharge"), home).await.expect(200);
    stand(&app, &patient, "deactivate").await.expect(200);
}

#[tokio::test]
async fn a_registration_in_error_is_hidden_and_takes_nothing() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    stand(&app, &patient, "entered-in-error").await.expect(200);
    assert!(found(&app, "name=ferreira").await.is_empty());
    assert_eq!(found(&app, "name=ferreira&status=entered-in-error").await[0]["id"], *patient);
    let read = app.get(Role::Nurse, &format!("/api/v1/patients/{patient}")).await.expect(200).body;
    assert_eq!(read["status"], "entered-in-error");
    let of = |list: &str| format!("/api/v1/patients/{patient}/{list}");
    let refused = async |answer: Answer| drop(answer.expect_problem(409, "/problems/patient/entered-in-error", &[]));
    refused(app.post(Role::Doctor, &of("problems"), json!({ "code": { "text": "Asthma" } })).await).await;
    refused(app.post(Role::Receptionist, &of("encounters"), json!({ "class": "inpatient", "ward": "A" })).await).await;
    let consent = json!({ "scope": { "text": "research" }, "categories": [{ "text": "any" }], "decision": "permit" });
    refused(app.post(Role::Receptionist, &of("consents"), consent).await).await;
    refused(
        app.patch(Role::Receptionist, &format!("/api/v1/patients/{patient}"), 2, json!({ "language": "pt" })).await,
    )
    .await;
    for verb in ["deactivate", "reactivate", "entered-in-error"] {
        refused(stand(&app, &patient, verb).await).await;
    }
}

#[tokio::test]
async fn for_who_died_nothing_is_planned_or_ordered_and_late_findings_are_noted() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let died = json!({ "deceased": { "at": "2026-11-01T08:00:00Z" } });
    app.patch(Role::Doctor, &format!("/api/v1/patients/{patient}"), 1, died).await.expect(200);
    let of = |list: &str| format!("/api/v1/patients/{patient}/{list}");
    let refused = async |answer: Answer| drop(answer.expect_problem(409, "/problems/patient/deceased", &[]));
    refused(app.post(Role::Doctor, &of("medication-orders"), order("Ibuprofen 400 MG Oral Tablet")).await).await;
    refused(app.post(Role::Doctor, &of("pathway"), json!({ "stage": "enrolled" })).await).await;
    let result = crate::observation::potassium("4.1");
    app.post(Role::LabTechnician, &of("laboratory-results"), result).await.expect(201);
    // Brought in dead, and admitted all the same.
    admit(&app, &patient).await;
    // A death that was a mistake is taken back.
    let read = app.get(Role::Nurse, &format!("/api/v1/patients/{patient}")).await.expect(200);
    assert_eq!(read.body["deceased"]["at"], "2026-11-01T08:00:00Z");
    app.patch(Role::Doctor, &format!("/api/v1/patients/{patient}"), 2, json!({ "deceased": null })).await.expect(200);
    app.post(Role::Doctor, &of("pathway"), json!({ "stage": "enrolled" })).await.expect(200);
}

#[tokio::test]
async fn appointments_are_for_who_lives_and_is_in_use() {
    let app = spawn_app().await;
    let clinic = crate::scheduling::Clinic::open(&app).await;
    let patient = register(&app).await;
    stand(&app, &patient, "deactivate").await.expect(200);
    let refused = clinic.book(&patient, crate::scheduling::in_hours(30)).await;
    refused.expect_problem(409, "/problems/patient/inactive", &[]);
    stand(&app, &patient, "reactivate").await.expect(200);
    clinic.book(&patient, crate::scheduling::in_hours(30)).await.expect(201);
}

/// Notes a death.
async fn dies(app: &TestApp, patient: &str) {
    let died = json!({ "deceased": { "at": "2026-11-01T08:00:00Z" } });
    app.patch(Role::Doctor, &format!("/api/v1/patients/{patient}"), 1, died).await.expect(200);
}

/// Who died while they waited is passed over, and so is a record that is laid down: the next is offered the slot.
#[tokio::test]
async fn a_freed_slot_is_offered_to_who_lives() {
    let app = spawn_app().await;
    let clinic = crate::scheduling::Clinic::open(&app).await;
    let start = crate::scheduling::in_hours(30);
    let (booked, dead) = (register(&app).await, register(&app).await);
    let (away, mistaken, living) = (register(&app).await, register(&app).await, register(&app).await);
    let appointment = clinic.book(&booked, start).await.expect(201).id();
    let first = clinic.wait(&dead, "urgent").await;
    let second = clinic.wait(&away, "urgent").await;
    let third = clinic.wait(&mistaken, "urgent").await;
    let last = clinic.wait(&living, "routine").await;
    dies(&app, &dead).await;
    stand(&app, &away, "deactivate").await.expect(200);
    stand(&app, &mistaken, "entered-in-error").await.expect(200);
    clinic.conduct(&appointment, "cancel", json!({ "reason": "pat" })).await.expect(200);
    clinic.comes_to(&last, "offered").await;
    for passed in [first, second, third] {
        let path = format!("/api/v1/waitlist/{passed}");
        let wish = app.get(Role::Receptionist, &path).await.expect(200).body;
        assert_eq!((&wish["status"], &wish["offer"]), (&json!("waiting"), &Value::Null), "{wish}");
    }
    let kept = app.count("es.event where event_type = 'waitlist.offered'").await;
    assert_eq!(kept, 1, "nobody else was ever offered it");
}

/// What was offered, held or booked before the death is not taken or moved after it; it can be given back.
#[tokio::test]
async fn a_time_is_not_taken_for_who_died_meanwhile() {
    let app = spawn_app().await;
    let clinic = crate::scheduling::Clinic::open(&app).await;
    let at = crate::scheduling::in_hours;
    let (other, dying) = (register(&app).await, register(&app).await);
    let appointment = clinic.book(&other, at(30)).await.expect(201).id();
    let wish = clinic.wait(&dying, "urgent").await;
    clinic.conduct(&appointment, "cancel", json!({ "reason": "pat" })).await.expect(200);
    clinic.comes_to(&wish, "offered").await;
    let mut hold = clinic.at(at(40));
    hold["hold_minutes"] = json!(60);
    let held = app.post(Role::Receptionist, &format!("/api/v1/patients/{dying}/appointments"), hold).await;
    let held = held.expect(201).id();
    let booked = clinic.book(&dying, at(50)).await.expect(201).id();
    dies(&app, &dying).await;

    let refused = |answer: Answer| drop(answer.expect_problem(409, "/problems/patient/deceased", &[]));
    refused(clinic.answer(&wish, "accept").await);
    refused(clinic.conduct(&held, "confirm", json!({})).await);
    refused(clinic.conduct(&booked, "reschedule", json!({ "start": at(52) })).await);
    assert_eq!(clinic.see(&held).await["status"], "pending", "nothing changed");
    assert_eq!(clinic.see(&booked).await["start"], json!(at(50)));
    clinic.conduct(&held, "release", json!({})).await.expect(200);
    clinic.answer(&wish, "decline").await.expect(200);
    clinic.conduct(&booked, "cancel", json!({ "reason": "pat-dec" })).await.expect(200);
}

#[tokio::test]
async fn a_command_is_repeated_by_its_key_and_refused_to_who_may_not() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/deactivate");
    let send = async || {
        let request = app.request(Role::Receptionist, Method::POST, &path).await;
        request.header("idempotency-key", "k").json(&because()).answer().await.expect(200)
    };
    let (first, second) = (send().await, send().await);
    assert_eq!((first.body, second.header("idempotent-replayed")), (second.body.clone(), Some("true")));
    for verb in ["deactivate", "reactivate", "entered-in-error"] {
        let path = format!("/api/v1/patients/{patient}/{verb}");
        app.post(Role::Analyst, &path, because()).await.expect_problem(403, "/problems/access/denied", &[]);
        let blank = app.post(Role::Receptionist, &path, json!({ "reason": " " })).await;
        blank.expect_problem(422, "/problems/request/shape", &["/reason"]);
    }
    let nobody = format!("/api/v1/patients/{}/deactivate", app.platform.app.clock.new_id());
    let nobody = app.post(Role::Receptionist, &nobody, because()).await;
    nobody.expect_problem(404, "/problems/patient/unregistered", &[]);
}

/// A visit that begins while the record is laid down: one of the two comes second and is told, however close they are.
#[tokio::test]
async fn a_record_is_not_laid_down_while_a_visit_begins() {
    let app = spawn_app().await;
    app.token(Role::Receptionist).await;
    let (mut admitted, mut laid_down) = (0, 0);
    for n in 0..16 {
        let patient = register(&app).await;
        let visits = format!("/api/v1/patients/{patient}/encounters");
        let visit = app.post(Role::Receptionist, &visits, json!({ "class": "inpatient", "ward": "A" }));
        let verb = if n % 2 == 0 { "deactivate" } else { "entered-in-error" };
        let (visit, stands) = futures::join!(visit, stand(&app, &patient, verb));
        assert!(
            matches!((visit.status, stands.status), (201, 409) | (409, 200)),
            "{} and {}: {:?} {:?}",
            visit.status,
            stands.status,
            visit.body,
            stands.body
        );
        admitted += u16::from(visit.status == 201);
        laid_down += u16::from(stands.status == 200);
    }
    assert_eq!(admitted + laid_down, 16);
}

/// The same as the two meet in the database: who lays down waits for the visit that is being stored, and sees it then.
#[tokio::test]
async fn who_lays_a_record_down_waits_for_a_visit_on_its_way() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let (mut visits, lays_down) = (app.owner().await, app.owner().await);
    let begins = visits.transaction().await.expect("a transaction");
    let ensure = format!("select access.ensure_open(array['{patient}'::uuid], array[2::int2])");
    begins.batch_execute(&ensure).await.expect("it is open");
    let looks = format!("set lock_timeout = '200ms'; select access.ensure_unvisited(array['{patient}'::uuid])");
    let waited = lays_down.batch_execute(&looks).await.expect_err("it waits");
    assert_eq!(waited.code().map(|code| code.code().to_owned()).as_deref(), Some("55P03"));
    begins.rollback().await.expect("ended");
    lays_down.batch_execute(&looks).await.expect("nobody is in the way");
}

/// An import says what its source has: that the record is laid down there, though a visit is open here.
#[tokio::test]
async fn a_source_lays_its_record_down_while_a_visit_is_open_here() {
    let app = spawn_app().await;
    let said = |active: bool| {
        json!({ "resourceType": "Patient", "id": "p-1", "active": active, "birthDate": "1954-03-02",
            "name": [{ "family": "Ferreira", "given": ["Ana"] }] })
    };
    let import = async |active: bool| {
        let request = app.request(Role::Admin, Method::POST, "/api/v1/imports?source=elsewhere").await;
        request.body(said(active).to_string()).answer().await.expect(200).body
    };
    assert_eq!(import(true).await["resources"]["Patient"]["stored"], json!(1));
    let row = app.owner().await.query_one("select id::text from read.patient", &[]).await.expect("one");
    admit(&app, row.get(0)).await;
    let report = import(false).await;
    assert_eq!(report["resources"]["Patient"]["stored"], json!(1), "{report:#}");
    assert_eq!(app.count("read.patient where status = 'inactive'").await, 1);
}
