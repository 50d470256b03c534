use healthcare_application::Role;
use healthcare_tests::app::{TestApp, spawn_app};
use serde_json::{Value, json};

use super::{Somebody, note, signed};
use crate::{encounter::admit, patient::register};

async fn first_version(app: &TestApp, path: &str) -> Value {
    app.get(Role::Doctor, &format!("{path}/versions")).await.expect(200).body["items"][0].clone()
}

/// Whatever anybody tries: what was signed is there for ever, word by word, with the hash it was signed with.
#[tokio::test]
async fn a_signed_note_never_changes() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    admit(&app, &patient).await;
    let ann = Somebody::hired(&app, "ann", Role::Doctor, &["A"]).await;
    let ben = Somebody::hired(&app, "ben", Role::SeniorClinician, &["A"]).await;
    let path = ann.writes(&patient, signed("Op note", "Left knee.")).await;
    let was = first_version(&app, &path).await;
    assert_eq!((&was["content"]["sections"][0]["text"], &was["intact"]), (&json!("Left knee."), &json!(true)));

    let right = json!({ "sections": [{ "text": "Right knee." }] });
    for who in [&ann, &ben] {
        who.put(&format!("{path}/draft"), 2, right.clone()).await.expect_problem(409, "/problems/note/signed", &[]);
        who.post(&format!("{path}/discard"), json!({})).await.expect_problem(409, "/problems/note/signed", &[]);
        who.post(&format!("{path}/sign"), json!({})).await.expect_problem(409, "/problems/note/signed", &[]);
        who.post(&format!("{path}/cosign"), json!({})).await.expect(409);
    }
    let amend = |text: &str| json!({ "title": "Op note", "sections": [{ "text": text }], "reason": "the side" });
    let same =
        json!({ "title": "Op note", "sections": [{ "title": "Assessment", "text": "Left knee." }], "reason": "none" });
    ben.put(&path, 2, same).await.expect_problem(422, "/problems/note/nothing-amended", &["/sections"]);
    ben.put(&path, 1, amend("Right knee.")).await.expect_problem(412, "/problems/request/stale", &["If-Match"]);
    ben.put(&path, 2, amend("Right knee.")).await.expect(200);
    assert_eq!(first_version(&app, &path).await, was);

    let now = ann.get(&path).await.expect(200).body;
    assert_eq!((&now["status"], &now["sections"][0]["text"]), (&json!("amended"), &json!("Right knee.")));
    assert_eq!((&now["authors"], &now["versions"][0]["hash"]), (&json!([{ "account": ben.id }]), &was["hash"]));
    assert_eq!(now["versions"][1]["reason"], "the side");

    ann.post(&format!("{path}/entered-in-error"), json!({ "reason": "another patient" })).await.expect(200);
    for (verb, body) in
        [("entered-in-error", json!({ "reason": "again" })), ("cosign-requests", json!({ "of": { "role": "doctor" } }))]
    {
        let again = ben.post(&format!("{path}/{verb}"), body).await;
        again.expect_problem(409, "/problems/note/not-in-force", &[]);
    }
    ben.put(&path, 4, amend("Both.")).await.expect_problem(409, "/problems/note/not-in-force", &[]);
    assert_eq!(first_version(&app, &path).await, was);
    let struck = ann.get(&path).await.expect(200).body;
    assert_eq!(
        (&struck["status"], &struck["sections"][0]["text"]),
        (&json!("entered-in-error"), &json!("Right knee."))
    );
    assert_eq!(struck["entered_in_error_because"], "another patient");
    let list = ann.get(&format!("/api/v1/patients/{patient}/notes")).await.expect(200);
    assert_eq!(list.body["items"], json!([]));

    // Not by who holds the database either: the application's role changes no event, and no other role has the means.
    let client = healthcare_infrastructure::embedded::roles::connect(&app.database.urls.app.clone().into()).await;
    let client = client.expect("the application signs in");
    client.batch_execute("set app.scope = 'system'").await.expect("set");
    let refused = client.batch_execute("update es.event set payload = '' where stream_type = 'note'").await;
    assert_eq!(refused.expect_err("refused").code().map(|code| code.code()), Some("42501"));
    assert_eq!(app.count("es.event where event_type = 'note.amended'").await, 1);
}

/// A draft that goes on being written while it is signed: what is signed is one of the two, whole, and stays.
#[tokio::test]
async fn what_is_signed_while_somebody_writes_is_whole() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    admit(&app, &patient).await;
    let ann = Somebody::hired(&app, "ann", Role::Doctor, &["A"]).await;
    let (mut before, mut after) = (0, 0);
    for _ in 0..12 {
        let path = ann.writes(&patient, note("Round", "First.")).await;
        let (sign, draft) = (format!("{path}/sign"), format!("{path}/draft"));
        let more = json!({ "title": "Round", "sections": [{ "text": "Second." }] });
        let (signing, writing) = futures::join!(ann.post(&sign, json!({})), ann.put(&draft, 1, more));
        assert_eq!(signing.status, 200, "{signing:?}");
        let version = first_version(&app, &path).await;
        let text = version["content"]["sections"][0]["text"].as_str().expect("text").to_owned();
        match writing.status {
            200 => {
                assert_eq!(text, "Second.");
                after += 1;
            }
            409 | 412 => {
                assert_eq!(text, "First.");
                before += 1;
            }
            other => panic!("{other} {:#}", writing.body),
        }
        assert_eq!(version["intact"], true);
    }
    assert_eq!(before + after, 12);
}
