//! What lies behind the chart: the timeline, lists of an earlier day, and the record for elsewhere.

mod as_of;
mod as_of_one;
mod both_ways;
mod created;
mod export_record;
mod export_shared;
mod get_timeline;
mod print_summary;

use healthcare_application::Role;
use healthcare_tests::app::TestApp;
use serde_json::{Value, json};

use crate::{encounter, medication, observation, patient, vitals};

/// A patient with an entry of several kinds; answers their id.
async fn charted(app: &TestApp) -> String {
    let patient = patient::register(app).await;
    let of = |list: &str| format!("/api/v1/patients/{patient}/{list}");
    let stay = encounter::admit(app, &patient).await;
    medication::no_known_allergies(app, &patient).await;
    medication::prescribe(app, &patient, medication::order("Amoxicillin 500 MG Oral Capsule")).await.expect(201);
    for (name, onset) in [("asthma", "2010-03-01T00:00:00Z"), ("fracture of wrist", "2015-07-01T00:00:00Z")] {
        let problem = json!({ "code": { "text": name }, "onset_at": onset });
        app.post(Role::Doctor, &of("problems"), problem).await.expect(201);
    }
    app.post(Role::Nurse, &format!("/api/v1/encounters/{stay}/vitals"), vitals::well()).await.expect(201);
    app.post(Role::LabTechnician, &of("laboratory-results"), observation::potassium("4.10")).await.expect(201);
    patient
}

/// The items of an answer.
fn items(body: &Value) -> Vec<Value> {
    body["items"].as_array().cloned().expect("items")
}

/// The fields of the items.
fn texts(items: &[Value], field: &str) -> Vec<String> {
    items.iter().map(|one| one[field].as_str().unwrap_or_default().to_owned()).collect()
}
