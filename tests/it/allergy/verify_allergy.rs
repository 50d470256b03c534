use healthcare_application::Role;
use healthcare_tests::app::{TestApp, spawn_app};
use serde_json::{Value, json};

use crate::patient::register;

async fn chart(app: &TestApp, patient: &str) -> Value {
    app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/chart")).await.expect(200).body
}

#[tokio::test]
async fn an_allergy_is_confirmed_refuted_with_a_reason_removed_and_put_back() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let list = format!("/api/v1/patients/{patient}/allergies");
    let body = json!({ "substance": { "coding": [{ "system": "http://snomed.info/sct", "code": "91936005" }] },
        "type": "allergy", "categories": ["medication"], "criticality": "high", "note": "told by the daughter",
        "reactions": [{ "manifestation": { "text": "Hives" }, "severity": "moderate", "onset_at": "2019-05-01T00:00:00Z",
            "exposure_route": { "text": "by mouth" }, "description": "an hour after the first tablet" }] });
    let id = app.post(Role::Nurse, &list, body).await.expect(201).id();
    let path = |verb: &str| format!("/api/v1/allergies/{id}/{verb}");
    let seen = app.get(Role::Nurse, &format!("/api/v1/allergies/{id}")).await.expect(200).body;
    assert_eq!((&seen["type"], &seen["reactions"][0]["onset_at"]), (&json!("allergy"), &json!("2019-05-01T00:00:00Z")));
    assert_eq!(chart(&app, &patient).await["allergy_status"], "known");

    app.post(Role::Nurse, &path("verify"), json!({ "verification": "confirmed" })).await.expect(200);
    let bare = app.post(Role::Nurse, &path("verify"), json!({ "verification": "refuted" })).await;
    bare.expect_problem(422, "/problems/allergy/needs-reason", &["/reason"]);
    let with = json!({ "verification": "refuted", "reason": "a challenge was tolerated" });
    app.post(Role::Nurse, &path("verify"), with).await.expect(200);
    assert_eq!(chart(&app, &patient).await["allergy_status"], "unknown", "what was refuted is no allergy");
    let listed = app.get(Role::Nurse, &format!("{list}?verification=refuted&code=91936005")).await.expect(200).body;
    assert_eq!(listed["items"][0]["id"], json!(id));

    let active = app.post(Role::Nurse, &path("reactivate"), json!({ "reason": "x" })).await;
    active.expect_problem(409, "/problems/allergy/active", &[]);
    app.post(Role::Nurse, &path("remove"), json!({ "reason": "outgrown" })).await.expect(200);
    let verified = app.post(Role::Nurse, &path("verify"), json!({ "verification": "confirmed", "reason": "x" })).await;
    verified.expect_problem(409, "/problems/allergy/not-active", &[]);
    app.post(Role::Nurse, &path("reactivate"), json!({ "reason": "reacted again" })).await.expect(200);
    let again = app.get(Role::Nurse, &format!("{list}?active=true")).await.expect(200).body;
    assert_eq!(again["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(app.count("es.safety where version = 5").await, 1, "each passed through the safety row");
}

/// "None known" and an allergy of that kind are not both so.
#[tokio::test]
async fn that_none_is_known_ends_when_one_is_and_is_not_said_while_one_is() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let list = format!("/api/v1/patients/{patient}/allergies");
    let none = json!({ "substance": { "text": "No known allergies" }, "statement": "none-known" });
    let denial = app.post(Role::Nurse, &list, none.clone()).await.expect(201).id();
    let latex = json!({ "substance": { "text": "Latex" }, "categories": ["environment"] });
    let latex = app.post(Role::Nurse, &list, latex).await.expect(201);
    assert_eq!(latex.body["removed"], json!([denial]));
    let seen = app.get(Role::Nurse, &format!("/api/v1/allergies/{denial}")).await.expect(200).body;
    assert_eq!(seen["status"], "inactive");
    let refused = app.post(Role::Nurse, &list, none).await;
    refused.expect_problem(409, "/problems/allergy/contradicted", &[]);
    // Of drugs nothing was said: that none is known of those may be recorded.
    let drugs = json!({ "substance": { "coding": [{ "system": "http://snomed.info/sct", "code": "409137002" }] },
        "statement": "none-known", "categories": ["medication"] });
    app.post(Role::Nurse, &list, drugs).await.expect(201);
    assert_eq!(chart(&app, &patient).await["allergy_status"], "known");
}

/// An allergy and its denial at once: whichever is first, they do not stand side by side.
#[tokio::test]
async fn an_allergy_and_its_denial_at_once_do_not_both_stand() {
    let app = spawn_app().await;
    for _ in 0..5 {
        let patient = register(&app).await;
        let list = format!("/api/v1/patients/{patient}/allergies");
        let none = json!({ "substance": { "text": "No known allergies" }, "statement": "none-known" });
        let latex = json!({ "substance": { "text": "Latex" } });
        let (denied, recorded) =
            futures::join!(app.post(Role::Nurse, &list, none), app.post(Role::Doctor, &list, latex));
        recorded.expect(201);
        assert!([201, 409].contains(&denied.status), "{denied:?}");
        let active = app.get(Role::Nurse, &format!("{list}?active=true")).await.expect(200).body;
        assert_eq!(active["items"].as_array().map(Vec::len), Some(1), "{active:#}");
    }
}

/// It is so whichever way an allergy comes into force: verified anew, put back, or amended.
#[tokio::test]
async fn that_none_is_known_ends_when_an_allergy_comes_back_and_is_not_put_back_beside_one() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let list = format!("/api/v1/patients/{patient}/allergies");
    let none = json!({ "substance": { "text": "No known allergies" }, "statement": "none-known" });
    let latex = app.post(Role::Nurse, &list, json!({ "substance": { "text": "Latex" } })).await.expect(201).id();
    let change = async |id: &str, verb: &str, body: Value| {
        app.post(Role::Nurse, &format!("/api/v1/allergies/{id}/{verb}"), body).await
    };
    let active = async || {
        let all = app.get(Role::Nurse, &format!("{list}?active=true")).await.expect(200).body;
        all["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let refuted = json!({ "verification": "refuted", "reason": "tolerated" });

    // What was refuted stands beside the denial; confirmed after all, it takes the denial off.
    change(&latex, "verify", refuted.clone()).await.expect(200);
    let denial = app.post(Role::Nurse, &list, none.clone()).await.expect(201).id();
    let confirmed = json!({ "verification": "confirmed", "reason": "reacted again" });
    let answer = change(&latex, "verify", confirmed.clone()).await.expect(200);
    assert_eq!(answer.body["removed"], json!([denial]));
    assert_eq!(active().await, std::slice::from_ref(&latex));

    // The denial is not put back while the allergy is there.
    let back = change(&denial, "reactivate", json!({ "reason": "asked again" })).await;
    back.expect_problem(409, "/problems/allergy/contradicted", &[]);
    change(&latex, "remove", json!({ "reason": "recorded for somebody else" })).await.expect(200);
    change(&denial, "reactivate", json!({ "reason": "asked again" })).await.expect(200);

    // The allergy that is put back takes it off.
    let answer = change(&latex, "reactivate", json!({ "reason": "it was so" })).await.expect(200);
    assert_eq!(answer.body["removed"], json!([denial]));
    assert_eq!(active().await, std::slice::from_ref(&latex));

    // An allergy that is amended to be one to drugs takes off that none is known to drugs.
    let drugs = json!({ "substance": { "coding": [{ "system": "http://snomed.info/sct", "code": "409137002" }] },
        "statement": "none-known", "categories": ["medication"] });
    let drugs = app.post(Role::Nurse, &list, drugs).await.expect(201).id();
    let version = app.get(Role::Nurse, &format!("/api/v1/allergies/{latex}")).await.expect(200).body["version"].clone();
    let patch = json!({ "categories": ["medication"] });
    let answer = app
        .patch(Role::Nurse, &format!("/api/v1/allergies/{latex}"), version.as_i64().unwrap(), patch)
        .await
        .expect(200);
    assert_eq!(answer.body["removed"], json!([drugs]));
    assert_eq!(active().await, [latex]);
}
