use healthcare_application::Role;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use super::register;

fn detailed() -> Value {
    json!({
        "identifiers": [{ "system": "urn:a", "value": "1" }, { "system": "urn:b", "value": "2" }],
        "names": [{ "use": "official", "family": "Exemplar", "given": ["Noëlle"], "period": { "start": "2012-06" } }],
        "birth_date": "1979-11-05",
        "telecom": [{ "system": "phone", "value": "+41 44 555 01 23", "use": "mobile", "rank": 1, "period": { "start": "2020" } }],
        "addresses": [{ "use": "home", "lines": ["Beispielweg 4"], "city": "Zürich", "period": { "start": "2019-03", "end": "2031" } }],
        "contacts": [{
            "relationships": [{ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v2-0131", "code": "N" }] }],
            "name": { "family": "Exemplar", "given": ["Jonas"] },
            "telecom": [{ "system": "phone", "value": "044 555 09 87" }],
            "gender": "male",
        }],
        "language": "de-CH",
        "other_languages": ["fr-CH", "en"],
    })
}

#[tokio::test]
async fn all_that_is_known_of_a_person_is_read_back() {
    let app = spawn_app().await;
    let id = app.post(Role::Receptionist, "/api/v1/patients", detailed()).await.expect(201).id();
    let read = app.get(Role::Nurse, &format!("/api/v1/patients/{id}")).await.expect(200).body;
    for (name, sent) in detailed().as_object().expect("an object") {
        match name.as_str() {
            "identifiers" => {
                assert_eq!(read[name].as_array().map(|all| &all[..2]), sent.as_array().map(|all| &all[..]))
            }
            _ => assert_eq!(&read[name], sent, "{name}"),
        }
    }
    assert_eq!(read["status"], "active");
    // The directory tells people apart and no more: whoever does not care for them sees nobody's next of kin.
    let listed = app.get(Role::Receptionist, "/api/v1/patients?name=exemplar").await.expect(200).body;
    assert_eq!((&listed["items"][0]["contacts"], &listed["items"][0]["telecom"]), (&Value::Null, &Value::Null));
    // A number is retired by leaving it out.
    let rest = json!({ "identifiers": [{ "system": "urn:b", "value": "2" }], "contacts": null });
    app.patch(Role::Receptionist, &format!("/api/v1/patients/{id}"), 1, rest).await.expect(200);
    let gone = app.get(Role::Nurse, "/api/v1/patients?identifier=urn:a%7C1").await.expect(200);
    assert_eq!(gone.body["items"], json!([]));
}

#[tokio::test]
async fn what_cannot_be_is_refused_at_its_place() {
    let app = spawn_app().await;
    let id = register(&app).await;
    let path = format!("/api/v1/patients/{id}");
    let refused = async |patch: Value, kind: &str, places: &[&str]| {
        app.patch(Role::Receptionist, &path, 1, patch).await.expect_problem(422, kind, places);
    };
    let nobody = json!({ "contacts": [{ "relationships": [{ "text": "Mother" }] }] });
    refused(nobody, "/problems/patient/contact-is-nobody", &["/contacts"]).await;
    let backwards = json!({ "addresses": [{ "city": "Bern", "period": { "start": "2020", "end": "2019-12-31" } }] });
    refused(backwards, "/problems/patient/period-backwards", &[]).await;
    let tomorrow = json!({ "deceased": { "at": "2099-01-01T00:00:00Z" } });
    refused(tomorrow, "/problems/patient/died-in-the-future", &["/deceased/at"]).await;
    refused(
        json!({ "telecom": [{ "system": "phone", "value": "1", "rank": 0 }] }),
        "/problems/request/invalid",
        &["/telecom"],
    )
    .await;
    refused(json!({ "contacts": [{ "nickname": "x" }] }), "/problems/request/shape", &["/contacts/0/nickname"]).await;
}

#[tokio::test]
async fn of_two_who_change_the_same_patient_at_once_one_is_told() {
    let app = spawn_app().await;
    let id = register(&app).await;
    app.token(Role::Receptionist).await;
    let path = format!("/api/v1/patients/{id}");
    let change = async |city: String| {
        app.patch(Role::Receptionist, &path, 1, json!({ "addresses": [{ "city": city }] })).await.status
    };
    let mut answers = futures::future::join_all((0..8).map(|n| change(format!("Town {n}")))).await;
    answers.sort_unstable();
    assert_eq!((answers[0], &answers[1..]), (200, &[412; 7][..]));
    let read = app.get(Role::Nurse, &path).await.expect(200);
    assert_eq!((read.header("etag"), read.body["addresses"].as_array().map(Vec::len)), (Some("\"2\""), Some(1)));
    let blind = app.request(Role::Receptionist, Method::PATCH, &path).await.json(&json!({ "language": "pt" }));
    blind.answer().await.expect(428);
}
