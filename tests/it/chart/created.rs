use healthcare_application::Role;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::json;

use crate::{
    encounter::admit,
    medication::{no_known_allergies, order},
    observation::potassium,
    patient::register,
    scheduling::{Clinic, in_hours},
    vitals::well,
};

/// What was written is found where its answer says, in the version that it says.
#[tokio::test]
async fn what_was_written_is_found_where_its_answer_says() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let stay = admit(&app, &patient).await;
    no_known_allergies(&app, &patient).await;
    let of = |list: &str| format!("/api/v1/patients/{patient}/{list}");
    let text = |words: &str| json!({ "text": words });
    let consent = json!({ "scope": text("research"), "categories": [text("any")], "decision": "deny" });
    let clinic = Clinic::open(&app).await;
    let wish = json!({ "appointment_type": clinic.consultation, "priority": "soon", "from": in_hours(0), "until": in_hours(200) });
    let monitor = json!({ "serial": "MON-1", "kind": "monitor" });
    for (role, path, body) in [
        (Role::Doctor, of("medication-orders"), order("Amoxicillin 500 MG Oral Capsule")),
        (Role::Doctor, of("problems"), json!({ "code": text("asthma") })),
        (Role::Doctor, of("allergies"), json!({ "substance": text("pollen") })),
        (Role::Doctor, of("consents"), consent),
        (Role::LabTechnician, of("laboratory-results"), potassium("4.1")),
        (Role::Doctor, of("procedures"), json!({ "code": text("Appendectomy") })),
        (Role::Nurse, of("immunizations"), json!({ "vaccine": text("influenza") })),
        (Role::Nurse, of("family-history"), json!({ "relationship": text("mother") })),
        (Role::Nurse, of("social-history"), json!({ "topic": "occupation", "value": text("miner") })),
        (Role::Doctor, of("notes"), crate::note::signed("Round", "Stable.")),
        (Role::Doctor, of("plans"), crate::plan::followed()),
        (Role::Nurse, format!("/api/v1/encounters/{stay}/vitals"), well()),
        (Role::Receptionist, of("appointments"), clinic.at(in_hours(30))),
        (Role::Receptionist, of("waitlist"), wish),
        (Role::Admin, "/api/v1/devices".to_owned(), monitor),
    ] {
        let written = app.post(role, &path, body).await.expect(201);
        let place = written.header("location").unwrap_or_else(|| panic!("{path} says where")).to_owned();
        let found = app.request(Role::Doctor, Method::GET, &place).await.answer().await;
        assert_eq!((found.status, found.header("etag")), (200, written.header("etag")), "{place}: {:#}", found.body);
        assert!(found.body.to_string().contains(&written.id()), "{place}: {:#}", found.body);
        app.get(Role::Doctor, &format!("{place}?as_of=2020-01-01T00:00:00Z")).await.expect(404);
    }
}
