//! What is wrong with a request is said with its place, and nothing is stored.

use healthcare_application::Role;
use healthcare_tests::app::{Answer, Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use crate::patient::{ana, register};

const PATIENTS: &str = "/api/v1/patients";

async fn send(app: &TestApp, body: impl Into<reqwest::Body>) -> Answer {
    app.request(Role::Receptionist, Method::POST, PATIENTS).await.body(body).answer().await
}

fn with(field: &str, value: Value) -> String {
    let mut person = ana();
    person[field] = value;
    person.to_string()
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused() {
    let app = spawn_app().await;
    let shape = "/problems/request/shape";
    let cases: [(String, u16, &str, &[&str]); 12] = [
        ("{\"names\": [".into(), 400, "/problems/request/not-json", &[]),
        ("<Patient/>".into(), 400, "/problems/request/not-json", &[]),
        (format!("{} {{}}", ana()), 400, "/problems/request/not-json", &[]),
        ("[]".into(), 422, shape, &[""]),
        (with("nickname", json!("Aninha")), 422, shape, &["/nickname"]),
        (with("gender", json!("f")), 422, shape, &["/gender"]),
        (with("names", json!([{ "family": 7 }])), 422, shape, &["/names/0/family"]),
        (with("names", json!([["Ferreira", ["Ana"]]])), 422, shape, &["/names/0"]),
        (json!(ana().as_object().expect("a person").values().collect::<Vec<_>>()).to_string(), 422, shape, &[""]),
        (with("birth_date", json!("1954-02-30")), 422, shape, &["/birth_date"]),
        (with("birth_date", json!("2901-01-01")), 422, "/problems/patient/born-in-the-future", &["/birth_date"]),
        (with("names", json!([])), 422, "/problems/request/invalid", &["/names"]),
    ];
    for (body, status, kind, places) in cases {
        send(&app, body).await.expect_problem(status, kind, places);
    }
    let secret = send(&app, with("birth_date", json!("born on a Tuesday in Braga"))).await;
    assert!(!secret.body.to_string().contains("Braga"), "a problem does not quote what a field held");
    let endless = send(&app, with("language", json!("x".repeat(2 << 20)))).await;
    endless.expect_problem(413, "/problems/request/body", &[]);
    assert_eq!(app.clinical_events().await, 0);
}

/// A birth date of tomorrow, by the day of the site (UTC here), is one of the future; that of today is a newborn's.
#[tokio::test]
async fn nobody_is_born_tomorrow() {
    let app = spawn_app().await;
    let clock = &app.platform.app.clock;
    let future = "/problems/patient/born-in-the-future";
    // Asked again where midnight fell between the question and its answer.
    let (typed, changed, path) = loop {
        let path = format!("{PATIENTS}/{}", register(&app).await);
        let today = clock.now().date_naive();
        let tomorrow = json!(today + chrono::Days::new(1));
        let typed = send(&app, with("birth_date", tomorrow.clone())).await;
        let changed = app.patch(Role::Receptionist, &path, 1, json!({ "birth_date": tomorrow })).await;
        if clock.now().date_naive() == today {
            break (typed, changed, path);
        }
    };
    typed.expect_problem(422, future, &["/birth_date"]);
    changed.expect_problem(422, future, &["/birth_date"]);
    let unchanged = app.get(Role::Receptionist, &path).await.expect(200);
    assert_eq!(unchanged.body["birth_date"], ana()["birth_date"]);
    let newborn = json!(clock.now().date_naive());
    send(&app, with("birth_date", newborn)).await.expect(201);
}

#[tokio::test]
async fn signing_in_is_as_strict() {
    let app = spawn_app().await;
    let cases: [(&str, u16, &str, &[&str]); 3] = [
        ("{", 400, "/problems/request/not-json", &[]),
        ("{\"username\": \"ana\"}", 422, "/problems/request/shape", &[""]),
        (
            "{\"username\": \"ana\", \"password\": \"x\", \"role\": \"admin\"}",
            422,
            "/problems/request/shape",
            &["/role"],
        ),
    ];
    for (body, status, kind, places) in cases {
        for path in ["/api/v1/auth/login"] {
            let answer = app.anonymous(Method::POST, path).body(body).answer().await;
            answer.expect_problem(status, kind, places);
        }
    }
    let wrong = app.anonymous(Method::POST, "/api/v1/auth/login").json(&json!({ "username": "x", "password": "y" }));
    wrong.answer().await.expect_problem(401, "/problems/access/sign-in", &[]);
    let spent = app.anonymous(Method::POST, "/api/v1/auth/refresh").json(&json!({ "refresh_token": 7 }));
    spent.answer().await.expect_problem(422, "/problems/request/shape", &["/refresh_token"]);
}

#[tokio::test]
async fn a_change_says_which_version_it_saw() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("{PATIENTS}/{patient}");
    let blind = app.request(Role::Receptionist, Method::PATCH, &path).await.json(&json!({ "gender": "other" }));
    blind.answer().await.expect_problem(428, "/problems/request/precondition-required", &["If-Match"]);
    let odd = app.request(Role::Receptionist, Method::PATCH, &path).await.header("if-match", "\"new\"");
    odd.json(&json!({})).answer().await.expect_problem(400, "/problems/request/header", &["If-Match"]);
    app.patch(Role::Receptionist, &path, 1, json!({ "gender": "other" })).await.expect(200);
    let stale = app.patch(Role::Receptionist, &path, 1, json!({ "gender": "male" })).await;
    let stale = stale.expect_problem(412, "/problems/request/stale", &["If-Match"]);
    assert_eq!(stale.body["current_version"], 2);
    let untrue = app.patch(Role::Receptionist, &path, 2, json!({ "birth_date": "2901-01-01" })).await;
    untrue.expect_problem(422, "/problems/patient/born-in-the-future", &["/birth_date"]);
    assert_eq!(app.clinical_events().await, 2);
}

#[tokio::test]
async fn a_path_that_is_not_there_differs_from_a_method_it_does_not_know() {
    let app = spawn_app().await;
    app.get(Role::Nurse, "/api/v1/nothing").await.expect_problem(404, "/problems/request/not-found", &[]);
    app.get(Role::Nurse, "/api/v1/patients/not-a-uuid").await.expect_problem(
        400,
        "/problems/request/parameter",
        &["id"],
    );
    let unknown = app.get(Role::Nurse, "/api/v1/patients?nmae=ana").await;
    unknown.expect_problem(400, "/problems/request/parameter", &["nmae"]);
    let method = app.request(Role::Nurse, Method::DELETE, PATIENTS).await.answer().await;
    let method = method.expect_problem(405, "/problems/request/method", &[]);
    assert_eq!(method.header("allow"), Some("GET, HEAD, POST"));
    let news2 = app.get(Role::Nurse, "/api/v1/scores/news2").await;
    assert_eq!(news2.expect_problem(405, "/problems/request/method", &[]).header("allow"), Some("POST"));
}

/// A text with a zero byte is told apart from a database that is down: it is refused, wherever it stands, and nothing is stored.
#[tokio::test]
async fn a_text_with_a_zero_byte_is_refused_or_means_nothing() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let before = app.clinical_events().await;
    let problem = json!({ "code": { "text": "asthma\u{0}", "coding": [{ "system": "a\u{0}", "code": "b\u{0}" }] } });
    let stored = app.post(Role::Doctor, &format!("{PATIENTS}/{patient}/problems"), problem).await;
    stored.expect_problem(422, "/problems/request/out-of-range", &[]);
    let person = json!({ "names": [{ "family": "Fer\u{0}reira" }], "birth_date": "1980-01-01", "gender": "female" });
    app.post(Role::Receptionist, PATIENTS, person).await.expect_problem(422, "/problems/request/out-of-range", &[]);
    assert_eq!(app.clinical_events().await, before);
    let searched = app.get(Role::Nurse, &format!("{PATIENTS}?name=Fer%00reira")).await;
    searched.expect_problem(400, "/problems/request/parameter", &["name"]);
}

/// A time before the calendar of PostgreSQL begins is told apart from a database that is down.
#[tokio::test]
async fn a_time_beyond_what_the_record_can_hold_is_refused() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let long_ago = "-9999-01-01T00:00:00Z";
    let chart = app.get(Role::Doctor, &format!("{PATIENTS}/{patient}/chart?as_of={long_ago}")).await;
    chart.expect_problem(422, "/problems/request/out-of-range", &[]);
    let admit = json!({ "class": "inpatient", "ward": "East", "admitted_at": long_ago });
    let before = app.clinical_events().await;
    let refused = app.post(Role::Receptionist, &format!("{PATIENTS}/{patient}/encounters"), admit).await;
    assert!([400, 422].contains(&refused.status), "{refused:?}");
    assert_eq!(app.clinical_events().await, before);
}

#[tokio::test]
async fn a_body_says_that_it_is_json_or_nothing() {
    let app = spawn_app().await;
    let send = async |kind: Option<&str>| {
        let request = app.request(Role::Receptionist, Method::POST, PATIENTS).await;
        let request = if let Some(kind) = kind { request.header("content-type", kind) } else { request };
        request.body(with("identifiers", json!([]))).answer().await
    };
    for other in ["text/plain", "application/xml", "application/json; charset=latin1"] {
        send(Some(other)).await.expect_problem(415, "/problems/request/content-type", &["Content-Type"]);
    }
    assert_eq!(app.clinical_events().await, 0);
    send(Some("application/json; charset=utf-8")).await.expect(201);
}

#[tokio::test]
async fn head_is_the_head_of_what_get_answers_and_recorded_once() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("{PATIENTS}/{patient}");
    let seen = app.get(Role::Doctor, &path).await.expect(200);
    let head = app.request(Role::Doctor, Method::HEAD, &path).await.send().await.expect("an answer");
    assert_eq!(head.status(), 200);
    let etag = head.headers().get("etag").and_then(|etag| etag.to_str().ok());
    assert_eq!(etag, seen.header("etag"));
    let request = head.headers()["x-request-id"].to_str().expect("an id").to_owned();
    assert_eq!(head.bytes().await.expect("a body").len(), 0);
    assert_eq!(app.count(&format!("audit.entry where request = '{request}'")).await, 1);
    let nobody = app.anonymous(Method::HEAD, &path).send().await.expect("an answer");
    assert_eq!(nobody.status(), 401);
    let posted = app.request(Role::Doctor, Method::HEAD, "/api/v1/scores/news2").await.send().await.expect("an answer");
    assert_eq!(posted.status(), 405);
}
