use super::*;
use proptest::prelude::*;

fn now() -> DateTime<Utc> {
    "2026-11-21T10:00:00Z".parse().unwrap()
}

fn reading(code: &str, value: RawValue, unit: Option<&str>) -> Reading {
    Reading {
        event_id: "e-1".into(),
        device_id: None,
        serial: Some("MON-1".into()),
        code: code.into(),
        value,
        unit: unit.map(Into::into),
        measured_at: "2026-11-21T10:00:00Z".into(),
        sent_at: None,
        seq: None,
    }
}

fn taken(code: &str, value: f64, unit: &str) -> Result<Normalised, Refusal> {
    normalise(0, &reading(code, RawValue::Number(value), Some(unit)), now(), &ClockBounds::default())
}

fn number(text: &str) -> Option<Observed> {
    Some(Observed::Number(text.parse().unwrap()))
}

#[test]
fn units_of_every_house_become_one() {
    assert_eq!(taken("8867-4", 72.0, "{beats}/min").unwrap().value, number("72"));
    assert_eq!(taken("147842", 72.0, "264864").unwrap().value, number("72"));
    assert_eq!(taken("150344", 98.6, "266560").unwrap().value, number("37"));
    assert_eq!(taken("150301", 120.0, "266016").unwrap().value, number("120"));
    assert_eq!(taken("8867-4", 72.0, "bpm").unwrap_err().reason(), "unknown_unit");
}

#[test]
fn a_sentinel_is_no_signal_and_never_a_value() {
    for value in [0.0, -100.0, -999.0, -99.9, -32768.0] {
        let none = taken("59408-5", value, "%").unwrap();
        assert_eq!((none.value, none.quality), (None, Quality::NO_SIGNAL), "{value}");
    }
    assert_eq!(taken("3151-8", 0.0, "L/min").unwrap().value, number("0"));
    assert_eq!(taken("59408-5", -5.0, "%").unwrap_err().reason(), "impossible");
}

#[test]
fn the_traps_are_refused_with_their_reason() {
    assert_eq!(taken("8310-5", 98.6, "Cel").unwrap_err().reason(), "impossible");
    assert_eq!(taken("8310-5", 384.5, "Cel").unwrap_err().reason(), "impossible");
    assert_eq!(taken("1234-5", 1.0, "%").unwrap_err().reason(), "unknown_code");
    let mut zoneless = reading("8867-4", RawValue::Number(72.0), Some("/min"));
    zoneless.measured_at = "2026-11-21T10:00:00".into();
    let refused = normalise(0, &zoneless, now(), &ClockBounds::default()).unwrap_err();
    assert_eq!(refused, Refusal::Time { field: "measured_at" });
    let bare = reading("8867-4", RawValue::Number(72.0), None);
    assert_eq!(normalise(0, &bare, now(), &ClockBounds::default()).unwrap_err().reason(), "no_unit");
}

#[test]
fn consciousness_and_oxygen_are_coded() {
    let take = |code, value| normalise(0, &reading(code, value, None), now(), &ClockBounds::default());
    assert_eq!(
        take("80288-4", RawValue::Text("V".into())).unwrap().value,
        Some(Observed::Consciousness(Consciousness::Voice))
    );
    assert_eq!(take("80288-4", RawValue::Text("X".into())).unwrap_err().reason(), "wrong_value");
    assert_eq!(take("on_oxygen", RawValue::Flag(false)).unwrap().value, Some(Observed::Oxygen(false)));
    assert_eq!(take("on_oxygen", RawValue::Number(1.0)).unwrap_err().reason(), "wrong_value");
}

#[test]
fn an_unusual_value_is_taken_and_flagged() {
    let low = taken("8867-4", 19.0, "/min").unwrap();
    assert_eq!((low.value, low.quality), (number("19"), Quality::UNUSUAL));
}

proptest! {
    /// Whatever comes, it is a possible value, no signal, or a refusal; and what is kept lies within its bounds.
    #[test]
    fn nothing_impossible_passes(value in prop::num::f64::ANY, code in prop::sample::select(&Signal::ALL[..9])) {
        let sign = code.sign().unwrap();
        match taken(sign.loinc(), value, sign.unit()) {
            Ok(Normalised { value: Some(Observed::Number(n)), .. }) => {
                prop_assert!(Measurement::new(sign, n, sign.unit()).is_ok());
            }
            Ok(Normalised { value, quality, .. }) => {
                prop_assert_eq!((value, quality), (None, Quality::NO_SIGNAL));
            }
            Err(refusal) => prop_assert!(["impossible", "wrong_value"].contains(&refusal.reason())),
        }
    }
}
