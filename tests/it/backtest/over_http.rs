use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use reqwest::Method;
use serde_json::{Value, json};

use super::{changed, ended, tried};
use crate::{
    patient::register,
    suggestion::{critical, report, reviewed},
    support::walk::both_ways,
};

const RULE: &str = "critical-potassium-high";
const BACKTESTS: &str = "/api/v1/rules/backtests";

/// A draft that asks for more is tried against the version in force: what falls away is counted, and who may not read a
/// chart sees a pseudonym and a day.
#[tokio::test]
async fn a_draft_is_tried_against_what_is_in_force() {
    let app = spawn_app().await;
    let (patient, _) = critical(&app).await;
    let other = register(&app).await;
    report(&app, &other, "6.2").await;
    reviewed(&app).await;
    let draft = changed(&app, RULE, |rule| {
        rule["version"] = json!(99);
        rule["when"]["observation"]["is"] = json!({ "at_least": "6.4" });
    });
    let shown = tried(&app, json!({ "rule": draft })).await;
    assert_eq!(shown["state"], "done", "{shown:#}");
    let report = &shown["report"];
    assert_eq!((&shown["candidate"]["version"], &shown["baseline"]["version"]), (&json!(99), &json!(2)));
    assert_eq!((&report["candidate"]["alerts"], &report["baseline"]["alerts"]), (&json!(1), &json!(2)), "{report:#}");
    let against = json!({ "same": 1, "added": 0, "removed": 1, "patients_added": 0, "patients_removed": 1 });
    assert_eq!(report["against"], against);
    let samples = shown["samples"].as_array().expect("samples");
    assert_eq!(samples.len(), 2, "{shown:#}");
    assert!(samples.iter().all(|one| one["patient"].is_null() && one["finding"].is_null() && one["at"].is_null()));
    assert!(!shown.to_string().contains(&patient), "a rule author learns of nobody");

    let path = format!("{BACKTESTS}/{}", shown["id"].as_str().expect("an id"));
    let of_doctor = app.get(Role::Doctor, &path).await.expect(200).body;
    let same = of_doctor["samples"].as_array().expect("samples").iter().find(|one| one["change"] == "same").unwrap();
    assert_eq!(same["patient"], json!(patient), "{same:#}");
    assert!(same["words"].as_str().is_some_and(|words| words.starts_with("met: ")), "{same:#}");
    assert_eq!(same["finding"]["version"], 99);
    let list = app.get(Role::Analyst, BACKTESTS).await.expect(200).body;
    assert_eq!((&list["items"][0]["id"], &list["items"][0]["samples"]), (&shown["id"], &json!([])));
}

/// Two versions, of which neither need be in force, are held against each other: what only the one says, and only the other.
#[tokio::test]
async fn two_versions_are_held_against_each_other() {
    let app = spawn_app().await;
    critical(&app).await;
    let other = register(&app).await;
    report(&app, &other, "6.3").await;
    reviewed(&app).await;
    let from = |version: u32, value: &str| {
        let document = changed(&app, RULE, |rule| {
            rule["version"] = json!(version);
            rule["when"]["observation"]["is"] = json!({ "at_least": value });
        });
        json!({ "rule": document })
    };
    let (strict, mild) = (from(98, "6.4"), from(99, "6.2"));
    let wider = tried(&app, json!({ "candidate": mild, "baseline": strict })).await;
    assert_eq!(wider["state"], "done", "{wider:#}");
    assert_eq!((&wider["candidate"]["version"], &wider["baseline"]["version"]), (&json!(99), &json!(98)));
    let alerts =
        |run: &Value| (run["report"]["candidate"]["alerts"].clone(), run["report"]["baseline"]["alerts"].clone());
    assert_eq!(alerts(&wider), (json!(2), json!(1)), "{wider:#}");
    let added = json!({ "same": 1, "added": 1, "removed": 0, "patients_added": 1, "patients_removed": 0 });
    assert_eq!(wider["report"]["against"], added);
    let changes = |run: &Value| {
        let samples = run["samples"].as_array().expect("samples").iter();
        let mut all: Vec<String> = samples.map(|one| one["change"].as_str().expect("a change").to_owned()).collect();
        all.sort();
        all
    };
    assert_eq!(changes(&wider), ["added", "same"]);

    // The other way round, and against one that is kept.
    let narrower = tried(&app, json!({ "candidate": strict, "baseline": mild })).await;
    assert_eq!(alerts(&narrower), (json!(1), json!(2)), "{narrower:#}");
    assert_eq!(changes(&narrower), ["removed", "same"]);
    let kept = tried(&app, json!({ "candidate": strict, "baseline": { "rule_id": RULE, "version": 2 } })).await;
    assert_eq!((&kept["baseline"]["version"], alerts(&kept)), (&json!(2), (json!(1), json!(2))), "{kept:#}");

    let now = app.platform.app.clock.now();
    let (since, until) = (json!(now - chrono::Duration::days(1)), json!(now));
    let ask = async |baseline: Value| {
        let body = json!({ "candidate": mild, "baseline": baseline, "from": since, "to": until });
        app.post(Role::RuleAuthor, BACKTESTS, body).await
    };
    let unknown = ask(json!({ "rule_id": RULE, "version": 77 })).await;
    unknown.expect_problem(422, "/problems/backtest/no-such-version", &["/baseline"]);
    ask(json!({ "version": 2 })).await.expect_problem(422, "/problems/backtest/unclear", &["/baseline"]);
    assert_eq!(app.count("governance.backtest").await, 3, "what is refused does not wait");
}

#[tokio::test]
async fn what_cannot_be_tried_is_refused_with_its_place() {
    let app = spawn_app().await;
    let now = app.platform.app.clock.now();
    let (from, to) = (json!(now - chrono::Duration::days(1)), json!(now));
    let ask = async |role: Role, body: serde_json::Value| app.post(role, BACKTESTS, body).await;
    let body = json!({ "rule_id": RULE, "from": from, "to": to });
    ask(Role::Nurse, body.clone()).await.expect_problem(403, "/problems/access/denied", &[]);
    ask(Role::Analyst, body.clone()).await.expect_problem(403, "/problems/access/denied", &[]);
    let unknown = json!({ "rule_id": "no-such-rule", "from": from, "to": to });
    ask(Role::RuleAuthor, unknown).await.expect_problem(422, "/problems/backtest/no-such-version", &["/candidate"]);
    let nothing = json!({ "from": from, "to": to });
    ask(Role::RuleAuthor, nothing).await.expect_problem(422, "/problems/backtest/unclear", &["/rule"]);
    let backwards = json!({ "rule_id": RULE, "from": to, "to": from });
    ask(Role::RuleAuthor, backwards).await.expect_problem(422, "/problems/backtest/time", &["/from"]);
    // Times that can be written, and that no log has and no database knows.
    for (from, to) in [
        ("1850-01-01T00:00:00Z", "1850-02-01T00:00:00Z"),
        ("-4800-01-01T00:00:00Z", "-4800-02-01T00:00:00Z"),
        ("-262143-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
    ] {
        let odd = json!({ "rule_id": RULE, "from": from, "to": to });
        ask(Role::RuleAuthor, odd).await.expect_problem(422, "/problems/backtest/time", &["/from"]);
    }
    assert_eq!(app.count("governance.backtest").await, 0, "none of them waits");
    let odd = json!({ "rule_id": RULE, "from": from, "to": to, "mode": "fast" });
    ask(Role::RuleAuthor, odd).await.expect_problem(422, "/problems/request/shape", &["/mode"]);
    let malformed = changed(&app, RULE, |rule| rule["when"]["observation"]["value_set"] = json!("nothing"));
    let malformed = json!({ "rule": malformed, "from": from, "to": to });
    ask(Role::RuleAuthor, malformed).await.expect_problem(422, "/problems/backtest/malformed", &["/candidate"]);
    app.get(Role::Nurse, BACKTESTS).await.expect_problem(403, "/problems/access/denied", &[]);
}

/// Asked twice under one key it is one; called off it stays so; what was left by a process that died goes on.
#[tokio::test]
async fn a_backtest_is_durable_is_asked_once_and_can_be_called_off() {
    let app = spawn_app().await;
    critical(&app).await;
    let now = app.platform.app.clock.now();
    let body = json!({ "rule_id": RULE, "from": now - chrono::Duration::days(1), "to": now });
    let send = async || {
        let request = app.request(Role::RuleAuthor, Method::POST, BACKTESTS).await;
        healthcare_tests::app::Ask::answer(request.header("idempotency-key", "once").json(&body)).await.expect(201)
    };
    let first = send().await;
    assert_eq!(send().await.id(), first.id());
    assert_eq!(app.count("governance.backtest").await, 1);
    let done = ended(&app, Role::RuleAuthor, &first.id()).await;
    assert_eq!(done["state"], "done");
    let cancel = format!("{BACKTESTS}/{}/cancel", first.id());
    app.post(Role::RuleAuthor, &cancel, json!({})).await.expect_problem(409, "/problems/backtest/over", &[]);

    // As it stands when the process that ran it has died.
    let owner = app.owner().await;
    owner
        .batch_execute(
            "update governance.backtest set state = 'running', worker = gen_random_uuid(), tally = null,
             resume_after = null, patients_done = 0, ended_at = null, seen_at = clock_timestamp() - interval '3 minutes'",
        )
        .await
        .expect("as of a dead process");
    let again = ended(&app, Role::RuleAuthor, &first.id()).await;
    assert_eq!(again["report"]["candidate"], done["report"]["candidate"]);

    owner
        .batch_execute("update governance.backtest set state = 'queued', requested_at = requested_at + interval '1 h'")
        .await
        .expect("queued");
    let shown = ended(&app, Role::RuleAuthor, &first.id()).await;
    assert_eq!(shown["state"], "done");
}

#[tokio::test]
async fn backtests_are_told_from_either_end() {
    let app = spawn_app().await;
    register(&app).await;
    for _ in 0..3 {
        let draft = changed(&app, RULE, |rule| rule["version"] = json!(99));
        tried(&app, json!({ "rule": draft })).await;
    }
    let all = both_ways(&app, Role::RuleAuthor, BACKTESTS, "-at").await;
    let shown = async |filter: &str| {
        let list = app.get(Role::RuleAuthor, &format!("{BACKTESTS}?{filter}")).await.expect(200).body;
        list["items"].as_array().expect("items").len()
    };
    let by = all[0]["requested_by"].as_str().expect("who").to_owned();
    let nobody = app.platform.app.clock.new_id();
    for (filter, count) in [
        (format!("rule={RULE}&state=done&requested_by={by}"), 3),
        (format!("rule={RULE}&limit=2"), 2),
        ("rule=another".to_owned(), 0),
        ("state=failed".to_owned(), 0),
        (format!("requested_by={nobody}"), 0),
    ] {
        assert_eq!(shown(&filter).await, count, "{filter}");
    }
    assert_eq!(app.get(Role::RuleAuthor, &format!("{BACKTESTS}?state=over")).await.status, 400);
}
