use healthcare_application::Role;
use healthcare_domain::id::PatientId;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::json;

use super::{Staff, admitted, registered};

/// SECURITY 28 and the holes of comparable systems (OpenEMR CVE-2026-24487, 27943; Medplum#8372): an entry that is named
/// by its own identity alone is opened to nobody by that, whichever of its paths is taken.
#[tokio::test]
async fn a_foreign_identity_in_the_path_is_refused_on_every_path() {
    let app = spawn_app().await;
    let patient = registered(&app).await;
    let encounter = admitted(&app, &patient, "West").await;
    let allergy = json!({ "substance": { "text": "penicillin" } });
    let path = format!("/api/v1/patients/{patient}/allergies");
    let allergy = app.post(Role::Doctor, &path, allergy).await.expect(201).id();
    let vitals = json!({ "measurements": [{ "sign": "heart_rate", "value": "80", "unit": "/min" }] });
    let path = format!("/api/v1/encounters/{encounter}/vitals");
    let vitals = app.post(Role::Nurse, &path, vitals).await.expect(201).id();
    let doctor = Staff::hired(&app, "of-east", Role::Doctor, &["East"]).await;
    for read in [
        format!("/api/v1/encounters/{encounter}"),
        format!("/api/v1/vitals/{vitals}"),
        format!("/api/v1/patients/{patient}/encounters"),
        format!("/api/v1/patients/{patient}/chart?as_of=2100-01-01T00:00:00Z"),
        format!("/api/v1/patients/{patient}/vitals"),
        format!("/api/v1/alerts?patient={patient}"),
    ] {
        assert_eq!(doctor.get(&read).await.status, 403, "{read}");
    }
    let reason = json!({ "reason": "not mine" });
    for (write, body) in [
        (format!("/api/v1/encounters/{encounter}/discharge"), json!({ "disposition": "home" })),
        (format!("/api/v1/encounters/{encounter}/vitals"), json!({ "on_oxygen": true })),
        (format!("/api/v1/allergies/{allergy}/remove"), reason.clone()),
        (format!("/api/v1/allergies/{allergy}/entered-in-error"), reason.clone()),
        (format!("/api/v1/vitals/{vitals}/entered-in-error"), reason),
    ] {
        let answer = doctor.post(&write, body).await;
        assert_eq!(answer.status, 403, "{write}: {:#}", answer.body);
    }
    assert_eq!(app.count("es.event where version > 1 and patient_id is not null").await, 0);
}

/// SECURITY 28: an identity in the body that is another patient's is refused, and so is one that would make a new entry
/// an old one (OpenEMR CVE-2026-25744), or a parameter nobody knows (SECURITY 29, 56).
#[tokio::test]
async fn a_foreign_identity_in_the_body_or_query_is_refused() {
    let app = spawn_app().await;
    let (own, other) = (registered(&app).await, registered(&app).await);
    let foreign = admitted(&app, &other, "West").await;
    admitted(&app, &own, "East").await;
    let doctor = Staff::hired(&app, "of-east", Role::Doctor, &["East"]).await;
    let problem = json!({ "code": { "text": "asthma" }, "encounter": foreign });
    let path = format!("/api/v1/patients/{own}/problems");
    doctor.post(&path, problem).await.expect_problem(422, "/problems/request/foreign-reference", &["/encounter"]);
    for more in [json!({ "id": other }), json!({ "patient": other }), json!({ "patient_id": other })] {
        let mut problem = json!({ "code": { "text": "asthma" } });
        problem.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        assert_eq!(doctor.post(&path, problem).await.status, 422);
    }
    for query in ["force=true", "expired=include", "patient_id=x", "sort=body", "order=1;drop table read.entry"] {
        let answer = doctor.get(&format!("/api/v1/patients/{own}/problems?{query}")).await;
        assert_eq!(answer.status, 400, "SECURITY 56: {query}");
    }
}

/// SECURITY 28: a patient's account opens its own record and no other, and no list over all patients.
#[tokio::test]
async fn a_patients_account_sees_its_own_record_alone() {
    let app = spawn_app().await;
    let (own, other) = (registered(&app).await, registered(&app).await);
    let encounter = admitted(&app, &other, "East").await;
    let id = PatientId(own.parse().expect("an id"));
    let token = app.sign_up("ana", Role::Patient, Some(id)).await;
    let get = async |path: String| app.anonymous(Method::GET, &path).bearer_auth(&token).answer().await.status;
    assert_eq!(get(format!("/api/v1/patients/{own}/chart")).await, 200);
    assert_eq!(get(format!("/api/v1/patients/{own}")).await, 200);
    for path in [
        format!("/api/v1/patients/{other}/chart"),
        format!("/api/v1/patients/{other}"),
        format!("/api/v1/encounters/{encounter}"),
        "/api/v1/patients?name=lind".to_owned(),
        "/api/v1/alerts".to_owned(),
        format!("/api/v1/alerts?patient={other}"),
    ] {
        assert_eq!(get(path.clone()).await, 403, "{path}");
    }
}
