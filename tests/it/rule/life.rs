use healthcare_application::Role;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::json;

use super::{Desk, document};

const RULE: &str = "twice-paracetamol";

/// SECURITY 38: nobody puts into force alone what they wrote.
#[tokio::test]
async fn a_rule_comes_into_force_by_a_second_person_alone() {
    let app = spawn_app().await;
    let desk = Desk::of(&app).await;
    let drafted = desk.draft(document(RULE, 1)).await.expect(201);
    assert_eq!(drafted.header("location"), Some("/api/v1/rules/twice-paracetamol/versions/1"));
    let one = |verb: &str| format!("/{RULE}/versions/1/{verb}");
    let because = json!({ "reason": "reviewed" });
    let early = desk.post(&desk.second, &one("shadow"), because.clone()).await;
    early.expect_problem(409, "/problems/rule/not-tested", &[]);
    let report = desk.post(&desk.first, &one("test"), json!({})).await.expect(200).body["report"].clone();
    assert_eq!(
        (&report["fired"], &report["not_fired"], &report["cases"][0]["passed"]),
        (&json!(1), &json!(1), &json!(true))
    );
    let early = desk.post(&desk.second, &one("activate"), because.clone()).await;
    early.expect_problem(409, "/problems/rule/not-shadowed", &[]);
    for verb in ["shadow", "activate"] {
        let state = if verb == "shadow" { "tested" } else { "shadow" };
        assert_eq!(desk.get(&format!("/{RULE}")).await.expect(200).body["state"], state);
        let alone = desk.post(&desk.first, &one(verb), because.clone()).await;
        alone.expect_problem(409, "/problems/rule/second-person", &[]);
        let denied = app.post(Role::Doctor, &format!("/api/v1/rules{}", one(verb)), because.clone()).await;
        denied.expect_problem(403, "/problems/access/denied", &[]);
        // Who leads a shift may be the second person as well.
        let by_senior = app.post(Role::SeniorClinician, &format!("/api/v1/rules{}", one(verb)), because.clone()).await;
        assert_eq!(by_senior.expect(200).body["outcome"], "done");
    }
    let alone = desk.post(&desk.first, &one("retire"), because.clone()).await;
    alone.expect_problem(409, "/problems/rule/second-person", &[]);
    desk.post(&desk.second, &one("retire"), because.clone()).await.expect(200);
    let again = desk.post(&desk.second, &one("retire"), because).await;
    again.expect_problem(409, "/problems/rule/already-retired", &[]);
    assert_eq!(desk.get(&format!("/{RULE}")).await.expect(200).body["state"], "retired");

    // Who, when and why, in the history and in the trail.
    let history = desk.get(&format!("/{RULE}/versions")).await.expect(200).body;
    let steps: Vec<_> =
        history["items"][0]["steps"].as_array().expect("steps").iter().map(|s| s["event"].clone()).collect();
    let expected = ["ruleset.drafted", "ruleset.tested", "ruleset.shadowed", "ruleset.activated", "ruleset.retired"];
    assert_eq!(steps, expected);
    assert!(history["items"][0]["steps"][2]["by"].is_string() && history["items"][0]["steps"][2]["at"].is_string());
    assert_eq!(history["items"][0]["steps"][0]["reason"], "asked for by the ward");
    let trail = async |action: &str| {
        app.count(&format!(
            "audit.entry where action = '{action}' and outcome = 'allowed' and fields = 'system' and note is null"
        ))
        .await
    };
    assert_eq!((trail("write_rules").await, trail("approve_rules").await), (2, 3));
    assert_eq!(app.count("audit.entry where action = 'approve_rules' and outcome = 'denied'").await, 2, "the doctor's");
}

#[tokio::test]
async fn a_document_is_refused_with_the_place_and_the_reason() {
    let app = spawn_app().await;
    let desk = Desk::of(&app).await;
    let mut unknown = document(RULE, 1);
    unknown["when"] = json!({ "all": [{ "drug": { "of": "draft", "in": ["class:no-such-class"] } }] });
    let refused = desk.draft(unknown).await;
    let refused = refused.expect_problem(422, "/problems/rule/document", &["/document/when/all/0/drug/in/0"]);
    assert!(refused.body["errors"][0]["detail"].as_str().is_some_and(|why| !why.is_empty()), "{:#}", refused.body);
    let mut misspelt = document(RULE, 1);
    misspelt["severety"] = json!("critical");
    desk.draft(misspelt).await.expect_problem(422, "/problems/request/shape", &["/document/severety"]);
    let unsaid = desk.post(&desk.first, "", json!({ "document": document(RULE, 1) })).await;
    unsaid.expect_problem(422, "/problems/request/shape", &[""]);
    assert_eq!(app.count("es.event where stream_type = 'rule'").await, 0);
    for role in [Role::SeniorClinician, Role::Doctor, Role::Nurse, Role::Admin] {
        let body = json!({ "document": document(RULE, 1), "reason": "because" });
        app.post(role, "/api/v1/rules", body).await.expect_problem(403, "/problems/access/denied", &[]);
    }
}

#[tokio::test]
async fn tests_that_fail_or_show_only_one_side_keep_a_version_a_draft() {
    let app = spawn_app().await;
    let desk = Desk::of(&app).await;
    let mut one_sided = document(RULE, 1);
    one_sided["tests"].as_array_mut().expect("tests").pop();
    desk.draft(one_sided).await.expect(201);
    let test = format!("/{RULE}/versions/1/test");
    let refused = desk.post(&desk.first, &test, json!({})).await;
    refused.expect_problem(422, "/problems/rule/not-covered", &["/document/tests"]);

    let revise = async |document: serde_json::Value, seen: &str| {
        let request = app.anonymous(Method::PUT, &format!("/api/v1/rules/{RULE}/versions/1")).bearer_auth(&desk.first);
        let request = if seen.is_empty() { request } else { request.header("if-match", seen) };
        request.json(&json!({ "document": document, "reason": "a second case" })).answer().await
    };
    let mut wrong = document(RULE, 1);
    wrong["tests"][1]["expect"] = json!({ "fired": [["critical", "twice"]] });
    wrong["tests"]
        .as_array_mut()
        .expect("tests")
        .push(json!({ "name": "nothing", "given": {}, "expect": "not_fired" }));
    revise(wrong.clone(), "").await.expect_problem(428, "/problems/request/precondition-required", &["If-Match"]);
    revise(wrong.clone(), "\"7\"").await.expect_problem(412, "/problems/request/stale", &["If-Match"]);
    revise(document(RULE, 2), "\"1\"").await.expect_problem(422, "/problems/rule/another-rule", &["/document/id"]);
    revise(wrong, "\"1\"").await.expect(200);
    let failed = desk.post(&desk.first, &test, json!({})).await.expect(200).body;
    assert_eq!(
        (&failed["passed"], &failed["report"]["cases"][1]["passed"]),
        (&json!(false), &json!(false)),
        "{failed:#}"
    );
    assert!(
        failed["report"]["cases"][1]["came"].as_str().is_some_and(|came| came.starts_with("not fired")),
        "{failed:#}"
    );
    let kept = desk.get(&format!("/{RULE}/versions/1")).await.expect(200);
    assert_eq!((&kept.body["state"], &kept.body["tested"]["fired"]), (&json!("draft"), &json!(2)));

    revise(document(RULE, 1), "\"3\"").await.expect(200);
    assert_eq!(desk.post(&desk.first, &test, json!({})).await.expect(200).body["passed"], true);
    revise(document(RULE, 1), "\"5\"").await.expect_problem(409, "/problems/rule/immutable", &[]);
    desk.post(&desk.first, &test, json!({})).await.expect_problem(409, "/problems/rule/immutable", &[]);
}

#[tokio::test]
async fn a_command_that_is_sent_twice_is_done_once() {
    let app = spawn_app().await;
    let desk = Desk::of(&app).await;
    let send = async |path: &str, token: &str, body: serde_json::Value| {
        let request = app.anonymous(Method::POST, &format!("/api/v1/rules{path}")).bearer_auth(token);
        request.header("idempotency-key", format!("once{path}")).json(&body).answer().await
    };
    let draft = json!({ "document": document(RULE, 1), "reason": "asked for" });
    let first = send("", &desk.first, draft.clone()).await.expect(201);
    let again = send("", &desk.first, draft).await.expect(201);
    assert_eq!((again.header("idempotent-replayed"), &again.body), (Some("true"), &first.body));
    let version = |body: serde_json::Value| json!({ "document": body, "reason": "asked for" });
    let same = desk.post(&desk.first, "", version(document(RULE, 1))).await;
    same.expect_problem(409, "/problems/rule/version-not-new", &["/document/version"]);
    let test = format!("/{RULE}/versions/1/test");
    let first = send(&test, &desk.first, json!({})).await.expect(200);
    assert_eq!(send(&test, &desk.first, json!({})).await.expect(200).body, first.body);
    assert_eq!(app.count("es.event where stream_type = 'rule'").await, 2);
}

/// SECURITY 38: what shipped was written by nobody here: then two have to say so.
#[tokio::test]
async fn what_shipped_is_retired_by_two_and_brought_back_by_two() {
    let app = spawn_app().await;
    let desk = Desk::of(&app).await;
    let shipped = desk.get("/raas-hyperkalaemia").await.expect(200);
    assert_eq!((&shipped.body["state"], &shipped.body["origin"]), (&json!("active"), &json!("shipped")));
    assert_eq!(shipped.header("etag"), Some("\"0\""));
    let version = shipped.body["version"].clone();
    let path = |verb: &str| format!("/raas-hyperkalaemia/versions/{version}/{verb}");
    let because = json!({ "reason": "the renal team follows these patients" });
    for (verb, state) in [("retire", "retired"), ("activate", "active")] {
        let proposed = desk.post(&desk.first, &path(verb), because.clone()).await.expect(200);
        assert_eq!(proposed.body["outcome"], "proposed");
        let seen = desk.get("/raas-hyperkalaemia").await.expect(200).body;
        assert_ne!(seen["state"], state, "until a second person says so");
        assert!(seen["proposal"]["by"].is_string(), "{seen:#}");
        let alone = desk.post(&desk.first, &path(verb), because.clone()).await;
        alone.expect_problem(409, "/problems/rule/second-person", &[]);
        let done = desk.post(&desk.second, &path(verb), because.clone()).await.expect(200);
        assert_eq!(done.body["outcome"], "done");
        assert_eq!(desk.get("/raas-hyperkalaemia").await.expect(200).body["state"], state);
    }
}

#[tokio::test]
async fn a_document_is_tried_without_being_stored() {
    let app = spawn_app().await;
    let desk = Desk::of(&app).await;
    let inputs = json!({ "draft": "Paracetamol 1 G Oral Tablet" });
    let tried = desk.post(&desk.first, "/try", json!({ "document": document(RULE, 1), "inputs": inputs })).await;
    let tried = tried.expect(200).body;
    assert_eq!(
        (&tried["judgement"]["verdict"]["verdict"], &tried["tests"]["fired"]),
        (&json!("fired"), &json!(1)),
        "{tried:#}"
    );
    assert!(tried["words"].as_str().is_some_and(|words| words.starts_with("met: ")), "{tried:#}");
    let mut bad = document(RULE, 1);
    bad["then"]["summary"] = json!("{nobody}");
    let refused = desk.post(&desk.first, "/try", json!({ "document": bad })).await;
    refused.expect_problem(422, "/problems/rule/document", &["/document/then/summary"]);
    assert_eq!(app.count("es.event where stream_type = 'rule'").await, 0);
}
