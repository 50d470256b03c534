//! The chart of patients with a hundred, a thousand and ten thousand entries: its time should not grow with them.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use healthcare_application::{
    App, Call, Permission,
    store::{Change, Commit, Committed, Meta, NewEvent},
};

use healthcare_domain::{
    AnyState, DomainEvent, StreamType,
    code::{CodeableConcept, Coding, LOINC, SNOMED},
    id::PatientId,
    observation::{Observation, ObservationCategory, ObservationEvent, ObservationValue},
    problem::{Ending, Problem, ProblemEvent},
    quantity::Quantity,
    vitals::{Measurement, Spo2Scale, VitalSign, Vitals, VitalsEvent},
};

use crate::{
    command::{register, registrar},
    hospital::Hospital,
    http,
    load::Window,
    report::{Goal, Item},
    rounds::{ROUNDS, Sides, median},
};

const PART: &str = "chart";
const SIZES: [usize; 3] = [100, 1_000, 10_000];
/// What the p95 of a chart may be at each size, in milliseconds.
const P95_MS: f64 = 30.0;
/// Charts of each size in a round.
const CHARTS: usize = 200;
/// Streams of one commit while the records are filled.
const AT_ONCE: usize = 500;

/// Reads the charts in turn, over HTTP with token and permission, one at a time.
pub async fn measure(hospital: &Hospital) -> anyhow::Result<Vec<Item>> {
    let app = &hospital.platform.app;
    let mut requests = vec![];
    for (n, size) in SIZES.into_iter().enumerate() {
        let patient = register(app, &registrar(app), 900_000 + n).await?;
        fill(app, patient, size).await?;
        requests.push(http::get(&format!("/api/v1/patients/{patient}/chart"), Some(&hospital.token)));
    }
    hospital.settle().await?;
    let mut connection = hospital.server.connect().await?;
    let mut rounds: [Vec<Window>; 3] = Default::default();
    let mut sizes = [0; 3];
    for round in 0..=ROUNDS {
        let mut latencies: [Vec<Duration>; 3] = Default::default();
        for _ in 0..CHARTS {
            for (n, request) in requests.iter().enumerate() {
                let asked = Instant::now();
                let answer = connection.exchange(request).await?;
                latencies[n].push(asked.elapsed());
                anyhow::ensure!(answer.status == 200, "{}", answer.status);
                sizes[n] = answer.body.len();
            }
        }
        // The first round warms up.
        if round > 0 {
            for (windows, latencies) in rounds.iter_mut().zip(latencies) {
                windows.push(Window::of(latencies, Duration::from_secs(1)));
            }
        }
    }
    let mut items = vec![];
    for ((size, windows), bytes) in SIZES.iter().zip(&rounds).zip(sizes) {
        let name = |what: &str| format!("chart of {size} entries, {what}");
        let of = |share: f64| median(windows.iter().map(|window| window.quantile_ms(share)));
        items.push(Item::figure(PART, name(&format!("p50 ({} KiB)", bytes / 1024)), "ms", of(0.5), None));
        items.push(Item::figure(PART, name("p95"), "ms", of(0.95), Some(Goal::AtMost(P95_MS))));
    }
    let mut flat = Sides::default();
    for (largest, smallest) in rounds[2].iter().zip(&rounds[0]) {
        flat.add(largest.quantile_ms(0.5), smallest.quantile_ms(0.5));
    }
    items.push(Item::against(PART, "10,000 entries against 100, p50", "ms", &flat, Some(Goal::RatioAtMost(1.5))));
    Ok(items)
}

/// Fills a record as years fill it: of 20 entries 15 laboratory results of 40 kinds, 4 sets of vital signs, and a
/// problem, of which the last ten are still there.
async fn fill(app: &App, patient: PatientId, size: usize) -> anyhow::Result<()> {
    let call = Call::system(app.clock.new_id());
    let permit = app.authorise(&call, Permission::ImportRecords, Some(patient)).await?;
    let now = app.clock.now();
    let numbers: Vec<usize> = (0..size).collect();
    for some in numbers.chunks(AT_ONCE) {
        let mut changes = vec![];
        for n in some {
            let at = now - chrono::Duration::hours(6 * (size - n) as i64);
            changes.push(entry(app, patient, *n, size, at)?);
        }
        let committed = Committed { id: patient.0, version: 1, extra: None, replayed: false };
        let meta = Meta::of(&call);
        let commit = Commit { changes, meta, idempotency: None, committed, safety: vec![], evaluations: vec![] };
        app.store.append(&permit, commit).await?;
    }
    Ok(())
}

/// The n-th entry of `size`.
fn entry(app: &App, patient: PatientId, n: usize, size: usize, at: DateTime<Utc>) -> anyhow::Result<Change> {
    let (stream, events): (StreamType, Vec<DomainEvent>) = match n % 20 {
        0..15 => (StreamType::Observation, vec![laboratory(n, at).into()]),
        15..19 => (StreamType::Vitals, vec![vitals(n, at)?.into()]),
        _ => {
            let added = ProblemEvent::ProblemAdded { problem: problem(n, at), overrides: vec![] };
            let over =
                (n + 200 < size).then_some(ProblemEvent::ProblemResolved { at: Some(at), how: Ending::Resolved });
            (StreamType::Problem, std::iter::once(added).chain(over).map(DomainEvent::from).collect())
        }
    };
    let mut state = AnyState::empty(stream);
    for event in &events {
        anyhow::ensure!(state.apply(event), "an event of another stream");
    }
    let events = events.into_iter().map(|event| NewEvent { event, occurred_at: at, known_at: at }).collect();
    Ok(Change { id: app.clock.new_id(), patient: Some(patient), expected: 0, events, state, source: None })
}

fn laboratory(n: usize, at: DateTime<Utc>) -> ObservationEvent {
    let code = Coding::new(LOINC, &format!("{}-{}", 2000 + n % 40, n % 10), "A substance in serum or plasma");
    let observation = Observation {
        identifiers: vec![],
        category: ObservationCategory::Laboratory,
        code: CodeableConcept::of(code),
        value: Some(ObservationValue::Quantity(Quantity { value: (n as u64 % 1_400).into(), unit: "mmol/L".into() })),
        components: vec![],
        data_absent_reason: None,
        interpretation: vec![],
        reference_range: Some("3.5 to 5.1 mmol/L".into()),
        status: "final".into(),
        effective_at: at,
        issued_at: Some(at),
        encounter: None,
    };
    ObservationEvent::ObservationRecorded { observation, imported: true, overrides: vec![] }
}

fn vitals(n: usize, at: DateTime<Utc>) -> anyhow::Result<VitalsEvent> {
    let drift = n as u64 % 9;
    let measurements = vec![
        Measurement::new(VitalSign::HeartRate, (68 + drift).into(), "/min")?,
        Measurement::new(VitalSign::RespiratoryRate, (13 + drift % 4).into(), "/min")?,
        Measurement::new(VitalSign::Spo2, (95 + drift % 4).into(), "%")?,
        Measurement::new(VitalSign::SystolicBp, (118 + drift).into(), "mm[Hg]")?,
    ];
    let vitals = Vitals {
        measurements,
        consciousness: None,
        on_oxygen: Some(false),
        spo2_scale: Spo2Scale::Scale1,
        measured_at: at,
        encounter: None,
    };
    Ok(VitalsEvent::VitalsRecorded { vitals })
}

fn problem(n: usize, at: DateTime<Utc>) -> Problem {
    Problem {
        identifiers: vec![],
        code: CodeableConcept::of(Coding::new(SNOMED, &format!("{}", 38_341_003 + n), "A disorder of the record")),
        categories: vec![],
        verification: Some("confirmed".into()),
        severity: None,
        onset_at: Some(at),
        encounter: None,
        body_sites: vec![],
        note: None,
    }
}
