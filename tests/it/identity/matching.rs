//! Who may be one person: asked for, and at registration.

use healthcare_application::Role;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use super::{person, registered};

#[tokio::test]
async fn who_is_described_is_found_with_reasons() {
    let app = spawn_app().await;
    let body = person("Ana Luísa", "Ferreira", "1954-03-02", "MRN-7");
    let ana = registered(&app, body.clone()).await;
    registered(&app, person("Björn", "Dahl", "1971-10-05", "MRN-8")).await;
    let path = "/api/v1/patients/match";
    let same = app.post(Role::Nurse, path, body).await.expect(200).body;
    assert_eq!(same["candidates"].as_array().map(Vec::len), Some(1));
    let found = &same["candidates"][0];
    assert_eq!((&found["id"], &found["grade"]), (&json!(ana), &json!("certain")), "{found:#}");
    assert_eq!(found["patient"]["identifiers"][0]["value"], "MRN-7");
    assert!(found["score"].as_f64().is_some_and(|score| score > 0.99));

    let mistyped = json!({ "names": [{ "family": "Ana Luisa", "given": ["Fereira"] }], "birth_date": "1954-02-03" });
    let found = app.post(Role::Nurse, path, mistyped).await.expect(200).body;
    let reasons = found["candidates"][0]["reasons"].to_string();
    assert!(reasons.contains("given and family name exchanged"), "{found:#}");
    assert!(reasons.contains("day and month exchanged"), "{found:#}");
    assert_ne!(found["candidates"][0]["grade"], "certain");
    let stranger = json!({ "names": [{ "family": "Okafor", "given": ["Ngozi"] }], "birth_date": "1999-09-09" });
    assert_eq!(app.post(Role::Nurse, path, stranger.clone()).await.expect(200).body["candidates"], json!([]));
    app.post(Role::Analyst, path, stranger).await.expect_problem(403, "/problems/access/denied", &[]);
    assert!(app.count("audit.entry where action = 'read_directory'").await > 0);
}

#[tokio::test]
async fn who_is_registered_beyond_doubt_is_not_registered_again_unless_it_is_said_why() {
    let app = spawn_app().await;
    let body = person("Ana", "Ferreira", "1954-03-02", "MRN-7");
    let ana = registered(&app, body.clone()).await;
    let again = app.post(Role::Receptionist, "/api/v1/patients", body.clone()).await;
    again.clone().expect_problem(409, "/problems/patient/known", &[]);
    assert_eq!(again.body["candidates"][0]["id"], json!(ana));
    assert_eq!(again.body["candidates"][0].get("patient"), None, "no name is in an error");
    let send = async |words: &str| {
        let request = app.request(Role::Receptionist, Method::POST, "/api/v1/patients").await;
        request.header("known-as-another", words).json(&body).answer().await
    };
    send(" ").await.expect_problem(400, "/problems/request/header", &["Known-As-Another"]);
    let other = send("the number was given to two people by mistake").await.expect(201).id();
    assert_eq!(app.count("es.event where event_type = 'patient.duplicate.dismissed'").await, 1);
    let queue = app.get(Role::Receptionist, &format!("/api/v1/patients/duplicates?patient={other}")).await.expect(200);
    assert_eq!(queue.body["items"], json!([]), "it was decided");
    // A namesake of the same day without a number is registered, and looked at later.
    let mut namesake: Value = body;
    namesake["identifiers"] = json!([]);
    registered(&app, namesake).await;
}

/// Of a very restricted record a desk learns no more than the directory shows: not by the reasons, and not by the score of what
/// was described with an address or a telephone number and without.
#[tokio::test]
async fn of_a_very_restricted_record_no_reason_is_given_and_no_address_is_guessed() {
    let app = spawn_app().await;
    let mut ana = person("Ana", "Ferreira", "1954-03-02", "MRN-7");
    ana["addresses"] = json!([{ "lines": ["12 Old Church Lane"], "city": "Bendigo", "postal_code": "3550" }]);
    ana["telecom"] = json!([{ "system": "phone", "value": "+41 44 555 01 23" }]);
    let id = registered(&app, ana.clone()).await;
    let (_, desk) = app.hire("rosa", Role::Receptionist, &[]).await;
    let (named, of_the_team) = app.hire("tom", Role::Receptionist, &[]).await;
    let member = json!({ "member": { "account": named }, "as": "team" });
    app.post(Role::Doctor, &format!("/api/v1/patients/{id}/care-team"), member).await.expect(200);
    let asked_by = async |token: &str, who: &Value| {
        let request = app.anonymous(Method::POST, "/api/v1/patients/match").bearer_auth(token).json(who);
        request.answer().await.expect(200).body["candidates"].clone()
    };
    let asked = async |who: &Value| asked_by(&desk, who).await;
    let mut bare = ana.clone();
    for known in ["addresses", "telecom", "identifiers"] {
        bare[known] = json!([]);
    }
    let mut full = ana.clone();
    full["identifiers"] = json!([]);
    let (short, long) = (asked(&bare).await, asked(&full).await);
    assert!(long[0]["reasons"].to_string().contains("street is the same"), "{long:#}");
    assert_ne!(short[0]["score"], long[0]["score"]);

    let label = json!({ "label": "V", "reason": "at the patient's request" });
    app.post(Role::PrivacyOfficer, &format!("/api/v1/patients/{id}/label"), label).await.expect(200);
    let (short, long) = (asked(&bare).await, asked(&full).await);
    assert_eq!(long[0]["id"], json!(id), "who they are is still found");
    assert_eq!(long[0]["reasons"], json!([]), "{long:#}");
    assert_eq!(short, long, "an address or a number tells nothing");
    let unnamed = json!({ "names": [{ "family": "Okafor", "given": ["Ngozi"] }], "birth_date": "1999-09-09",
        "addresses": ana["addresses"], "telecom": ana["telecom"] });
    assert_eq!(asked(&unnamed).await, json!([]), "nobody is found by where they live");
    let seen = asked_by(&of_the_team, &full).await;
    assert!(seen[0]["reasons"].to_string().contains("street is the same"), "who is named to care for her: {seen:#}");
}

/// Everybody in a care home shares its address: that does not keep who is described from being compared with who is
/// registered under the same name and birth date elsewhere.
#[tokio::test]
async fn a_house_full_of_people_does_not_crowd_out_the_same_person() {
    let app = spawn_app().await;
    let home = json!([{ "lines": ["12 Old Church Lane"], "city": "Bendigo", "postal_code": "3550" }]);
    let ana = registered(&app, person("Ana", "Ferreira", "1954-03-02", "MRN-7")).await;
    let letter = |n: u8| char::from(b'a' + n % 26);
    for n in 0..120_u8 {
        let family: String =
            [letter(n), 'o', letter(n / 26 + 3), 'u', letter(n.wrapping_mul(7)), 'i', 'k'].iter().collect();
        let mut resident = person(
            &format!("Z{family}"),
            &family,
            &format!("19{:02}-11-{:02}", 20 + n % 25, 1 + n % 28),
            &format!("R-{n}"),
        );
        resident["addresses"] = home.clone();
        registered(&app, resident).await;
    }
    let described = json!({ "names": [{ "family": "Ferreira", "given": ["Ana"] }], "birth_date": "1954-03-02",
        "addresses": home });
    let found = app.post(Role::Nurse, "/api/v1/patients/match", described).await.expect(200).body;
    assert_eq!(found["candidates"][0]["id"], json!(ana), "{found:#}");
}
