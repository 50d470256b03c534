use std::collections::BTreeMap;

use chrono::Duration;
use healthcare_application::{
    Call, Permission, Role,
    backtest::{Trial, try_patient, wanted_events},
    decision::{Alike, RuleOutcome},
};
use healthcare_domain::id::PatientId;
use healthcare_dss::{RuleBook, rule::RuleDocument};
use healthcare_tests::app::{TestApp, spawn_app};
use serde_json::{Value, json};

use super::{changed, tried};
use crate::{
    medication::{no_known_allergies, order, penicillin, prescribe},
    patient::register,
    suggestion::{report, reviewed, until},
};

const POTASSIUM: &str = "critical-potassium-high";
const ALLERGY: &str = "allergy-conflict";

/// A day of a patient: raised, answered, withdrawn, raised again, and an order that was not signed.
async fn lived(app: &TestApp) -> String {
    let patient = register(app).await;
    report(app, &patient, "6.8").await;
    let open = until(app, &patient, POTASSIUM, &["open"]).await;
    let path = format!("/api/v1/suggestions/{}", open[0]["id"].as_str().expect("an id"));
    report(app, &patient, "6.9").await;
    reviewed(app).await;
    app.post(Role::Doctor, &format!("{path}/accept"), json!({})).await.expect(200);
    report(app, &patient, "6.7").await;
    reviewed(app).await;
    no_known_allergies(app, &patient).await;
    prescribe(app, &patient, order("Amoxicillin 500 MG Oral Capsule")).await.expect(201);
    reviewed(app).await;
    penicillin(app, &patient).await.expect(201);
    until(app, &patient, ALLERGY, &["open"]).await;
    prescribe(app, &patient, order("Amoxicillin 250 MG Oral Capsule")).await.expect(409);
    reviewed(app).await;
    patient
}

fn trial(app: &TestApp, rule: &str) -> Trial {
    let ports = &app.platform.app;
    let now = ports.clock.now();
    let rules = ports.rules.at(now);
    let document = rules.house().document(rule).expect("the rule").clone();
    let candidate = RuleBook::from_documents(rules.house().shared_knowledge(), vec![document]).expect("a rule");
    Trial {
        alike: Alike::default(),
        wanted: wanted_events(rules.triggers()),
        candidate,
        baseline: None,
        from: now - Duration::days(1),
        to: now,
        salt: ports.clock.new_id(),
        zone: ports.patients.zone,
    }
}

/// For a version that was live, a backtest finds exactly what was found live: at the same moments, with the same bytes;
/// and would have told exactly what was told.
#[tokio::test]
async fn a_version_that_was_live_comes_out_exactly_as_live() {
    let app = spawn_app().await;
    let patient = PatientId(lived(&app).await.parse().expect("an id"));
    let ports = &app.platform.app;
    let call = Call::system(ports.clock.new_id());
    let permit = ports.authorise(&call, Permission::ReadChart, Some(patient)).await.expect("a permit");
    let owner = app.owner().await;
    let ids = owner.query("select evaluation_id from es.evaluation", &[]).await.expect("rows");
    for rule in [POTASSIUM, ALLERGY] {
        let trial = trial(&app, rule);
        let mut events = ports.store.history(&permit, patient, trial.to).await.expect("a history");
        events.sort_by_key(|one| (one.known_at, one.seq));
        let live = ports.store.judged_live(&permit, (trial.from, trial.to)).await.expect("what was judged");
        assert_eq!(live.len(), ids.len());
        let simulated = trial.run(&trial.candidate, &events, &live).expect("a simulation");
        assert_eq!(simulated.judged, simulated.judged_live, "nothing was looked at that was not looked at live");

        let mut found: BTreeMap<_, Vec<Value>> = BTreeMap::new();
        for firing in &simulated.firings {
            found.entry(firing.evaluation.expect("live")).or_default().push(json!(firing.finding));
        }
        let mut kept: BTreeMap<_, Vec<Value>> = BTreeMap::new();
        for row in &ids {
            let stored = ports.store.evaluation(&permit, row.get(0)).await.expect("it answers").expect("it is there");
            let lines: Vec<RuleOutcome> = serde_json::from_value(stored.record.judgements).expect("lines");
            let of_rule = lines.iter().filter(|line| line.rule == rule).filter_map(|line| line.judgement.as_ref());
            for finding in of_rule.flat_map(|judgement| judgement.findings()) {
                kept.entry(row.get::<_, uuid::Uuid>(0)).or_default().push(json!(finding));
            }
        }
        assert!(kept.len() >= 2, "{rule} fired live {} times", kept.len());
        assert_eq!(serde_json::to_string(&found).unwrap(), serde_json::to_string(&kept).unwrap());

        let raised = format!("/api/v1/patients/{}/suggestions", patient.0);
        let raised = app.get(Role::Doctor, &raised).await.expect(200).body;
        let raised = raised["items"].as_array().expect("items").iter().filter(|item| item["rule"] == rule).count();
        let told = simulated.firings.iter().filter(|one| one.told && one.trigger.contains('.')).count();
        assert_eq!(told, raised, "{rule}");
    }
}

/// Where nothing was judged live, the events alone say when to look and what was known: the same alerts come of it.
#[tokio::test]
async fn the_events_alone_come_to_the_same_alerts() {
    let app = spawn_app().await;
    let patient = PatientId(lived(&app).await.parse().expect("an id"));
    let ports = &app.platform.app;
    let call = Call::system(ports.clock.new_id());
    let permit = ports.authorise(&call, Permission::ReadChart, Some(patient)).await.expect("a permit");
    for rule in [POTASSIUM, ALLERGY] {
        let trial = trial(&app, rule);
        let live = ports.store.judged_live(&permit, (trial.from, trial.to)).await.expect("what was judged");
        let mut events = ports.store.history(&permit, patient, trial.to).await.expect("a history");
        let with = try_patient(&trial, patient, &mut events, &live).expect("an outcome");
        let without = try_patient(&trial, patient, &mut events, &[]).expect("an outcome");
        assert_eq!((without.judged_live, without.judged > 0), (0, true));
        assert_eq!(without.candidate.suggestions, with.candidate.suggestions, "{rule}");
        assert!(without.candidate.suggestions >= 1);
        // The order that was not signed, and what was told as the allergy was recorded, are known from the justification
        // log alone.
        let unsigned = if rule == ALLERGY { 2 } else { 0 };
        assert_eq!(with.candidate.before_signing - without.candidate.before_signing, unsigned, "{rule}");
    }
}

/// The job over the same history tells the same counts, and twice the same.
#[tokio::test]
async fn the_job_counts_what_was_live() {
    let app = spawn_app().await;
    lived(&app).await;
    lived(&app).await;
    let shown = tried(&app, json!({ "rule_id": POTASSIUM, "version": 2, "samples": 5 })).await;
    assert_eq!(shown["state"], "done", "{shown:#}");
    let report = &shown["report"];
    let raised = app.count("es.event where event_type = 'suggestion.raised'").await;
    assert_eq!((&report["patients"], &report["unreadable"]), (&json!(2), &json!(0)), "{report:#}");
    assert_eq!(report["candidate"]["alerts"], 2, "{raised} raised in all: {report:#}");
    assert_eq!(report["candidate"]["patients"], 2);
    assert_eq!(report["candidate"]["followed"], json!({ "accepted": 2 }), "{report:#}");
    let held_back = report["candidate"]["held_back"].as_i64().expect("a count");
    assert!(held_back >= 4, "6.9 was open, 6.7 answered, of each of the two: {report:#}");
    assert!(report["candidate"]["per_1000_patient_days"].as_f64().is_some_and(|rate| rate > 0.0));
    assert_eq!(shown["progress"]["patients_done"], 2);
    let again = tried(&app, json!({ "rule_id": POTASSIUM, "version": 2, "samples": 5 })).await;
    // The rate is by days, and the second one ends later.
    for part in ["/candidate/alerts", "/candidate/held_back", "/candidate/followed", "/judged", "/judged_live"] {
        assert_eq!(again["report"].pointer(part), report.pointer(part), "{part}");
        assert!(report.pointer(part).is_some(), "{part}");
    }
}

/// The events alone tell as many values of a measurement as a look live: one that was high lately is found behind a normal
/// one.
#[tokio::test]
async fn the_events_alone_tell_the_values_before_the_newest() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    for value in ["6.8", "4.4", "4.2"] {
        report(&app, &patient, value).await;
    }
    let patient = PatientId(patient.parse().expect("an id"));
    let ports = &app.platform.app;
    let call = Call::system(ports.clock.new_id());
    let permit = ports.authorise(&call, Permission::ReadChart, Some(patient)).await.expect("a permit");
    let mut trial = trial(&app, POTASSIUM);
    let lately = changed(&app, POTASSIUM, |rule| rule["when"]["observation"]["take"] = json!("any"));
    let document: RuleDocument = serde_json::from_value(lately).expect("a rule");
    trial.candidate = RuleBook::from_documents(trial.candidate.shared_knowledge(), vec![document]).expect("a book");
    let mut events = ports.store.history(&permit, patient, trial.to).await.expect("a history");
    let outcome = try_patient(&trial, patient, &mut events, &[]).expect("an outcome");
    assert_eq!((outcome.candidate.suggestions, outcome.candidate.held_back), (1, 2), "{outcome:#?}");
}
