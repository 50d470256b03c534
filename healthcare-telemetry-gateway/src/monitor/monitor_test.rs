use super::*;
use crate::{
    alert::Side,
    normalise::{DeviceRef, Normalised, Observed},
    quality::Quality,
};
use healthcare_domain::alert::Priority;
use healthcare_domain::vitals::{Consciousness, Measurement, Spo2Scale, VitalSign};
use proptest::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

const PATIENT: PatientId = PatientId(Uuid::from_u128(1));
const DEVICE: DeviceId = DeviceId(Uuid::from_u128(2));
const SPO2_LOW: Rule = Rule::Limit(Signal::Spo2, Side::Low);

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn reading(signal: Signal, value: Option<i64>, second: i64) -> Enriched {
    Enriched {
        reading: Normalised {
            index: 0,
            event_id: format!("{}-{second}", signal.slug()),
            device: DeviceRef::Id(DEVICE),
            signal,
            value: value.map(|n| Observed::Number(Decimal::from(n))),
            measured_at: at(second),
            governs_at: at(second),
            received_at: at(second),
            seq: None,
            quality: Quality::GOOD,
            trace: None,
        },
        device: DEVICE,
        patient: Some(PATIENT),
    }
}

struct Bed {
    monitor: Monitor,
    policy: Policy,
    overrides: Vec<LimitOverride>,
    profile: Profile,
    out: Happenings,
}

impl Bed {
    fn new() -> Self {
        Self {
            monitor: Monitor::default(),
            policy: Policy::default(),
            overrides: vec![],
            profile: Profile { age_years: Some(70), pregnant: Some(false) },
            out: Happenings::default(),
        }
    }

    fn step(&mut self, second: i64, f: impl FnOnce(&mut Monitor, &Context<'_>, &mut Happenings)) -> &mut Self {
        let ctx = Context {
            patient: PATIENT,
            profile: self.profile,
            overrides: &self.overrides,
            policy: &self.policy,
            now: at(second),
        };
        f(&mut self.monitor, &ctx, &mut self.out);
        self
    }

    fn read(&mut self, now: i64, readings: &[Enriched]) -> &mut Self {
        let readings: Vec<_> = readings.iter().collect();
        self.step(now, |monitor, ctx, out| monitor.read(&readings, ctx, out))
    }

    fn tick(&mut self, now: i64) -> &mut Self {
        self.step(now, |monitor, ctx, out| monitor.tick(&[DEVICE], ctx, out))
    }

    fn acknowledge(&mut self, rule: Rule) -> &mut Self {
        let open: Vec<_> = self
            .monitor
            .alarms
            .iter()
            .filter_map(|(r, alarm)| {
                let acknowledged = *r == rule || r.is_technical();
                Some(OpenAlert { rule: *r, priority: alarm.priority()?, acknowledged })
            })
            .collect();
        self.monitor.sync(&open, at(0));
        self
    }

    /// What happened to one rule: `raise high`, `worsen high`, `clear`.
    fn told(&self, rule: Rule) -> Vec<String> {
        let words = |effect: &Effect| match &effect.change {
            Change::Raise { content } => format!("raise {:?}", content.priority).to_lowercase(),
            Change::Worsen { content } => format!("worsen {:?}", content.priority).to_lowercase(),
            Change::Clear => "clear".to_owned(),
            Change::Score { .. } => "score".to_owned(),
        };
        self.out.effects.iter().filter(|e| e.rule == rule).map(words).collect()
    }
}

fn vitals(second: i64, rate: i64, spo2: i64, systolic: i64, pulse: i64, level: Consciousness) -> Vitals {
    let m = |sign: VitalSign, value: i64| Measurement::new(sign, Decimal::from(value), sign.unit()).unwrap();
    Vitals {
        measurements: vec![
            m(VitalSign::RespiratoryRate, rate),
            m(VitalSign::Spo2, spo2),
            m(VitalSign::SystolicBp, systolic),
            m(VitalSign::HeartRate, pulse),
            m(VitalSign::Temperature, 37),
        ],
        consciousness: Some(level),
        on_oxygen: Some(false),
        spo2_scale: Spo2Scale::Scale1,
        measured_at: at(second),
        encounter: None,
    }
}

#[test]
fn a_crossed_limit_is_raised_after_its_sustain_time_by_the_clock_alone() {
    let mut bed = Bed::new();
    bed.read(0, &[reading(Signal::Spo2, Some(89), 0)]).tick(13);
    assert!(bed.told(SPO2_LOW).is_empty());
    bed.tick(14);
    assert_eq!(bed.told(SPO2_LOW), ["raise medium"]);
}

#[test]
fn a_severe_desaturation_is_raised_at_once_and_latches() {
    let mut bed = Bed::new();
    bed.read(0, &[reading(Signal::Spo2, Some(75), 0)]).read(5, &[reading(Signal::Spo2, Some(98), 5)]).tick(300);
    assert_eq!(bed.told(SPO2_LOW), ["raise high"]);
    bed.acknowledge(SPO2_LOW).tick(301).tick(330);
    assert_eq!(bed.told(SPO2_LOW), ["raise high"]);
    bed.tick(331);
    assert_eq!(bed.told(SPO2_LOW), ["raise high", "clear"]);
}

#[test]
fn a_charted_set_with_seven_points_is_a_high_alert_with_its_reasons() {
    let mut bed = Bed::new();
    let id = VitalsId(Uuid::from_u128(9));
    let set = vitals(0, 26, 91, 95, 95, Consciousness::Alert);
    bed.step(0, |monitor, ctx, out| monitor.chart(id, &set, ctx, out));
    assert_eq!(bed.told(Rule::News2), ["raise high"]);
    let Change::Raise { content } = &bed.out.effects.iter().find(|e| e.rule == Rule::News2).unwrap().change else {
        panic!("raised");
    };
    assert_eq!(content.title, "NEWS2 9");
    assert!(content.message.contains("respiratory rate 26 scores 3"), "{}", content.message);
    assert_eq!(content.evidence, [id.to_string()]);
}

#[test]
fn vitals_charted_in_error_no_longer_count() {
    let mut bed = Bed::new();
    let (right, wrong) = (VitalsId(Uuid::from_u128(8)), VitalsId(Uuid::from_u128(9)));
    let (good, bad) =
        (vitals(0, 16, 98, 120, 70, Consciousness::Alert), vitals(60, 26, 91, 95, 95, Consciousness::Alert));
    bed.step(0, |monitor, ctx, out| monitor.chart(right, &good, ctx, out));
    bed.step(60, |monitor, ctx, out| monitor.chart(wrong, &bad, ctx, out));
    assert_eq!(bed.told(Rule::News2), ["raise high"]);
    bed.step(90, |monitor, ctx, out| monitor.strike(wrong, ctx, out));
    assert_eq!(bed.monitor.known.number(Signal::RespiratoryRate).unwrap().0, Decimal::from(16));
    bed.acknowledge(Rule::News2).tick(91).tick(151);
    assert_eq!(bed.told(Rule::News2), ["raise high", "clear"]);
    let totals: Vec<_> = bed.out.scores.iter().map(|s| s.score.parts.sum()).collect();
    assert_eq!(totals, [0, 9, 0]);
    let changed: Vec<_> = bed.out.changed.iter().map(|c| c.content.total).collect();
    assert_eq!(changed, [0, 9, 0], "the fall is told once it has lasted");
}

#[test]
fn a_score_of_three_in_one_parameter_is_medium_and_worsens_to_high() {
    let mut bed = Bed::new();
    bed.read(0, &[reading(Signal::RespiratoryRate, Some(26), 0)]);
    assert_eq!(bed.told(Rule::News2), ["raise medium"]);
    bed.read(1, &[reading(Signal::SystolicBp, Some(99), 1)]);
    assert_eq!(bed.told(Rule::News2), ["raise medium", "worsen high"]);
}

#[test]
fn a_score_that_grew_stale_ends_no_alert() {
    let mut bed = Bed::new();
    bed.read(0, &[reading(Signal::RespiratoryRate, Some(26), 0)]).acknowledge(Rule::News2).tick(4000).tick(9000);
    assert_eq!(bed.told(Rule::News2), ["raise medium"]);
    bed.read(9001, &[reading(Signal::RespiratoryRate, Some(16), 9001)]).tick(9061);
    assert_eq!(bed.told(Rule::News2), ["raise medium", "clear"]);
}

#[test]
fn no_signal_and_silence_are_alarms_of_the_equipment() {
    let mut bed = Bed::new();
    let (lost, silent) = (Rule::NoSignal(Signal::Spo2), Rule::Silent(DEVICE));
    bed.read(0, &[reading(Signal::Spo2, Some(97), 0)]).read(1, &[reading(Signal::Spo2, None, 1)]).tick(10);
    assert!(bed.told(lost).is_empty());
    bed.tick(11);
    assert_eq!(bed.told(lost), ["raise low"]);
    bed.read(12, &[reading(Signal::Spo2, Some(97), 12)]);
    assert_eq!(bed.told(lost), ["raise low", "clear"]);
    bed.tick(71);
    assert!(bed.told(silent).is_empty());
    bed.tick(72);
    assert_eq!(bed.told(silent), ["raise low"]);
    bed.step(80, |monitor, ctx, out| monitor.tick(&[], ctx, out));
    assert_eq!(bed.told(silent), ["raise low", "clear"]);
}

#[test]
fn a_limit_set_for_the_patient_holds_instead_of_the_default() {
    let mut bed = Bed::new();
    bed.overrides = vec![LimitOverride {
        signal: Signal::Spo2,
        side: Side::Low,
        warn: Decimal::from(85),
        critical: Decimal::from(75),
        until: Some(at(3600)),
    }];
    bed.read(0, &[reading(Signal::Spo2, Some(88), 0)]).tick(100);
    assert!(bed.told(SPO2_LOW).is_empty());
    bed.read(3601, &[reading(Signal::Spo2, Some(88), 3601)]).tick(3700);
    assert_eq!(bed.told(SPO2_LOW), ["raise medium"], "it expired");
}

#[test]
fn a_pregnant_patient_is_not_scored_but_watched() {
    let mut bed = Bed::new();
    bed.profile.pregnant = Some(true);
    bed.read(0, &[reading(Signal::RespiratoryRate, Some(26), 0), reading(Signal::Spo2, Some(78), 0)]).tick(60);
    assert!(bed.told(Rule::News2).is_empty() && bed.out.scores.is_empty() && bed.out.changed.is_empty());
    assert_eq!(bed.told(SPO2_LOW), ["raise high"]);
}

#[test]
fn a_child_is_not_scored() {
    let mut bed = Bed::new();
    bed.profile.age_years = Some(6);
    bed.read(0, &[reading(Signal::RespiratoryRate, Some(28), 0), reading(Signal::HeartRate, Some(135), 0)]).tick(60);
    assert!(bed.out.effects.is_empty() && bed.out.scores.is_empty());
}

#[test]
fn an_alert_ended_by_others_may_be_raised_again() {
    let mut bed = Bed::new();
    bed.read(0, &[reading(Signal::Spo2, Some(75), 0)]);
    bed.monitor.sync(&[], at(1));
    bed.read(2, &[reading(Signal::Spo2, Some(75), 2)]);
    assert_eq!(bed.told(SPO2_LOW), ["raise high", "raise high"]);
}

#[test]
fn an_alert_that_the_state_forgot_is_taken_over_and_cleared_in_time() {
    let mut bed = Bed::new();
    let open = OpenAlert { rule: SPO2_LOW, priority: Priority::High, acknowledged: true };
    bed.monitor.sync(&[open], at(0));
    bed.read(1, &[reading(Signal::Spo2, Some(75), 1)]).read(2, &[reading(Signal::Spo2, Some(98), 2)]).tick(32);
    assert_eq!(bed.told(SPO2_LOW), ["clear"]);
}

#[test]
fn what_a_device_said_while_it_was_not_on_the_patient_is_forgotten() {
    let mut bed = Bed::new();
    bed.read(0, &[reading(Signal::Spo2, Some(97), 0)]).read(60, &[reading(Signal::Spo2, Some(75), 60)]);
    let until = |to| vec![(DEVICE, Assignment { patient: PATIENT, from: at(0), to: Some(at(to)) })];
    bed.monitor.hold_to_assignments(&until(61));
    assert!(bed.monitor.known.latest(Signal::Spo2).is_some());
    bed.monitor.hold_to_assignments(&until(30));
    assert!(bed.monitor.known.latest(Signal::Spo2).is_none());
}

#[test]
fn of_two_values_that_a_clock_ahead_brings_to_one_time_neither_is_lost() {
    let mut bed = Bed::new();
    let ahead = |value, second| {
        let mut one = reading(Signal::Spo2, Some(value), second);
        (one.reading.governs_at, one.reading.received_at) = (at(0), at(0));
        one
    };
    bed.read(0, &[ahead(98, 2), ahead(75, 1)]);
    assert_eq!(bed.told(SPO2_LOW), ["raise high"]);
    assert_eq!(bed.monitor.known.number(Signal::Spo2).unwrap().0, Decimal::from(98));
}

#[test]
fn the_state_survives_being_written_and_read() {
    let mut bed = Bed::new();
    bed.read(0, &[reading(Signal::Spo2, Some(75), 0), reading(Signal::HeartRate, None, 0)]).tick(20);
    let written = serde_json::to_string(&bed.monitor).unwrap();
    assert_eq!(serde_json::from_str::<Monitor>(&written).unwrap(), bed.monitor);
}

/// Saturations once a second, some critical, some only low; delivered in batches, shuffled, some twice.
fn deliveries() -> impl Strategy<Value = (Vec<i64>, Vec<Vec<usize>>)> {
    prop::collection::vec(prop::sample::select(vec![98, 96, 91, 88, 79, 70]), 1..30).prop_flat_map(|values| {
        let n = values.len();
        let extra = prop::collection::vec(0..n, 0..n);
        (Just(values), extra).prop_flat_map(move |(values, extra)| {
            let order: Vec<usize> = (0..n).chain(extra).collect();
            (Just(values), Just(order).prop_shuffle(), 1usize..8)
                .prop_map(|(values, order, size)| (values, order.chunks(size).map(<[usize]>::to_vec).collect()))
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    /// However readings are ordered, doubled and delayed: one high alert if any was critical, and none otherwise.
    #[test]
    fn late_and_doubled_input_never_doubles_nor_loses_a_high_alert((values, batches) in deliveries()) {
        let mut bed = Bed::new();
        for (i, batch) in batches.iter().enumerate() {
            let readings: Vec<_> =
                batch.iter().map(|n| reading(Signal::Spo2, Some(values[*n]), i64::try_from(*n).unwrap())).collect();
            bed.read(40 + i64::try_from(i).unwrap(), &readings);
        }
        let told = bed.told(SPO2_LOW);
        let high = told.iter().filter(|t| t.ends_with("high")).count();
        prop_assert_eq!(high, usize::from(values.iter().any(|v| *v <= 80)), "{:?}", told);
        prop_assert!(told.iter().filter(|t| t.starts_with("raise")).count() <= 1 + told.iter().filter(|t| *t == "clear").count());
    }

    /// In order, a repeat of anything delivered changes neither the state nor the alerts.
    #[test]
    fn a_repeat_changes_nothing(values in prop::collection::vec(60i64..100, 1..20)) {
        let readings: Vec<_> =
            values.iter().zip(0..).map(|(v, s)| reading(Signal::Spo2, Some(*v), s)).collect();
        let mut bed = Bed::new();
        bed.read(20, &readings);
        let (state, effects) = (bed.monitor.clone(), bed.out.effects.len());
        bed.read(20, &readings);
        prop_assert_eq!(&bed.monitor, &state);
        prop_assert_eq!(bed.out.effects.len(), effects);
    }
}
