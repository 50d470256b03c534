use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::{Value, json};

use super::{Somebody, note, of, signed};
use crate::{encounter::admit, patient::register};

#[tokio::test]
async fn a_co_signature_is_asked_for_given_and_shown() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    admit(&app, &patient).await;
    let ann = Somebody::hired(&app, "ann", Role::Doctor, &["A"]).await;
    let ben = Somebody::hired(&app, "ben", Role::SeniorClinician, &["A"]).await;
    let cay = Somebody::hired(&app, "cay", Role::Doctor, &["A"]).await;
    let path = ann.writes(&patient, note("Discharge summary", "Home with support.")).await;
    let ask = |of: Value| json!({ "of": of });
    let requests = format!("{path}/cosign-requests");
    let nurse = app.hire("nia", Role::Nurse, &["A"]).await.0;
    for party in [
        json!({ "role": "nurse" }),
        json!({ "role": "king" }),
        json!({ "account": nurse }),
        json!({ "account": patient }),
    ] {
        ann.post(&requests, ask(party)).await.expect_problem(422, "/problems/note/no-such-cosigner", &[]);
    }
    ann.post(&requests, ask(json!({ "account": ann.id }))).await.expect_problem(409, "/problems/note/own-note", &[]);
    cay.post(&requests, ask(json!({ "account": ben.id }))).await.expect_problem(
        403,
        "/problems/note/not-the-author",
        &[],
    );
    ann.post(&requests, ask(json!({ "account": ben.id }))).await.expect(200);
    ann.post(&requests, ask(json!({ "account": ben.id }))).await.expect_problem(
        409,
        "/problems/note/already-asked",
        &[],
    );

    // Who is to co-sign reads the draft; nobody else does, and nobody co-signs what is not signed.
    assert_eq!(ben.get(&path).await.expect(200).body["status"], "draft");
    assert_eq!(
        of(&ben.get(&format!("/api/v1/patients/{patient}/notes?status=draft")).await, "title"),
        ["Discharge summary"]
    );
    cay.get(&path).await.expect(404);
    ben.post(&format!("{path}/cosign"), json!({})).await.expect_problem(409, "/problems/note/not-signed", &[]);
    ann.post(&format!("{path}/sign"), json!({})).await.expect(200);

    cay.post(&format!("{path}/cosign"), json!({})).await.expect_problem(409, "/problems/note/not-asked", &[]);
    ann.post(&format!("{path}/cosign"), json!({})).await.expect_problem(409, "/problems/note/own-note", &[]);
    app.post(Role::Nurse, &format!("{path}/cosign"), json!({})).await.expect_problem(
        403,
        "/problems/access/denied",
        &[],
    );
    ben.post(&format!("{path}/cosign"), json!({})).await.expect(200);
    let seen = cay.get(&path).await.expect(200).body;
    let given = &seen["cosignatures"][0];
    assert_eq!((&given["by"], &given["version"], &given["hash"]), (&json!(ben.id), &json!(1), &seen["hash"]));
    assert!(given["at"].is_string());
    assert_eq!(seen["cosign_requests"], json!([]));

    // After an amendment it may be asked for again, of the version that counts then.
    let amended = json!({ "title": "Discharge summary", "sections": [{ "text": "To a nursing home." }], "reason": "plan changed" });
    cay.put(&path, seen["version"].as_i64().expect("a version"), amended).await.expect(200);
    cay.post(&requests, ask(json!({ "role": "senior_clinician" }))).await.expect(200);
    cay.post(&format!("{requests}/withdraw"), ask(json!({ "role": "senior_clinician" }))).await.expect(200);
    let gone = cay.post(&format!("{requests}/withdraw"), ask(json!({ "role": "senior_clinician" }))).await;
    gone.expect_problem(409, "/problems/note/not-asked", &[]);
    cay.post(&requests, ask(json!({ "role": "senior_clinician" }))).await.expect(200);
    ben.post(&format!("{path}/cosign"), json!({})).await.expect(200);
    assert_eq!(ann.get(&path).await.expect(200).body["cosignatures"][1]["version"], 2);
}

/// A note follows the label of its patient's record: who may not open the record reads none of its notes, finds none of
/// them, and is asked nothing about them.
#[tokio::test]
async fn a_note_follows_the_label_of_the_record() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    admit(&app, &patient).await;
    let ward = Somebody::hired(&app, "ward", Role::Doctor, &["A"]).await;
    let house = Somebody::hired(&app, "house", Role::SeniorClinician, &["*"]).await;
    let mut body = signed("Psychiatry", "Confidential matter.");
    body["cosigners"] = json!([{ "role": "senior_clinician" }]);
    let path = ward.writes(&patient, body).await;
    let search = async |who: &Somebody<'_>| {
        who.post("/api/v1/notes/search", json!({ "words": "confidential" })).await.expect(200).body["items"]
            .as_array()
            .map(Vec::len)
    };
    let waits = async |who: &Somebody<'_>| who.get("/api/v1/inbox").await.expect(200).body["counts"]["cosign"].clone();
    assert_eq!((search(&ward).await, search(&house).await, waits(&house).await), (Some(1), Some(1), json!(1)));
    house.get(&path).await.expect(200);
    let label = json!({ "label": "R", "reason": "at the patient's request" });
    app.post(Role::PrivacyOfficer, &format!("/api/v1/patients/{patient}/label"), label).await.expect(200);
    house.get(&path).await.expect_problem(403, "/problems/access/no-care-relationship", &[]);
    house.get(&format!("/api/v1/patients/{patient}/notes")).await.expect(403);
    assert_eq!((search(&ward).await, search(&house).await, waits(&house).await), (Some(1), Some(0), json!(0)));
    house.post(&format!("{path}/cosign"), json!({})).await.expect(403);
}
