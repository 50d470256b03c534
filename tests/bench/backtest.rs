//! A rule tried over generated histories: patients with 50 events each over a year, judged at every one that is looked at.

use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use chrono::{DateTime, Utc};
use futures::{TryStreamExt, stream};
use healthcare_application::{
    App, Call, Permission,
    backtest::{BacktestState, RequestBacktest, RuleSource, request_backtest},
    store::{Change, Commit, Committed, Meta, NewEvent},
};
use healthcare_domain::{
    AnyState, DomainEvent, StreamType, allergy::AllergyRecord, medication::MedicationOrder,
    observation::ObservationRecord, patient::Patient, problem::ProblemRecord, text::Remark, vitals::VitalsSet,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    hospital::Hospital,
    people::person,
    report::{Goal, Item},
};

const PART: &str = "backtest";
/// How many patients are generated, unless `BENCH_BACKTEST_PATIENTS` says otherwise.
const PATIENTS: usize = 2_000;
/// How many events each has.
const EVENTS: usize = 50;
/// The first of them: nobody who is registered elsewhere here, so that they are nobody's duplicates.
const FIRST: usize = 5_000_000;
/// The goal: 100,000 patients of 50 events each in ten minutes.
const GOAL_PER_SECOND: f64 = 100_000.0 * 50.0 / 600.0;
const GOAL_MINUTES: f64 = 10.0;

const DRUGS: [&str; 6] = [
    "Warfarin 5 MG Oral Tablet",
    "Ibuprofen 200 MG Oral Tablet",
    "Lisinopril 10 MG Oral Tablet",
    "Metformin hydrochloride 500 MG Oral Tablet",
    "Amlodipine 5 MG Oral Tablet",
    "Sertraline 50 MG Oral Tablet",
];

/// Generates the patients through the event store, and tries a threshold rule and a table of drug pairs over them.
pub async fn measure(hospital: &Hospital) -> anyhow::Result<Vec<Item>> {
    let wanted = std::env::var("BENCH_BACKTEST_PATIENTS").ok().and_then(|n| n.parse().ok()).unwrap_or(PATIENTS);
    let app = &hospital.platform.app;
    let end = app.clock.now() - chrono::Duration::days(1);
    let begun = Instant::now();
    stream::iter((0..wanted).map(Ok::<_, anyhow::Error>)).try_for_each_concurrent(8, |n| generate(app, n, end)).await?;
    let seconds = begun.elapsed().as_secs_f64();
    let mut items = vec![Item::figure(
        PART,
        format!("events generated, for {wanted} patients"),
        "/s",
        (wanted * EVENTS) as f64 / seconds,
        None,
    )];
    for (rule, words) in [("critical-potassium-high", "a threshold"), ("drug-interaction", "a table of drug pairs")] {
        let (events, judged, seconds) = run(app, rule, end).await?;
        let name = format!("backtest of {words}: events folded and judged, {wanted} patients, {judged} moments");
        items.push(Item::figure(PART, name, "events/s", events / seconds, Some(Goal::AtLeast(GOAL_PER_SECOND))));
        let name =
            format!("backtest of {words}: a year of 100,000 patients of {EVENTS} events, at the rate of {wanted}");
        let minutes = 100_000.0 / wanted as f64 * seconds / 60.0;
        items.push(Item::figure(PART, name, "min", minutes, Some(Goal::AtMost(GOAL_MINUTES))));
    }
    Ok(items)
}

/// Runs a backtest in the server and waits for it: events, moments, and the seconds from its beginning to its end.
async fn run(app: &App, rule: &str, end: DateTime<Utc>) -> anyhow::Result<(f64, u64, f64)> {
    let call = Call::system(app.clock.new_id());
    let candidate = RuleSource::Kept { id: rule.to_owned(), version: None };
    let from = end - chrono::Duration::days(365);
    let cmd = RequestBacktest { candidate, baseline: None, from, to: end, samples: 20, patients: None };
    let id = request_backtest(app, &call, cmd).await?.id;
    let permit = app.authorise(&call, Permission::ReadRuleMetrics, None).await?;
    loop {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let kept = app.read.backtest(&permit, id).await?.context("the backtest")?;
        match (kept.state, kept.started_at, kept.ended_at, kept.tally) {
            (BacktestState::Done, Some(started), Some(ended), Some(tally)) => {
                ensure!(tally.unreadable == 0, "{} histories were not read", tally.unreadable);
                let seconds = (ended - started).as_seconds_f64();
                return Ok((tally.events as f64, tally.judged, seconds));
            }
            (BacktestState::Failed | BacktestState::Cancelled, ..) => bail!("it did not run: {:?}", kept.error),
            _ => {}
        }
    }
}

/// A patient whose year is made up: registered, asked for allergies, three problems, six orders of which three ended,
/// twenty results and sixteen sets of vital signs.
async fn generate(app: &App, n: usize, end: DateTime<Utc>) -> anyhow::Result<()> {
    let patient = app.store.new_patient();
    let at =
        |k: usize| end - chrono::Duration::minutes((365 * 24 * 60 * (EVENTS - k) / EVENTS) as i64 - (n % 600) as i64);
    let mut changes = vec![];
    let mut add = |stream: StreamType, id: Uuid, events: Vec<(DomainEvent, DateTime<Utc>)>| {
        let mut state = AnyState::empty(stream);
        for (event, _) in &events {
            state.apply(event);
        }
        let event = |(event, at)| NewEvent { event, occurred_at: at, known_at: at };
        let events = events.into_iter().map(event).collect();
        changes.push(Change { id, patient: Some(patient), expected: 0, events, state, source: None });
    };
    let registered = Patient::default().register(person(FIRST + n), at(0))?;
    add(StreamType::Patient, patient.0, registered.into_iter().map(|event| (event.into(), at(0))).collect());
    let none = of_value(json!({ "substance": { "text": "No known allergies" }, "statement": "none-known" }))?;
    let none = AllergyRecord::default().add(none)?;
    add(StreamType::Allergy, app.clock.new_id(), none.into_iter().map(|event| (event.into(), at(1))).collect());
    for k in 0..3 {
        let code = ["I10", "E11.9", "N18.31"][k];
        let problem = of_value(
            json!({ "code": { "coding": [{ "system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code }] } }),
        )?;
        let added = ProblemRecord::default().add(problem)?;
        add(
            StreamType::Problem,
            app.clock.new_id(),
            added.into_iter().map(|event| (event.into(), at(2 + k))).collect(),
        );
    }
    for (k, drug) in DRUGS.iter().enumerate() {
        let when = at(5 + k * 5);
        let prescription = of_value(json!({ "medication": { "text": drug }, "authored_at": when }))?;
        let mut order = MedicationOrder::default();
        let mut events: Vec<(DomainEvent, DateTime<Utc>)> = vec![];
        for event in order.prescribe(prescription, vec![], &[])? {
            healthcare_domain::EventSourced::apply(&mut order, &event);
            events.push((event.into(), when));
        }
        if k % 2 == 0 {
            let later = at(5 + k * 5 + 4);
            let reason = Remark::try_from("course over".to_owned())?;
            events.extend(order.stop(reason, later)?.into_iter().map(|event| (event.into(), later)));
        }
        add(StreamType::MedicationOrder, app.clock.new_id(), events);
    }
    for k in 0..20 {
        let when = at(6 + k * 2);
        let (code, value, unit) = match k % 3 {
            0 => ("2823-3", if (n + k).is_multiple_of(40) { "6.4" } else { "4.3" }, "mmol/L"),
            1 => ("2160-0", "1.1", "mg/dL"),
            _ => ("2345-7", "110", "mg/dL"),
        };
        let result = of_value(json!({
            "category": "laboratory", "code": { "coding": [{ "system": "http://loinc.org", "code": code }] },
            "value": { "quantity": { "value": value, "unit": unit } }, "result_status": "final", "effective_at": when }))?;
        let recorded = ObservationRecord::default().record(result, false, when)?;
        add(
            StreamType::Observation,
            app.clock.new_id(),
            recorded.into_iter().map(|event| (event.into(), when)).collect(),
        );
    }
    for k in 0..16 {
        let when = at(7 + k * 2);
        let vitals =
            of_value(json!({ "measured_at": when, "consciousness": "A", "on_oxygen": false, "measurements": [
            { "sign": "heart_rate", "value": "82", "unit": "/min" },
            { "sign": "respiratory_rate", "value": "16", "unit": "/min" },
            { "sign": "spo2", "value": "97", "unit": "%" },
            { "sign": "systolic_bp", "value": "131", "unit": "mm[Hg]" },
            { "sign": "temperature", "value": "36.8", "unit": "Cel" } ] }))?;
        let recorded = VitalsSet::default().record(vitals, when)?;
        add(StreamType::Vitals, app.clock.new_id(), recorded.into_iter().map(|event| (event.into(), when)).collect());
    }
    let call = Call::system(app.clock.new_id());
    let permit = app.authorise(&call, Permission::ReadChart, Some(patient)).await?;
    let committed = Committed { id: patient.0, version: 1, extra: None, replayed: false };
    let commit =
        Commit { changes, meta: Meta::of(&call), idempotency: None, committed, safety: vec![], evaluations: vec![] };
    app.store.append(&permit, commit).await?;
    Ok(())
}

fn of_value<T: serde::de::DeserializeOwned>(value: Value) -> anyhow::Result<T> {
    Ok(serde_json::from_value(value)?)
}
