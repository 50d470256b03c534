//! Looking at the trail.

use std::collections::BTreeSet;

use healthcare_application::{
    Actor, Call, Role,
    access::Strength,
    audit::{AuditFilter, ExportError, begin_export},
};
use healthcare_domain::id::{AccountId, PatientId};
use healthcare_tests::app::{Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{patient::register, support::walk::both_ways};

/// A hospital in which a doctor has read two charts, one of them several times.
async fn read_often() -> (TestApp, String, String) {
    let app = spawn_app().await;
    let (one, other) = (register(&app).await, register(&app).await);
    for patient in [&one, &one, &one, &other] {
        app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/chart")).await.expect(200);
    }
    app.get(Role::Nurse, &format!("/api/v1/patients/{one}/chart")).await.expect(200);
    (app, one, other)
}

#[tokio::test]
async fn the_auditor_finds_by_patient_actor_action_outcome_and_time_page_by_page() {
    let (app, one, other) = read_often().await;
    let all = app.get(Role::Auditor, &format!("/api/v1/audit?patient={one}&action=read_chart")).await.expect(200);
    let items = all.body["items"].as_array().expect("items").clone();
    assert_eq!(items.len(), 4);
    assert_eq!((items[0]["role"].as_str(), items[3]["role"].as_str()), (Some("nurse"), Some("doctor")));
    assert!(items.iter().all(|item| item["patient"] == one.as_str() && item["outcome"] == "allowed"));
    let called: Vec<_> = items.iter().map(|item| item["actor_name"].as_str()).collect();
    assert_eq!(called, [Some("nurse"), Some("doctor"), Some("doctor"), Some("doctor")], "who has no other name");
    let doctor = items[3]["actor"].as_str().expect("an actor");
    let by_doctor = app.get(Role::Auditor, &format!("/api/v1/audit?actor={doctor}&action=read_chart")).await;
    assert_eq!(by_doctor.body["items"].as_array().map(Vec::len), Some(4), "three of one, one of the other");

    // Page by page, oldest first: each once, in order.
    let (mut path, mut seen) = (format!("/api/v1/audit?patient={one}&action=read_chart&sort=at&limit=1"), vec![]);
    loop {
        let page = app.get(Role::Auditor, &path).await.expect(200);
        seen.extend(
            page.body["items"].as_array().expect("items").iter().map(|item| item["seq"].as_i64().expect("seq")),
        );
        let Some(next) = page.header("link") else { break };
        path = next.trim_start_matches('<').split('>').next().expect("a link").to_owned();
    }
    assert_eq!((seen.len(), seen.iter().collect::<BTreeSet<_>>().len()), (4, 4));
    assert!(seen.is_sorted());

    let between = format!("/api/v1/audit?patient={other}&from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z");
    assert_eq!(app.get(Role::Auditor, &between).await.expect(200).body["items"].as_array().map(Vec::len), Some(0));
    let denied = app.get(Role::Auditor, "/api/v1/audit?outcome=denied&action=read_chart").await.expect(200);
    assert_eq!(denied.body["items"].as_array().map(Vec::len), Some(0));
    // What was tried with somebody's account, before anybody was let in with it.
    let wrong = json!({ "username": "doctor", "password": "not the password at all" });
    app.anonymous(Method::POST, "/api/v1/auth/login").json(&wrong).answer().await.expect(401);
    let tried = app.get(Role::Auditor, &format!("/api/v1/audit?subject={doctor}&outcome=denied")).await.expect(200);
    let tried = tried.body["items"].as_array().expect("items").clone();
    let told: Vec<_> = tried.iter().map(|one| (&one["action"], &one["outcome"], &one["subject"])).collect();
    assert_eq!(told, [(&json!("sign_in"), &json!("denied"), &json!(doctor))]);
    let both = format!("patient={one}&subject={doctor}");
    for search in ["audit", "audit/export"] {
        let refused = app.get(Role::Auditor, &format!("/api/v1/{search}?{both}")).await.expect(400);
        assert_eq!(refused.body["errors"][0]["pointer"], "subject", "{refused:?}");
    }
    // Reading the trail stands in the trail, also about the patient who was asked for.
    let looked = format!("audit.entry where action = 'read_audit' and role = 'auditor' and patient = '{one}'");
    assert!(app.count(&looked).await >= 5);
}

/// What an account did and what was done with a record is found in order, however long ago and whichever way one goes: also what
/// is of one moment, and what lies years apart.
#[tokio::test]
async fn what_lies_years_apart_is_found_from_either_end() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let account = app.platform.app.clock.new_id();
    let entries = "insert into audit.entry (at, actor, role, purpose, action, fields, patient, outcome, request)
        select now() - make_interval(hours => (n / 4) * (n / 4) * 4), case when n % 3 = 0 then $1::text::uuid else gen_random_uuid() end,
            'nurse', 'TREAT', 'read_chart', 'clinical', case when n % 5 < 2 then $2::text::uuid end, 'allowed', gen_random_uuid()
        from generate_series(0, 299) n";
    app.owner()
        .await
        .execute(entries, &[&account.to_string(), &patient])
        .await
        .expect("entries of two and a half years");
    let by_account = both_ways(&app, Role::Auditor, &format!("/api/v1/audit?actor={account}"), "-at").await;
    assert_eq!(by_account.len(), 100);
    let of_patient = format!("/api/v1/audit?patient={patient}&action=read_chart");
    assert_eq!(both_ways(&app, Role::Auditor, &of_patient, "-at").await.len(), 120);
    let of_both = both_ways(&app, Role::Auditor, &format!("{of_patient}&actor={account}"), "-at").await;
    assert!(of_both.len() == 40 && of_both.iter().all(|one| by_account.contains(one)), "{}", of_both.len());

    let at = |place: usize| by_account[place]["at"].as_str().expect("a time");
    let between = format!("/api/v1/audit?actor={account}&from={}&to={}", at(70), at(30));
    let between = both_ways(&app, Role::Auditor, &between, "-at").await;
    let expected =
        by_account.iter().filter(|one| one["at"].as_str() >= Some(at(70)) && one["at"].as_str() < Some(at(30)));
    assert_eq!(between, expected.cloned().collect::<Vec<_>>());
    let never = format!("/api/v1/audit?actor={account}&from=2001-01-01T00:00:00Z&to=2001-01-02T00:00:00Z");
    assert_eq!(app.get(Role::Auditor, &never).await.expect(200).body["items"], json!([]));
}

/// SECURITY 56 and 29: sort and filter are words of ours, and nobody else may ask.
#[tokio::test]
async fn security_56_a_search_takes_known_words_only_and_only_of_who_may_audit() {
    let app = spawn_app().await;
    for bad in ["sort=seq", "sort=at;drop%20table", "outcome=maybe", "order=at", "limit=0", "limit=201", "actor=nobody"]
    {
        app.get(Role::Auditor, &format!("/api/v1/audit?{bad}")).await.expect(400);
    }
    app.get(Role::Auditor, "/api/v1/audit?cursor=nonsense").await.expect(400);
    for role in [Role::Doctor, Role::Nurse, Role::Admin, Role::Analyst, Role::Receptionist] {
        app.get(role, "/api/v1/audit").await.expect_problem(403, "/problems/access/denied", &[]);
        app.get(role, "/api/v1/audit/export").await.expect_problem(403, "/problems/access/denied", &[]);
    }
    app.anonymous(Method::GET, "/api/v1/audit").answer().await.expect(401);
    app.get(Role::PrivacyOfficer, "/api/v1/audit").await.expect(200);
}

/// FHIR R4 on request, by the header and by the parameter.
#[tokio::test]
async fn the_trail_is_told_as_audit_events() {
    let (app, one, _) = read_often().await;
    let path = format!("/api/v1/audit?patient={one}&action=read_chart");
    let by_parameter = app.get(Role::Auditor, &format!("{path}&format=fhir")).await.expect(200);
    let by_header = app.request(Role::Auditor, Method::GET, &path).await.header("accept", "application/fhir+json");
    let by_header = by_header.answer().await.expect(200);
    assert_eq!(by_header.header("content-type"), Some("application/fhir+json"));
    for bundle in [by_parameter.body, by_header.body] {
        assert_eq!((bundle["resourceType"].as_str(), bundle["type"].as_str()), (Some("Bundle"), Some("searchset")));
        let links: Vec<_> = bundle["link"].as_array().expect("links").iter().map(|link| &link["relation"]).collect();
        assert_eq!(links, ["self"], "all of it is on this page");
        let events = bundle["entry"].as_array().expect("entries");
        assert_eq!(events.len(), 4);
        for event in events.iter().map(|entry| &entry["resource"]) {
            assert_eq!(event["resourceType"], "AuditEvent");
            assert_eq!((event["type"]["code"].as_str(), event["action"].as_str()), (Some("110110"), Some("R")));
            assert_eq!((event["outcome"].as_str(), event["agent"][0]["requestor"].as_bool()), (Some("0"), Some(true)));
            assert_eq!(event["agent"][0]["network"]["address"], "127.0.0.1");
            assert_eq!(event["purposeOfEvent"][0]["coding"][0]["code"], "TREAT");
            assert_eq!(event["entity"][1]["what"]["reference"], format!("Patient/{one}"));
            assert!(event["recorded"].as_str().is_some_and(|at| at.parse::<chrono::DateTime<chrono::Utc>>().is_ok()));
        }
    }
}

/// SECURITY 46: a patient sees who read their record, and nobody else's; the privacy officer sees anybody's.
#[tokio::test]
async fn security_46_a_patient_can_read_who_read_what() {
    let (app, one, other) = read_often().await;
    let own: PatientId = one.parse::<uuid::Uuid>().map(PatientId).expect("an id");
    let token = app.sign_up("ana", Role::Patient, Some(own)).await;
    let doctor = app.get(Role::Admin, "/api/v1/accounts?role=doctor").await.expect(200).body["items"][0].clone();
    let (id, version) = (doctor["id"].as_str().expect("an id"), doctor["version"].as_i64().expect("a version"));
    let profile = json!({ "profile": { "name": "Dr. Ada Placeholt" } });
    app.patch(Role::Admin, &format!("/api/v1/accounts/{id}"), version, profile).await.expect(200);
    let ask = async |patient: &str| {
        let path = format!("/api/v1/patients/{patient}/accesses");
        app.anonymous(Method::GET, &path).bearer_auth(&token).answer().await
    };
    ask(&one).await.expect(200);
    let seen = ask(&one).await.expect(200);
    let items = seen.body["items"].as_array().expect("items");
    let reads: Vec<_> =
        items.iter().filter(|item| item["action"] == "read_chart" && item["role"] != "patient").collect();
    assert_eq!(reads.len(), 4);
    assert!(reads.iter().all(|item| item["at"].is_string() && item["actor"].is_string() && item["purpose"] == "TREAT"));
    // Who: the person, as the house knows them now; and of no patient's account the name it signs in with.
    assert!(reads.iter().any(|item| item["actor_name"] == "Dr. Ada Placeholt"), "{reads:#?}");
    // The nurse has no name but the one to sign in with, which is nobody's business.
    let nurse: Vec<_> = reads.iter().filter(|item| item["role"] == "nurse").collect();
    assert!(!nurse.is_empty() && nurse.iter().all(|item| item["actor_name"].is_null()), "{nurse:#?}");
    let own: Vec<_> = items.iter().filter(|item| item["role"] == "patient").collect();
    assert!(!own.is_empty() && own.iter().all(|item| item["actor_name"].is_null()), "{own:#?}");
    assert!(!seen.body.to_string().contains("127.0.0.1"), "no addresses of staff");
    ask(&other).await.expect(403);
    let oldest = ask(&one).await.expect(200).body;
    let first = app.anonymous(Method::GET, &format!("/api/v1/patients/{one}/accesses?sort=at&limit=1"));
    let first = first.bearer_auth(&token).answer().await.expect(200).body;
    assert_eq!(first["items"][0], oldest["items"].as_array().and_then(|all| all.last().cloned()).expect("a use"));
    assert!(first["next_cursor"].is_string(), "{first:#}");
    // What is asked for, and no more.
    let all = oldest["items"].as_array().expect("items").clone();
    let of_nurse = all.iter().find(|item| item["role"] == "nurse").expect("a use");
    let (actor, at) = (of_nurse["actor"].as_str().expect("an id"), of_nurse["at"].as_str().expect("a time"));
    let narrowed = async |filter: String| -> Vec<Value> {
        let path = format!("/api/v1/patients/{one}/accesses?limit=200&sort=at&{filter}");
        let page = app.anonymous(Method::GET, &path).bearer_auth(&token).answer().await.expect(200).body;
        page["items"].as_array().expect("items").clone()
    };
    let older =
        all.iter().skip_while(|item| *item != of_nurse).skip(1).filter(|item| item["actor"] == of_nurse["actor"]);
    let mut older: Vec<Value> = older.cloned().collect();
    older.reverse();
    assert_eq!(narrowed(format!("actor={actor}&to={at}")).await, older);
    assert!(narrowed(format!("actor={actor}&from={at}")).await.contains(of_nurse));
    let charts = narrowed("action=read_chart&outcome=allowed".to_owned()).await;
    assert!(
        charts.len() >= 4 && charts.iter().all(|item| item["action"] == "read_chart" && item["outcome"] == "allowed")
    );
    assert_eq!(narrowed("action=sign_note".to_owned()).await, [Value::Null; 0]);
    let officer = app.get(Role::PrivacyOfficer, &format!("/api/v1/patients/{other}/accesses")).await.expect(200);
    let reads = officer.body["items"].as_array().expect("items").iter().filter(|item| item["action"] == "read_chart");
    assert_eq!(reads.count(), 2, "one was read, and one was asked for by another patient and denied");
    for role in [Role::Doctor, Role::Auditor, Role::Admin] {
        app.get(role, &format!("/api/v1/patients/{one}/accesses")).await;
    }
    app.get(Role::Auditor, &format!("/api/v1/patients/{one}/accesses")).await.expect(403);
    app.get(Role::Admin, &format!("/api/v1/patients/{one}/accesses")).await.expect(403);
}

/// SECURITY 26: an export asks for a second factor of the last five minutes, and stands in the trail either way.
#[tokio::test]
async fn security_26_an_export_needs_a_step_up() {
    let (app, one, _) = read_often().await;
    // An auditor signs in with a second factor: for five minutes that is a step-up.
    let csv = app.get(Role::Auditor, &format!("/api/v1/audit/export?format=csv&patient={one}&action=read_chart")).await;
    let text = csv.expect(200).body.as_str().expect("text").to_owned();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("seq,at,actor,role,") && lines[0].ends_with(",actor_name"), "{}", lines[0]);
    assert!(lines[1].ends_with(",doctor"), "{}", lines[1]);
    assert_eq!(lines.iter().filter(|line| line.contains(",read_chart,") && line.contains(&one)).count(), 4);
    let request = app.request(Role::Auditor, Method::GET, "/api/v1/audit/export?action=read_chart").await;
    let text = request.send().await.expect("an answer").text().await.expect("a body");
    let entries: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(entries.len(), 5, "four of one, one of the other");
    assert!(entries.windows(2).all(|pair| pair[0]["seq"].as_i64() < pair[1]["seq"].as_i64()), "oldest first");
    assert_eq!(app.count("audit.entry where action = 'export_audit' and outcome = 'allowed'").await, 2);
    let ports = &app.platform.app;
    let now = ports.clock.now();
    let export = async |minutes: i64| {
        let strength = Strength::SecondFactor { at: now - chrono::Duration::minutes(minutes) };
        let actor = Actor { strength, ..Actor::of(AccountId(ports.clock.new_id()), Role::Auditor) };
        begin_export(ports, &Call::of(actor, ports.clock.new_id()), &AuditFilter::default()).await
    };
    assert!(export(1).await.is_ok());
    assert!(matches!(export(6).await, Err(ExportError::StepUp)));
    assert_eq!(app.count("audit.entry where action = 'export_audit' and outcome = 'allowed'").await, 3);
    assert_eq!(app.count("audit.entry where action = 'export_audit' and outcome = 'denied'").await, 1);
}

/// An export that cannot be answered is refused before its head is sent, and does not break off.
#[tokio::test]
async fn an_export_of_a_time_that_no_record_holds_is_refused() {
    let app = spawn_app().await;
    for bound in ["from", "to"] {
        let export = app.get(Role::Auditor, &format!("/api/v1/audit/export?{bound}=-5000-01-01T00:00:00Z")).await;
        export.expect_problem(422, "/problems/request/out-of-range", &[]);
    }
}
