use std::{collections::BTreeMap, sync::Arc, time::Duration};

use healthcare_application::{
    Call, Role,
    decision::{ReplayOutcome, Replayed, justify_suggestion, replay_decision},
    rule::Rules,
};
use healthcare_domain::id::SuggestionId;
use healthcare_dss::knowledge::{Knowledge, KnowledgeSource};
use healthcare_tests::{
    app::{TestApp, spawn_app},
    server::{Server, until},
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    medication::{no_known_allergies, order, prescribe},
    suggestion::critical,
};

async fn replay(app: &TestApp, id: &str) -> Replayed {
    let ports = &app.platform.app;
    let call = Call::system(ports.clock.new_id());
    replay_decision(ports, &call, id.parse::<Uuid>().expect("an id")).await.expect("it is judged again")
}

/// Everything the engine judged comes out the same byte for byte: reviews, signed orders, and orders that were not signed.
#[tokio::test]
async fn every_judgement_comes_out_the_same() {
    let app = spawn_app().await;
    let (patient, suggestion) = critical(&app).await;
    no_known_allergies(&app, &patient).await;
    prescribe(&app, &patient, order("Warfarin 5 MG Oral Tablet")).await.expect(201);
    prescribe(&app, &patient, order("Ibuprofen 200 MG Oral Tablet")).await;
    let owner = app.owner().await;
    let judged = owner.query("select evaluation_id::text, edition from es.evaluation", &[]).await.expect("rows");
    assert!(judged.len() >= 3);
    for row in &judged {
        let again = replay(&app, row.get(0)).await;
        // What is typed at the laboratory is held against one rule alone.
        let least = if again.trigger == "laboratory-result-create" { 50 } else { 500 };
        assert!(matches!(again.outcome, ReplayOutcome::Same { bytes } if bytes > least), "{again:#?}");
        assert_eq!(again.edition, row.get(1));
        assert!(again.edition.is_some());
    }
    let id = suggestion.rsplit('/').next().expect("an id");
    assert_eq!(replay(&app, id).await.trigger, "lab.result.available");
    assert_eq!(app.count("decision.edition").await, 1, "the words are kept once");
    let now = app.platform.app.clock.now();
    assert_eq!(app.count("decision.rule_version").await, app.platform.app.rules.at(now).documents().count() as i64);
}

/// The knowledge was changed: what was judged by that of then is still there to be judged again, and to be justified.
#[tokio::test]
async fn changed_knowledge_leaves_what_was_judged_as_it_was() {
    let app = spawn_app().await;
    let (_, suggestion) = critical(&app).await;
    let id: Uuid = suggestion.rsplit('/').next().and_then(|id| id.parse().ok()).expect("an id");
    let mut platform = app.platform.clone();
    let ports = &mut platform.app;
    let mut files: BTreeMap<String, String> =
        serde_json::from_str(ports.rules.knowledge().words()).expect("the files by their names");
    let value_sets = files.get_mut("value-sets.json").expect("the value sets");
    *value_sets = value_sets.replace("\"title\": \"", "\"title\": \"Otherwise called ");
    let source = KnowledgeSource::of_files(&files).expect("all files");
    let changed = Knowledge::load(&source).expect("knowledge");
    assert_ne!(changed.sha256(), ports.rules.knowledge().sha256());
    ports.rules = Arc::new(Rules::shipped(Arc::new(changed)).expect("rules"));
    let call = Call::system(ports.clock.new_id());
    let again = replay_decision(ports, &call, id).await.expect("it is judged again");
    assert!(matches!(again.outcome, ReplayOutcome::Same { .. }), "{again:#?}");
    let why = justify_suggestion(ports, &call, SuggestionId(id), None).await.expect("a justification");
    assert_eq!((why.rules_of_then, why.rule.is_some()), ("the-same-words", true));
    assert!(why.others.iter().all(|other| other.source != "not-loaded"));

    // Without the words of then, by today's: it comes out otherwise, and nobody can tell why.
    app.owner().await.batch_execute("update es.evaluation set edition = null").await.expect("as of before");
    let again = replay_decision(ports, &call, id).await.expect("it is judged again");
    let ReplayOutcome::CannotTell { why, .. } = &again.outcome else { panic!("{again:#?}") };
    assert!(why.contains("knowledge"), "{why}");
}

/// Judged before editions were kept, by versions that are gone since, or by words that were tampered with: said plainly.
#[tokio::test]
async fn what_cannot_be_told_is_not_taken_for_the_same() {
    let app = spawn_app().await;
    let (_, suggestion) = critical(&app).await;
    let id = suggestion.rsplit('/').next().expect("an id");
    let owner = app.owner().await;
    owner.batch_execute("update es.evaluation set edition = null").await.expect("as of before");
    let again = replay(&app, id).await;
    assert!(matches!(again.outcome, ReplayOutcome::Same { .. }), "the versions are still loaded: {again:#?}");
    owner.batch_execute("update es.evaluation set edition = repeat('0', 64)").await.expect("an unknown edition");
    let again = replay(&app, id).await;
    let ReplayOutcome::CannotTell { why, .. } = &again.outcome else { panic!("{again:#?}") };
    assert!(why.contains("was not kept"), "{why}");
    app.get(Role::Doctor, &format!("{suggestion}/justification")).await.expect(200);
    assert_eq!(json!(again.outcome)["outcome"], "cannot-tell");
}

/// The command as an administrator runs it beside a server: 0 the same, 1 otherwise with what differs, 2 nobody can tell.
#[tokio::test]
async fn the_command_ends_with_what_it_found() {
    let directory = tempfile::Builder::new().prefix("healthcare-replay-").tempdir().expect("a directory");
    let server = Server::start(&["--demo"], &[], directory.path()).await;
    let first = "select evaluation_id from es.evaluation order by at limit 1";
    let id = until("an evaluation", Duration::from_secs(120), async || {
        let output = server.run(&["psql", "-c", first]).await;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.split_whitespace().find(|word| word.parse::<Uuid>().is_ok()).map(str::to_owned)
    })
    .await;
    let same = server.run(&["dss", "replay", &id]).await;
    let text = String::from_utf8_lossy(&same.stdout).into_owned();
    assert_eq!((same.status.code(), text.contains("the same: ")), (Some(0), true), "{text}");

    // As if the words had been another's: a rule of the edition is exchanged behind the record's back.
    let forge = "update decision.rule_version set document = replace(document, 'pregnan', 'PREGNAN')
        where document like '%pregnan%'";
    assert!(server.run(&["psql", "-c", forge]).await.status.success());
    let another =
        "update decision.edition set sha256 = repeat('1', 64); update es.evaluation set edition = repeat('1', 64)";
    assert!(server.run(&["psql", "-c", another]).await.status.success());
    let told = server.run(&["dss", "replay", "--json", &id]).await;
    let body: serde_json::Value = serde_json::from_slice(&told.stdout).expect("JSON");
    assert_eq!((told.status.code(), &body["outcome"]), (Some(2), &json!("cannot-tell")), "{body:#}");

    let nobody = server.run(&["dss", "replay", "01a200e9-e149-7141-94c1-387b0bec5f33"]).await;
    assert_eq!(nobody.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&nobody.stderr).contains("no evaluation"), "{nobody:?}");
}
