use std::collections::BTreeMap;

use healthcare_application::Role;
use healthcare_infrastructure::{database::Database, rebuild::rebuild_read};
use healthcare_tests::app::{TestApp, spawn_app};
use serde_json::json;

use crate::{
    encounter::admit,
    note::{Somebody, note, signed},
    patient::register,
    plan::{diabetes, followed},
};

async fn contents(app: &TestApp) -> BTreeMap<&'static str, Vec<String>> {
    let owner = app.owner().await;
    let mut all = BTreeMap::new();
    for table in ["note", "inbox", "entry"] {
        let rows = owner.query(&format!("select t::text from read.{table} t order by 1"), &[]).await.expect("rows");
        all.insert(table, rows.iter().map(|row| row.get(0)).collect());
    }
    all
}

/// Written, signed, amended, struck out, thrown away, asked for and done: a rebuild gives the same rows, byte for byte, and
/// the guard and the index with them.
#[tokio::test]
async fn a_rebuild_gives_the_same_notes_plans_and_inboxes() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    admit(&app, &patient).await;
    let ann = Somebody::hired(&app, "ann", Role::Doctor, &["A"]).await;
    let ben = Somebody::hired(&app, "ben", Role::SeniorClinician, &["A"]).await;
    let mut cosigned = signed("Signed", "Größe 1,80 m; infections.");
    cosigned["cosigners"] = json!([{ "account": ben.id }, { "role": "senior_clinician" }]);
    let path = ann.writes(&patient, cosigned).await;
    ben.post(&format!("{path}/cosign"), json!({})).await.expect(200);
    ann.put(&path, 5, json!({ "title": "Signed", "sections": [{ "text": "Left." }], "reason": "side" }))
        .await
        .expect(200);
    let struck = ann.writes(&patient, signed("Struck", "Wrong.")).await;
    ann.post(&format!("{struck}/entered-in-error"), json!({ "reason": "wrong" })).await.expect(200);
    let gone = ann.writes(&patient, note("Gone", "Nothing.")).await;
    ann.post(&format!("{gone}/discard"), json!({})).await.expect(200);
    ann.writes(&patient, note("Draft", "So far.")).await;
    let plan = ann.plans(&patient, followed()).await;
    ann.post(
        &format!("{plan}/activities"),
        json!({ "what": { "text": "Weigh" }, "assigned_to": { "account": ann.id } }),
    )
    .await
    .expect(200);
    ann.post(&format!("{plan}/activities/1/skip"), json!({ "reason": "away" })).await.expect(200);
    ann.plans(&patient, diabetes()).await;

    let live = contents(&app).await;
    assert_eq!((live["note"].len(), live["inbox"].len()), (4, 4), "{:#?}", live["inbox"]);
    let owner = Database::connect(&app.database.urls.owner.clone().into(), 2).expect("a URL");
    rebuild_read(&owner, app.platform.store.codec()).await.expect("rebuilt");
    assert_eq!(contents(&app).await, live);
    let indexes = "pg_indexes where schemaname = 'read' and indexname in ('note_words', 'inbox_of_role')";
    assert_eq!(app.count(indexes).await, 2);
    let found = ann.post("/api/v1/notes/search", json!({ "words": "left" })).await.expect(200);
    assert_eq!(found.body["items"].as_array().map(Vec::len), Some(1), "the search reads the tables that serve now");
    let client = healthcare_infrastructure::embedded::roles::connect(&app.database.urls.app.clone().into())
        .await
        .expect("a session");
    for table in ["read.note", "read.inbox"] {
        let seen = client.query_one(&format!("select count(*) from {table}"), &[]).await.expect("a count");
        assert_eq!(seen.get::<_, i64>(0), 0, "{table} shows nothing to who says nothing");
    }
    let found = client.query_one("select count(*) from access.notes_matching(to_tsquery('simple', 'left'))", &[]).await;
    assert_eq!(found.expect("a count").get::<_, i64>(0), 0, "nor does the search");
}
