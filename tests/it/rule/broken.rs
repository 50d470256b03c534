use std::time::Duration;

use healthcare_application::{
    Call, Role,
    decision::{ReplayOutcome, replay_decision},
};
use healthcare_tests::{
    app::{Ask, spawn_app},
    server::until,
};
use reqwest::Method;
use serde_json::json;

use super::{Desk, document};
use crate::{
    medication::{no_known_allergies, of_rule, order, prescribe},
    patient::register,
    suggestion::{report, until as raised},
};

/// A rule in force whose class of drugs is gone from the knowledge, and one whose row is damaged: both are told of, and
/// the others are judged.
#[tokio::test]
async fn a_rule_that_cannot_be_judged_any_more_is_told_of_and_the_others_go_on() {
    let app = spawn_app().await;
    let desk = Desk::of(&app).await;
    desk.active(document("sound-rule", 1)).await;
    desk.active(document("spoilt-rule", 1)).await;
    desk.active(document("damaged-row", 1)).await;
    let ready = async || app.anonymous(Method::GET, "/readyz").answer().await.expect(200).body;
    assert_eq!((&ready().await["status"], ready().await.get("rules_broken")), (&json!("ready"), None));
    let owner = app.owner().await;
    let spoil = "update read.rule set version = version + 1,
        body = replace(body, 'ingredient:acetaminophen', 'class:of-yesterday') where name = 'spoilt-rule'";
    assert_eq!(owner.execute(spoil, &[]).await.expect("spoilt"), 1);
    let damage = "update read.rule set version = version + 1, body = '{' where name = 'damaged-row'";
    assert_eq!(owner.execute(damage, &[]).await.expect("damaged"), 1);

    until("it is told of", Duration::from_secs(20), async || {
        let now = ready().await;
        (now["rules_broken"] == 2 && now["status"] == "degraded").then_some(())
    })
    .await;
    let listed = desk.get("?broken=true").await.expect(200).body;
    let names: Vec<_> = listed["items"].as_array().expect("items").iter().map(|one| one["id"].clone()).collect();
    assert_eq!(names, ["damaged-row", "spoilt-rule"]);
    let spoilt = &listed["items"][1]["broken"];
    assert_eq!((&spoilt["version"], &spoilt["path"]), (&json!(1), &json!("when.drug.in[0]")), "{spoilt:#}");
    assert!(spoilt["reason"].as_str().is_some_and(|why| why.contains("of-yesterday")), "{spoilt:#}");
    assert!(desk.get("/damaged-row").await.expect(200).body["broken"]["reason"].is_string());

    let patient = register(&app).await;
    no_known_allergies(&app, &patient).await;
    let stopped = prescribe(&app, &patient, order("Paracetamol 500 MG Oral Tablet")).await;
    let stopped = stopped.expect_problem(409, "/problems/medication/findings", &[]);
    assert_eq!((of_rule(&stopped, "sound-rule").len(), of_rule(&stopped, "spoilt-rule").len()), (1, 0));
    // Who is about to sign learns what was not looked at.
    let unavailable = of_rule(&stopped, "rule-unavailable");
    assert_eq!((unavailable.len(), &unavailable[0]["severity"]), (1, &json!("warning")), "{unavailable:#?}");
    assert!(unavailable[0]["detail"].as_str().is_some_and(|detail| detail.contains("spoilt-rule")), "{unavailable:#?}");
    assert!(app.get(Role::RuleAuthor, "/api/v1/rules?state=active").await.expect(200).body["items"].is_array());

    // What was told of it then is told again, byte for byte; and where its words are gone, that nobody can tell.
    let newest = "select evaluation_id from es.evaluation where trigger = 'order-sign' order by at desc limit 1";
    let id = owner.query_one(newest, &[]).await.expect("an evaluation").get::<_, uuid::Uuid>(0);
    let ports = &app.platform.app;
    let replayed = async || replay_decision(ports, &Call::system(ports.clock.new_id()), id).await.expect("replayed");
    let again = replayed().await;
    assert!(matches!(again.outcome, ReplayOutcome::Same { .. }), "{again:#?}");
    let mend = "update read.rule set version = version + 1,
        body = replace(body, 'class:of-yesterday', 'ingredient:acetaminophen') where name = 'spoilt-rule'";
    owner.execute(mend, &[]).await.expect("mended");
    let ReplayOutcome::CannotTell { why, not_loaded } = replayed().await.outcome else { panic!("it compiles now") };
    assert!(why.contains("could not be judged then"), "{why}");
    assert_eq!(not_loaded, ["spoilt-rule 1"]);
}

/// Of what a rule said before it broke nothing is known any more: it stays open until somebody looks.
#[tokio::test]
async fn what_a_rule_said_before_it_broke_stays_open() {
    let app = spawn_app().await;
    let desk = Desk::of(&app).await;
    let rule = |id: &str| {
        let mut rule = document(id, 1);
        rule["triggers"] = json!(["lab.result.available"]);
        rule["when"] = json!({ "observation": { "value_set": "potassium", "unit": "mmol/L", "is": { "at_least": 6 },
            "within_hours": 24, "as": "result" } });
        rule["then"]["summary"] = json!("{result}: looked at twice");
        rule["then"]["detail"] = json!("{result}");
        let given = |value: &str| json!({ "observations": [{ "loinc": "2823-3", "value": value, "unit": "mmol/L" }] });
        rule["tests"] = json!([
            { "name": "high", "given": given("6.2"), "expect": { "fired": [["critical", "twice"]] } },
            { "name": "normal", "given": given("4.2"), "expect": "not_fired" },
        ]);
        rule
    };
    desk.active(rule("sound-lab")).await;
    desk.active(rule("spoilt-lab")).await;
    let patient = register(&app).await;
    report(&app, &patient, "6.4").await;
    for name in ["sound-lab", "spoilt-lab"] {
        raised(&app, &patient, name, &["open"]).await;
    }
    let owner = app.owner().await;
    let spoil = "update read.rule set version = version + 1,
        body = replace(body, '\"value_set\": \"potassium\"', '\"value_set\": \"of-yesterday\"') where name = 'spoilt-lab'";
    let tight = spoil.replace("\": \"", "\":\"");
    let spoilt = owner.execute(spoil, &[]).await.expect("spoilt") + owner.execute(&tight, &[]).await.expect("spoilt");
    assert!(spoilt > 0);
    let broken = async || app.anonymous(Method::GET, "/readyz").answer().await.expect(200).body["rules_broken"] == 1;
    until("it is told of", Duration::from_secs(20), async || broken().await.then_some(())).await;
    report(&app, &patient, "4.1").await;
    raised(&app, &patient, "sound-lab", &["withdrawn"]).await;
    raised(&app, &patient, "spoilt-lab", &["open"]).await;
}
