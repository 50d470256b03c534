use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::json;

use super::{Staff, admitted, registered};

/// SECURITY 31: a restricted record is open to who cares for the patient now, not to services of the whole house; a very
/// restricted one to who is named. The refusal does not tell the label.
#[tokio::test]
async fn a_label_asks_for_a_closer_relationship() {
    let app = spawn_app().await;
    let patient = registered(&app).await;
    admitted(&app, &patient, "East").await;
    let ward = Staff::hired(&app, "of-east", Role::Nurse, &["East"]).await;
    let house = Staff::hired(&app, "of-the-house", Role::Radiologist, &["*"]).await;
    let none = Staff::hired(&app, "of-nowhere", Role::Doctor, &[]).await;
    assert!(ward.opens(&patient).await && house.opens(&patient).await);

    let path = format!("/api/v1/patients/{patient}/label");
    let label = |label: &str| json!({ "label": label, "reason": "at the patient's request" });
    assert_eq!(ward.post(&path, label("N")).await.status, 403, "only a privacy officer labels");
    app.post(Role::PrivacyOfficer, &path, label("R")).await.expect(200);
    assert!(ward.opens(&patient).await && !house.opens(&patient).await);
    let chart = format!("/api/v1/patients/{patient}/chart");
    let (by_label, by_none) = (house.get(&chart).await, none.get(&chart).await);
    assert_eq!((&by_label.body["type"], &by_label.body["detail"]), (&by_none.body["type"], &by_none.body["detail"]));

    app.post(Role::PrivacyOfficer, &path, label("V")).await.expect(200);
    assert!(!ward.opens(&patient).await);
    app.post(Role::PrivacyOfficer, &path, label("N")).await.expect(200);
    assert!(ward.opens(&patient).await && house.opens(&patient).await);
}
