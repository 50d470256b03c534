use std::time::Duration;

use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::json;

use crate::{
    encounter::admit,
    live::Follower,
    note::{Somebody, note, signed},
    patient::register,
    plan::followed,
    scheduling::{Clinic, in_hours},
};

/// A co-signature, a task and an offer are told as they come, to whom they are for, without a word of what they say.
#[tokio::test]
async fn what_comes_into_an_inbox_is_told_live() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    admit(&app, &patient).await;
    let ann = Somebody::hired(&app, "ann", Role::Doctor, &["A"]).await;
    let ben = Somebody::hired(&app, "ben", Role::Doctor, &["A"]).await;
    let nia = Somebody::hired(&app, "nia", Role::Nurse, &["A"]).await;
    let far = Somebody::hired(&app, "far", Role::Nurse, &["B"]).await;
    let (mut of_ben, _) = Follower::new(&app.url, &ben.token, "").await;
    let (mut of_nia, _) = Follower::new(&app.url, &nia.token, "").await;

    let mut body = note("Secret title", "Secret words.");
    body["cosigners"] = json!([{ "account": ben.id }]);
    let written = ann.writes(&patient, body).await;
    ann.post(&format!("{written}/sign"), json!({})).await.expect(200);
    let told = of_ben.next_of("notification").await.expect("a notification");
    assert_eq!((&told["type"], &told["patient_id"]), (&json!("note.cosign.requested"), &json!(patient)));
    assert_eq!(told["action"], json!({ "type": "open", "url": written }));
    assert!(!told.to_string().contains("Secret"), "{told:#}");

    ann.plans(&patient, followed()).await;
    let told = of_nia.next_of("notification").await.expect("a notification");
    assert_eq!((&told["type"], &told["details"]["activities"]), (&json!("plan.activity.assigned"), &json!([1])));
    assert!(!told.to_string().contains("injection"), "{told:#}");
    let list = far.get("/api/v1/notifications").await.expect(200);
    assert_eq!(list.body["items"], json!([]), "not to a nurse of another ward");

    let clinic = Clinic::open(&app).await;
    let appointment = clinic.book(&register(&app).await, in_hours(30)).await.expect(201).id();
    let entry = clinic.wait(&patient, "urgent").await;
    clinic.conduct(&appointment, "cancel", json!({ "reason": "pat" })).await.expect(200);
    clinic.comes_to(&entry, "offered").await;
    let told = of_nia.next_of("notification").await.expect("a notification");
    assert_eq!((&told["type"], &told["subject"]["id"]), (&json!("waitlist.offered"), &json!(entry)));

    // Asked after it was signed, one is told, too; and once.
    let later = ann.writes(&patient, signed("Later", "Words.")).await;
    ann.post(&format!("{later}/cosign-requests"), json!({ "of": { "account": ben.id } })).await.expect(200);
    let mut all = vec![];
    while all.len() < 2 {
        let told =
            tokio::time::timeout(Duration::from_secs(30), of_ben.next_of("notification")).await.expect("in time");
        all.push(told.expect("a notification"));
    }
    let kinds: Vec<_> = all.iter().map(|told| told["type"].clone()).collect();
    assert_eq!(kinds, [json!("waitlist.offered"), json!("note.cosign.requested")]);
}
