use healthcare_application::Role;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Somebody, note, of, signed};
use crate::{encounter::admit, patient::register};

#[tokio::test]
async fn a_draft_is_its_authors_until_it_is_signed() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let stay = admit(&app, &patient).await;
    let ann = Somebody::hired(&app, "ann", Role::Doctor, &["A"]).await;
    let ben = Somebody::hired(&app, "ben", Role::Doctor, &["A"]).await;
    let list = format!("/api/v1/patients/{patient}/notes");
    let mut body = note("Admission", "Short of breath.");
    body["encounter"] = json!(stay);
    let path = ann.writes(&patient, body).await;

    let seen = ann.get(&path).await.expect(200);
    assert_eq!((seen.header("etag"), &seen.body["status"]), (Some("\"1\""), &json!("draft")));
    assert_eq!(seen.body["authors"], json!([{ "account": ann.id }]));
    ben.get(&path).await.expect(404);
    ben.get(&format!("{path}/versions")).await.expect(404);
    assert_eq!(
        (of(&ann.get(&list).await, "status"), of(&ben.get(&list).await, "status").len()),
        (vec!["draft".into()], 0)
    );
    let chart = async |who: &Somebody<'_>| {
        who.get(&format!("/api/v1/patients/{patient}/chart")).await.expect(200).body["notes"]["items"].clone()
    };
    assert_eq!(chart(&ann).await, json!([]), "a draft is in nobody's chart");

    let more = json!({ "sections": [{ "text": "Short of breath since two days." }], "encounter": stay });
    ben.put(&format!("{path}/draft"), 1, more.clone()).await.expect_problem(403, "/problems/note/not-the-author", &[]);
    ben.post(&format!("{path}/sign"), json!({})).await.expect_problem(403, "/problems/note/not-the-author", &[]);
    ben.post(&format!("{path}/discard"), json!({})).await.expect_problem(403, "/problems/note/not-the-author", &[]);
    ann.put(&format!("{path}/draft"), 7, more.clone()).await.expect_problem(
        412,
        "/problems/request/stale",
        &["If-Match"],
    );
    let blind = app.anonymous(Method::PUT, &format!("{path}/draft")).bearer_auth(&ann.token).json(&more);
    blind.answer().await.expect_problem(428, "/problems/request/precondition-required", &["If-Match"]);
    ann.put(&format!("{path}/draft"), 1, more).await.expect(200);
    ann.post(&format!("{path}/sign"), json!({})).await.expect(200);

    let seen = ben.get(&path).await.expect(200).body;
    assert_eq!((&seen["status"], &seen["intact"], &seen["encounter"]), (&json!("signed"), &json!(true), &json!(stay)));
    assert_eq!(seen["sections"][0]["text"], "Short of breath since two days.");
    assert_eq!(seen["hash"].as_str().map(str::len), Some(64));
    let shown = chart(&ben).await;
    assert_eq!(
        (&shown[0]["title"], &shown[0]["excerpt"]),
        (&json!("Admission"), &json!("Short of breath since two days."))
    );
    assert_eq!(app.count("es.event where event_type = 'note.signed'").await, 1);
}

#[tokio::test]
async fn a_draft_that_is_thrown_away_leaves_no_words() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    admit(&app, &patient).await;
    let ann = Somebody::hired(&app, "ann", Role::Doctor, &["A"]).await;
    let path = ann.writes(&patient, note("Wrong window", "Somebody else's story.")).await;
    ann.post(&format!("{path}/discard"), json!({})).await.expect(200);
    ann.get(&path).await.expect(404);
    ann.post(&format!("{path}/sign"), json!({})).await.expect_problem(409, "/problems/note/not-in-force", &[]);
    let words = "read.note where text <> '' or words <> ''";
    assert_eq!(app.count(words).await, 0);
    assert_eq!(app.count("read.entry where body like '%story%'").await, 0);
    assert_eq!(app.count("read.inbox").await, 0);
}

#[tokio::test]
async fn what_cannot_be_a_note_is_refused_with_its_place() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/notes");
    let with = |field: &str, value: Value| {
        let mut body = signed("Round", "Stable.");
        body[field] = value;
        body
    };
    let other = admit(&app, &register(&app).await).await;
    for (body, kind, place) in [
        (with("colour", json!("red")), "/problems/request/shape", "/colour"),
        (with("note_type", Value::Null), "/problems/note/no-type", "/note_type"),
        (with("title", json!(" ")), "/problems/note/no-title", "/title"),
        (with("title", json!("")), "/problems/request/invalid", "/title"),
        (with("sections", json!([{ "text": " " }])), "/problems/note/says-nothing", "/sections"),
        (
            with("sections", json!([{ "text": "x".repeat(60_000) }, { "text": "x".repeat(60_000) }])),
            "/problems/note/too-long",
            "/sections",
        ),
        (with("encounter", json!(other)), "/problems/request/foreign-reference", "/encounter"),
        (with("template", json!(other)), "/problems/note/no-such-template", "/template"),
    ] {
        app.post(Role::Doctor, &path, body).await.expect_problem(422, kind, &[place]);
    }
    let cosigner = with("cosigners", json!([{ "role": "receptionist" }]));
    app.post(Role::Doctor, &path, cosigner).await.expect_problem(422, "/problems/note/no-such-cosigner", &[]);
    let who = app.post(Role::Receptionist, &path, signed("Round", "Stable.")).await;
    who.expect_problem(403, "/problems/access/denied", &[]);
    assert_eq!(app.count("es.event where stream_type = 'note'").await, 0);
    let nobody = format!("/api/v1/patients/{other}/notes");
    app.post(Role::Doctor, &nobody, signed("Round", "Stable.")).await.expect(404);
}

#[tokio::test]
async fn the_same_key_at_once_writes_one_note() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/notes");
    app.token(Role::Doctor).await;
    let ask = async || {
        let request = app.request(Role::Doctor, Method::POST, &path).await.header("idempotency-key", "round-1");
        request.json(&signed("Round", "Stable.")).answer().await
    };
    let answers = futures::future::join_all((0..8).map(|_| ask())).await;
    let written: Vec<_> = answers.iter().filter(|answer| answer.status == 201).map(|answer| answer.id()).collect();
    assert!(!written.is_empty() && written.iter().all(|id| *id == written[0]), "{answers:?}");
    assert!(answers.iter().all(|answer| matches!(answer.status, 201 | 409)), "{answers:?}");
    assert_eq!(app.count("es.event where event_type = 'note.signed'").await, 1);
}
