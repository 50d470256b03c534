//! What a site lays over the shipped knowledge.

use std::{fs, path::Path};

use healthcare_application::{
    Call,
    decision::{ReplayOutcome, replay_decision},
};
use healthcare_tests::{
    app::{Backing, spawn_app_with},
    server::run,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    medication::{no_known_allergies, of_rule, order, prescribe},
    patient::register,
};

const MINUTES: &str = "Minutes of 3 March 2026, item 4";

/// A pair of which nothing that ships speaks.
fn pair(second: &str) -> Value {
    json!({
        "reason": "Drug and Therapeutics Committee",
        "evidence": { "committee": { "citation": MINUTES, "grade": "local-practice", "source": "checked" } },
        "rows": [{
            "id": "house-loratadine-amoxicillin", "severity": "critical", "effect": "agreed to be looked at",
            "action": "Ask the pharmacy.", "evidence": "committee",
            "a": ["ingredient:loratadine"], "b": [format!("ingredient:{second}")]
        }]
    })
}

fn write(folder: &Path, interactions: &Value) {
    let case = json!({
        "rule": "drug-interaction", "name": "loratadine and amoxicillin",
        "given": { "draft": "Amoxicillin 500 MG Oral Capsule", "active": ["Loratadine 10 MG Oral Tablet"] },
        "expect": { "fired": [["critical", "agreed to be looked at"]] }
    });
    fs::write(folder.join("interactions.json"), interactions.to_string()).expect("written");
    fs::write(folder.join("tests.json"), json!({ "cases": [case] }).to_string()).expect("written");
    fs::write(folder.join("README.md"), "Left alone.").expect("written");
}

/// A pair of the site stops an order with the site's evidence; what judged is kept with its words, and is judged again alike
/// where the folder is not.
#[tokio::test]
async fn a_pair_of_the_site_interrupts_and_is_judged_again_without_its_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), &pair("amoxicillin"));
    let app = spawn_app_with(Backing { knowledge: Some(folder.path().to_owned()), ..Backing::default() }).await;
    let patient = register(&app).await;
    no_known_allergies(&app, &patient).await;
    prescribe(&app, &patient, order("Loratadine 10 MG Oral Tablet")).await.expect(201);
    let stopped = prescribe(&app, &patient, order("Amoxicillin 500 MG Oral Capsule")).await;
    let stopped = stopped.expect_problem(409, "/problems/medication/findings", &[]);
    let found = of_rule(&stopped, "drug-interaction");
    assert_eq!((found.len(), &found[0]["severity"]), (1, &json!("critical")), "{found:#?}");
    assert_eq!(found[0]["evidence"][0]["citation"], MINUTES);

    let kept = format!("decision.knowledge_version where files like '%{MINUTES}%'");
    assert_eq!(app.count(&kept).await, 1, "the words of the site are kept with what judged");
    let newest = "select evaluation_id from es.evaluation where trigger = 'order-sign' order by at desc limit 1";
    let judged: Uuid = app.owner().await.query_one(newest, &[]).await.expect("one").get(0);
    // These adapters were opened without the folder.
    let elsewhere = &app.platform.app;
    let again =
        replay_decision(elsewhere, &Call::system(elsewhere.clock.new_id()), judged).await.expect("judged again");
    assert!(matches!(again.outcome, ReplayOutcome::Same { .. }), "{again:?}");
}

/// What is wrong in a folder is told with the file, the place and the reason, before anything is started; and can be asked
/// beforehand.
#[tokio::test]
async fn a_folder_with_a_fault_is_refused_at_the_start_with_its_place() {
    let (folder, data) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a directory"));
    let environment = [
        ("HEALTHCARE_DATA_DIR", data.path().display().to_string()),
        ("HEALTHCARE_PORT", healthcare_tests::free_port().to_string()),
        ("HEALTHCARE_METRICS_PORT", healthcare_tests::free_port().to_string()),
        ("HEALTHCARE_KNOWLEDGE", folder.path().display().to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value));
    let named = folder.path().display().to_string();
    let checks = ["dss", "check-knowledge", named.as_str()];

    write(folder.path(), &pair("amoxiciline"));
    for command in [&["serve"][..], &checks[..]] {
        let output = run(command, &environment).await;
        let why = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{command:?}");
        assert!(why.contains("interactions.json: rows[0].b[0]: ") && why.contains("amoxiciline"), "{why}");
    }
    fs::remove_file(folder.path().join("interactions.json")).expect("removed");
    let output = run(&["serve"], &environment).await;
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && why.contains("no knowledge file is in it"), "an empty folder: {why}");
    assert!(!data.path().join("postgres").exists(), "nothing was started before");

    write(folder.path(), &pair("amoxicillin"));
    let output = run(&checks, &environment).await;
    let says = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(says.contains("interactions.json: 1 added, 0 changed, 0 left out: Drug and Therapeutics"), "{says}");
}
