use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use healthcare_tests::app::{Answer, TestApp, spawn_app};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::{Key, PATIENT, bundle, call_as, cards, ketorolac, of_rule, register, registration, request, warfarin};

const SERVICE: &str = "/cds-services/order-sign";

/// A server of a client's: what it answers by path, and what it was asked.
struct Elsewhere {
    url: String,
    answers: Arc<Mutex<HashMap<String, (u16, String)>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Elsewhere {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (answers, asked) =
            (Arc::<Mutex<HashMap<String, (u16, String)>>>::default(), Arc::<Mutex<Vec<String>>>::default());
        let (says, hears) = (answers.clone(), asked.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (says, hears) = (says.clone(), hears.clone());
                tokio::spawn(async move {
                    let mut head = vec![];
                    let mut buffer = [0; 1024];
                    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
                        match stream.read(&mut buffer).await {
                            Ok(0) | Err(_) => return,
                            Ok(read) => head.extend_from_slice(&buffer[..read]),
                        }
                    }
                    let head = String::from_utf8_lossy(&head).into_owned();
                    let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
                    hears.lock().expect("whole").push(head);
                    let path = target.split('?').next().unwrap_or_default().to_owned();
                    let known = says.lock().expect("whole").get(&path).cloned();
                    let (status, body) = known.unwrap_or((404, String::new()));
                    // Where it would be sent on, nobody may follow.
                    let answer = format!(
                        "HTTP/1.1 {status} X\r\ncontent-type: application/fhir+json\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                        body.len()
                    );
                    stream.write_all(answer.as_bytes()).await.ok();
                });
            }
        });
        Self { url, answers, asked }
    }

    fn say(&self, path: &str, status: u16, body: &Value) {
        self.answers.lock().expect("whole").insert(path.to_owned(), (status, body.to_string()));
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("whole").clone()
    }
}

fn draft(server: &str) -> Value {
    let mut body = request("order-sign", json!({ "draftOrders": bundle(&[ketorolac("k", "draft")]) }));
    body["fhirServer"] = json!(server);
    body["fhirAuthorization"] = json!({ "access_token": "opaque-of-the-client", "token_type": "Bearer", "expires_in": 300,
        "scope": "patient/*.read", "subject": "cds" });
    body
}

async fn ask(app: &TestApp, key: &Key, server: &str) -> Answer {
    call_as(app, &key.token(app, SERVICE), "order-sign", &draft(server)).await
}

fn with_server(key: &Key, base: &str, private: bool) -> Value {
    let mut wanted = registration(key);
    wanted["fhir_servers"] = json!([{ "base": base, "private": private }]);
    wanted
}

/// A registered server is asked for what was not sent, with the token for it, and only for that.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registered_server_is_asked_for_what_was_not_sent() {
    let app = spawn_app().await;
    let elsewhere = Elsewhere::start().await;
    let base = format!("{}/fhir", elsewhere.url);
    elsewhere.say("/fhir/MedicationRequest", 200, &bundle(&[warfarin("w", "active")]));
    elsewhere.say(
        &format!("/fhir/Patient/{PATIENT}"),
        200,
        &json!({ "resourceType": "Patient", "id": PATIENT, "gender": "male", "birthDate": "1950-01-01" }),
    );
    elsewhere.say("/fhir/Condition", 500, &json!({}));
    elsewhere.say("/fhir/AllergyIntolerance", 200, &json!({ "resourceType": "Nothing" }));
    elsewhere.say("/fhir/Observation", 200, &bundle(&[]));
    let key = Key::new("one");
    register(&app, &with_server(&key, &base, true)).await;
    let answered = cards(ask(&app, &key, &base).await);
    assert_eq!(of_rule(&answered, "drug-interaction").len(), 1, "{answered:#?}");
    let [told] = of_rule(&answered, "(not-given)")[..] else { panic!("{answered:#?}") };
    let detail = told["detail"].as_str().expect("text");
    assert!(
        detail.contains("conditions") && detail.contains("allergies") && !detail.contains("medications"),
        "{detail}"
    );
    let asked = elsewhere.asked();
    assert_eq!(asked.len(), 6);
    assert!(asked.iter().all(|head| head.to_ascii_lowercase().contains("authorization: bearer opaque-of-the-client")));
    // What was sent is not asked for.
    let mut body = draft(&base);
    body["prefetch"] = super::prefetch(&[]);
    let answered = cards(call_as(&app, &key.token(&app, SERVICE), "order-sign", &body).await);
    assert!(of_rule(&answered, "drug-interaction").is_empty());
    assert_eq!(elsewhere.asked().len(), 6);
}

/// The hole "SSRF by a prefix" (HAPI CVE-2026-34359): no server is asked that is not registered for the client as a whole,
/// none at a private address unless that was said, and none that another one sends on to.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_server_is_asked_but_the_registered_one() {
    let app = spawn_app().await;
    let elsewhere = Elsewhere::start().await;
    let key = Key::new("one");
    let base = format!("{}/fhir", elsewhere.url);
    let client = register(&app, &with_server(&key, "https://ehr.example.org/fhir", false)).await;
    for other in [
        base.as_str(),
        "http://169.254.169.254/latest/meta-data",
        "https://ehr.example.org.evil.example/fhir",
        "https://ehr.example.org/fhir2",
        "https://ehr.example.org@127.0.0.1/fhir",
    ] {
        ask(&app, &key, other).await.expect_problem(
            412,
            "/problems/cds-hooks/lacking",
            &[
                "/prefetch/patient",
                "/prefetch/medications",
                "/prefetch/allergies",
                "/prefetch/conditions",
                "/prefetch/laboratory",
                "/prefetch/vitals",
            ],
        );
    }
    // Registered, and not as private: its address is not spoken to.
    let path = format!("{}/{client}", super::CLIENTS);
    let tls = base.replace("http://", "https://");
    let server = json!({ "fhir_servers": [{ "base": tls, "private": false }] });
    app.patch(healthcare_application::Role::Admin, &path, 1, server).await.expect(200);
    ask(&app, &key, &tls).await.expect(412);
    assert_eq!(elsewhere.asked().len(), 0);
    // Registered as private: asked, and where it sends on to is not.
    let server = json!({ "fhir_servers": [{ "base": base, "private": true }] });
    app.patch(healthcare_application::Role::Admin, &path, 2, server).await.expect(200);
    elsewhere.say("/fhir/MedicationRequest", 302, &json!({}));
    ask(&app, &key, &base).await.expect(412);
    assert_eq!(elsewhere.asked().len(), 6);
    // More than is read.
    elsewhere.say("/fhir/MedicationRequest", 200, &json!({ "resourceType": "Bundle", "id": "x".repeat(5 << 20) }));
    ask(&app, &key, &base).await.expect(412);
    // Another patient's.
    let mut foreign = warfarin("w", "active");
    foreign["subject"]["reference"] = json!("Patient/2");
    elsewhere.say("/fhir/MedicationRequest", 200, &bundle(&[foreign]));
    ask(&app, &key, &base).await.expect(412);
}

/// SECURITY 14: keys come from the address that is registered, at most once a minute for a key that is not there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn published_keys_are_asked_for_where_they_are_registered_and_not_at_each_request() {
    let app = spawn_app().await;
    let elsewhere = Elsewhere::start().await;
    let (key, other) = (Key::new("one"), Key::new("two"));
    elsewhere.say("/jwks.json", 200, &json!({ "keys": [key.public] }));
    let place = format!("{}/jwks.json", elsewhere.url);
    let wanted = json!({ "name": "EHR", "issuer": super::ISSUER, "jwks_url": place });
    register(&app, &wanted).await;
    let body = super::signing(&[ketorolac("k", "draft")], &[warfarin("w", "active")]);
    let call = async |token: String| call_as(&app, &token, "order-sign", &body).await.status;
    assert_eq!(call(key.token(&app, SERVICE)).await, 200);
    assert_eq!(call(key.token(&app, SERVICE)).await, 200);
    assert_eq!(elsewhere.asked().len(), 1);
    // Its own address may be named, another may not.
    let named = |jku: String| {
        let mut header = key.header();
        header.jku = Some(jku);
        key.sign(&header, &super::claims(&app, SERVICE))
    };
    assert_eq!(call(named(place.clone())).await, 200);
    assert_eq!(call(named(format!("{}/others.json", elsewhere.url))).await, 401);
    for _ in 0..3 {
        assert_eq!(call(other.token(&app, SERVICE)).await, 401);
    }
    assert_eq!(elsewhere.asked().len(), 1, "a key that is not known is not asked for within the minute");
}
