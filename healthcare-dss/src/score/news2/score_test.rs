use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::score::news2::*;

fn whole(value: i64) -> Option<Reading<Decimal>> {
    Some(Decimal::from(value).into())
}

fn normal() -> News2Input {
    News2Input {
        respiratory_rate: whole(16),
        spo2: whole(98),
        on_oxygen: Some(false.into()),
        systolic_bp: whole(120),
        pulse: whole(70),
        consciousness: Some(Consciousness::Alert.into()),
        temperature: Some(Decimal::new(368, 1).into()),
        ..News2Input::default()
    }
}

fn scored(input: &News2Input) -> News2 {
    score(input, &MaximumAges::default()).unwrap()
}

#[test]
fn given_every_boundary_of_the_chart_when_scored_then_parts_total_and_band_are_the_published_ones() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/calculators/news2-boundaries.csv");
    let mut rows = 0;
    for row in csv::Reader::from_path(path).unwrap().deserialize::<std::collections::HashMap<String, String>>() {
        let row = row.unwrap();
        let number = |name: &str| Some(row[name].parse::<Decimal>().unwrap().into());
        let part = |name: &str| Some(row[name].parse::<u8>().unwrap());
        let news2 = scored(&News2Input {
            respiratory_rate: number("respiratory_rate"),
            spo2_scale: serde_json::from_value(serde_json::json!(row["spo2_scale"])).unwrap(),
            spo2: number("spo2"),
            on_oxygen: Some((row["on_oxygen"] == "true").into()),
            systolic_bp: number("systolic_bp"),
            pulse: number("pulse"),
            consciousness: Some(
                serde_json::from_value::<Consciousness>(row["consciousness"].clone().into()).unwrap().into(),
            ),
            temperature: number("temperature"),
            ..News2Input::default()
        });
        let expected = Parts {
            respiratory_rate: part("score_respiratory_rate"),
            spo2: part("score_spo2"),
            oxygen: part("score_oxygen"),
            systolic_bp: part("score_systolic_bp"),
            pulse: part("score_pulse"),
            consciousness: part("score_consciousness"),
            temperature: part("score_temperature"),
        };
        assert_eq!(news2.parts, expected, "{row:?}");
        let json = serde_json::to_value(&news2).unwrap();
        assert_eq!(json["total"].to_string(), row["total"], "{row:?}");
        assert_eq!(json["band"], row["band"], "{row:?}");
        rows += 1;
    }
    assert_eq!(rows, 713);
}

#[test]
fn given_values_between_the_charts_bands_when_scored_then_they_are_rounded_half_up_and_none_falls_through() {
    for (celsius, part) in
        [("35.04", 3), ("35.05", 1), ("36.04", 1), ("36.05", 0), ("38.04", 0), ("38.05", 1), ("39.05", 2)]
    {
        let input = News2Input { temperature: Some(celsius.parse::<Decimal>().unwrap().into()), ..normal() };
        assert_eq!(scored(&input).parts.temperature, Some(part), "{celsius}");
    }
    for (rate, part) in [("8.4", 3), ("8.5", 1), ("11.5", 0), ("20.5", 2), ("24.5", 3)] {
        let input = News2Input { respiratory_rate: Some(rate.parse::<Decimal>().unwrap().into()), ..normal() };
        assert_eq!(scored(&input).parts.respiratory_rate, Some(part), "{rate}");
    }
}

#[test]
fn given_confusion_voice_pain_or_no_response_when_scored_then_each_scores_three() {
    use Consciousness::{Confusion, Pain, Unresponsive, Voice};
    for level in [Confusion, Voice, Pain, Unresponsive] {
        let news2 = scored(&News2Input { consciousness: Some(level.into()), ..normal() });
        assert_eq!(news2.outcome, Outcome::Complete { total: 3, band: Band::LowMedium });
    }
}

#[test]
fn given_an_absent_pulse_when_scored_then_there_is_a_partial_sum_and_no_total() {
    let news2 = scored(&News2Input { pulse: None, respiratory_rate: whole(25), ..normal() });
    assert_eq!(
        news2.outcome,
        Outcome::Incomplete { partial: 3, at_least: Band::LowMedium, missing: vec![Parameter::Pulse], stale: vec![] }
    );
    assert_eq!(news2.parts.pulse, None);
}

#[test]
fn given_respiration_zero_when_scored_then_it_is_a_value_and_scores_three() {
    let news2 = scored(&News2Input { respiratory_rate: whole(0), ..normal() });
    assert_eq!(news2.outcome, Outcome::Complete { total: 3, band: Band::LowMedium });
}

#[test]
fn given_a_reading_older_than_its_maximum_age_when_scored_then_it_is_stale_and_not_counted() {
    let now: DateTime<Utc> = "2026-01-01T12:00:00Z".parse().unwrap();
    let pulse = |age| Some(Reading { value: Decimal::from(140), at: Some(now - TimeDelta::seconds(age)) });
    let fresh = scored(&News2Input { at: Some(now), pulse: pulse(3600), ..normal() });
    assert_eq!(fresh.outcome, Outcome::Complete { total: 3, band: Band::LowMedium });

    let old = scored(&News2Input { at: Some(now), pulse: pulse(3601), ..normal() });
    assert_eq!(
        old.outcome,
        Outcome::Incomplete { partial: 0, at_least: Band::Low, missing: vec![], stale: vec![Parameter::Pulse] }
    );
    let input = old.inputs.iter().find(|input| input.parameter == Parameter::Pulse).unwrap();
    assert_eq!((input.age_seconds, input.stale), (Some(3601), true));
}

#[test]
fn given_readings_of_this_moment_and_at_the_end_of_their_age_when_scored_then_they_count_and_a_second_later_not() {
    let now: DateTime<Utc> = "2026-01-01T12:00:00Z".parse().unwrap();
    let read = |seconds| Some(now - TimeDelta::seconds(seconds));
    let stale = |input: News2Input| match scored(&News2Input { at: Some(now), ..input }).outcome {
        Outcome::Complete { .. } => vec![],
        Outcome::Incomplete { missing, stale, .. } if missing.is_empty() => stale,
        other => panic!("{other:?}"),
    };
    let number = |value, seconds| Some(Reading { value: Decimal::from(value), at: read(seconds) });
    // What changes fast counts for an hour, what is charted by hand for four.
    let all = |fast: i64, charted: i64| News2Input {
        respiratory_rate: number(16, fast),
        spo2: number(98, fast),
        on_oxygen: Some(Reading { value: false, at: read(fast) }),
        systolic_bp: number(120, fast),
        pulse: number(70, fast),
        consciousness: Some(Reading { value: Consciousness::Alert, at: read(charted) }),
        temperature: number(37, charted),
        ..News2Input::default()
    };
    assert!(stale(all(0, 0)).is_empty() && stale(all(3600, 4 * 3600)).is_empty());
    use Parameter::{Consciousness as Level, Oxygen, Pulse, RespiratoryRate, Spo2, SystolicBp, Temperature};
    assert_eq!(stale(all(3601, 0)), [RespiratoryRate, Spo2, Oxygen, SystolicBp, Pulse]);
    assert_eq!(stale(all(0, 4 * 3600 + 1)), [Level, Temperature]);
}

/// A site may shorten the age of one parameter without touching another.
#[test]
fn given_ages_of_a_site_when_asked_then_each_parameter_has_its_own() {
    use Parameter::{Consciousness as Level, Oxygen, Pulse, RespiratoryRate, Spo2, SystolicBp, Temperature};
    let ages = MaximumAges {
        respiratory_rate: 10,
        spo2: 20,
        oxygen: 30,
        systolic_bp: 40,
        pulse: 50,
        consciousness: 60,
        temperature: 70,
    };
    let each = [RespiratoryRate, Spo2, Oxygen, SystolicBp, Pulse, Level, Temperature].map(|one| ages.of(one));
    assert_eq!(each, [10, 20, 30, 40, 50, 60, 70]);
}

/// The response that the college attaches to each band, and the words of bands, levels and scales as they are sent.
#[test]
fn given_bands_levels_and_scales_when_told_then_they_are_those_of_the_chart() {
    let bands = [Band::Low, Band::LowMedium, Band::Medium, Band::High];
    assert_eq!(bands.map(Band::assessment_within_minutes), [None, Some(60), Some(60), Some(30)]);
    assert_eq!(bands.map(Band::as_str), ["low", "low-medium", "medium", "high"]);
    for band in bands {
        assert_eq!(serde_json::to_value(band).unwrap(), band.as_str());
    }
    use Consciousness::{Alert, Confusion, Pain, Unresponsive, Voice};
    for (level, letter) in [(Alert, "A"), (Confusion, "C"), (Voice, "V"), (Pain, "P"), (Unresponsive, "U")] {
        assert_eq!((level.letter(), serde_json::to_value(level).unwrap()), (letter, letter.into()));
        let news2 = scored(&News2Input { consciousness: Some(level.into()), ..normal() });
        assert_eq!(&*news2.inputs[5].value, letter);
    }
    assert_eq!(serde_json::to_value(Spo2Scale::Two).unwrap(), 2);
    let schema = serde_json::to_value(<Spo2Scale as utoipa::PartialSchema>::schema()).unwrap();
    let either = serde_json::json!({ "type": ["integer", "string"], "enum": [1, 2, "1", "2"] });
    assert_eq!(schema, either);
    assert_eq!(<Spo2Scale as utoipa::ToSchema>::name(), "News2Spo2Scale");
}

/// Every value that is refused lies beyond what a chart holds; each end itself is charted.
#[test]
fn given_values_at_the_ends_of_the_chart_when_scored_then_they_count_and_what_is_beyond_is_refused() {
    let one = |parameter: Parameter, value: &str| {
        let value = Some(value.parse::<Decimal>().unwrap().into());
        let input = match parameter {
            Parameter::RespiratoryRate => News2Input { respiratory_rate: value, ..normal() },
            Parameter::Spo2 => News2Input { spo2: value, ..normal() },
            Parameter::SystolicBp => News2Input { systolic_bp: value, ..normal() },
            Parameter::Pulse => News2Input { pulse: value, ..normal() },
            Parameter::Temperature => News2Input { temperature: value, ..normal() },
            Parameter::Oxygen | Parameter::Consciousness => panic!("no number"),
        };
        score(&input, &MaximumAges::default()).is_ok()
    };
    // Nobody has a saturation, a pressure or a pulse of 0 charted: whether it counts is left open here.
    for (parameter, ends, beyond) in [
        (Parameter::RespiratoryRate, ["0", "100"], ["-0.1", "100.1"]),
        (Parameter::Spo2, ["1", "100"], ["-0.1", "100.1"]),
        (Parameter::SystolicBp, ["1", "400"], ["-0.1", "400.1"]),
        (Parameter::Pulse, ["1", "400"], ["-0.1", "400.1"]),
        (Parameter::Temperature, ["10", "50"], ["9.99", "50.01"]),
    ] {
        assert_eq!(ends.map(|value| one(parameter, value)), [true; 2], "{parameter:?}");
        assert_eq!(beyond.map(|value| one(parameter, value)), [false; 2], "{parameter:?}");
    }
}

#[test]
fn given_scale_two_without_knowing_of_oxygen_when_saturation_is_high_then_it_is_not_scored() {
    let input = News2Input { spo2_scale: Spo2Scale::Two, on_oxygen: None, spo2: whole(97), ..normal() };
    assert_eq!(scored(&input).parts.spo2, None);
    let low = News2Input { spo2: whole(83), ..input };
    assert_eq!(scored(&low).parts.spo2, Some(3));
}

#[test]
fn given_a_child_or_a_pregnancy_when_scored_then_it_does_not_apply() {
    let child = scored(&News2Input { age_years: Some(15), ..normal() });
    assert_eq!(child.outcome, Outcome::NotApplicable { reasons: vec![Exclusion::UnderSixteen] });
    let pregnant = scored(&News2Input { age_years: Some(16), pregnant: Some(true), ..normal() });
    assert_eq!(pregnant.outcome, Outcome::NotApplicable { reasons: vec![Exclusion::Pregnant] });
}

#[test]
fn given_an_impossible_value_or_one_from_the_future_when_scored_then_it_is_refused() {
    let impossible = News2Input { spo2: whole(101), ..normal() };
    assert!(matches!(
        score(&impossible, &MaximumAges::default()),
        Err(InputError::OutOfRange { parameter: Parameter::Spo2, .. })
    ));
    let now: DateTime<Utc> = "2026-01-01T12:00:00Z".parse().unwrap();
    let tomorrow = Some(Reading { value: Decimal::from(70), at: Some(now + TimeDelta::days(1)) });
    assert_eq!(
        score(&News2Input { at: Some(now), pulse: tomorrow, ..normal() }, &MaximumAges::default()),
        Err(InputError::FromTheFuture { parameter: Parameter::Pulse })
    );
}

/// A value for each score a parameter can take, so that every combination of parts can be built.
fn any_input() -> impl Strategy<Value = News2Input> {
    (
        prop::option::weighted(0.9, 0i64..=100),
        any::<bool>(),
        prop::option::weighted(0.9, 0i64..=100),
        prop::option::weighted(0.9, any::<bool>()),
        prop::option::weighted(0.9, 0i64..=400),
        prop::option::weighted(0.9, 0i64..=400),
        prop::option::weighted(0.9, 0usize..5),
        prop::option::weighted(0.9, 1000i64..=5000),
    )
        .prop_map(|(rate, two, spo2, oxygen, systolic, pulse, level, temperature)| {
            use Consciousness::{Alert, Confusion, Pain, Unresponsive, Voice};
            News2Input {
                respiratory_rate: rate.and_then(whole),
                spo2_scale: if two { Spo2Scale::Two } else { Spo2Scale::One },
                spo2: spo2.and_then(whole),
                on_oxygen: oxygen.map(Into::into),
                systolic_bp: systolic.and_then(whole),
                pulse: pulse.and_then(whole),
                consciousness: level.map(|level| [Alert, Confusion, Voice, Pain, Unresponsive][level].into()),
                temperature: temperature.map(|hundredths| Decimal::new(hundredths, 2).into()),
                ..News2Input::default()
            }
        })
}

fn band_of(total: u8, a_three: bool) -> Band {
    match (total, a_three) {
        (0..=4, false) => Band::Low,
        (0..=4, true) => Band::LowMedium,
        (5..=6, _) => Band::Medium,
        _ => Band::High,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]
    #[test]
    fn given_any_input_when_scored_then_the_total_is_the_sum_of_its_parts_and_the_band_follows(input in any_input()) {
        let news2 = scored(&input);
        let Parts { respiratory_rate, spo2, oxygen, systolic_bp, pulse, consciousness, temperature } = news2.parts;
        let parts = [respiratory_rate, spo2, oxygen, systolic_bp, pulse, consciousness, temperature];
        let sum: u8 = parts.iter().flatten().sum();
        let a_three = parts.contains(&Some(3));
        prop_assert!(sum <= 20);
        let all_given = news2.inputs.len() == 7;
        match news2.outcome {
            Outcome::Complete { total, band } => {
                prop_assert!(all_given && parts.iter().all(Option::is_some));
                prop_assert_eq!((total, band), (sum, band_of(sum, a_three)));
            }
            Outcome::Incomplete { partial, at_least, ref missing, .. } => {
                prop_assert!(!all_given && missing.len() == 7 - news2.inputs.len());
                prop_assert_eq!((partial, at_least), (sum, band_of(sum, a_three)));
            }
            Outcome::NotApplicable { .. } => prop_assert!(false, "no exclusion was given"),
        }
    }
}

/// Every combination of parts the chart can give: 4·4·2·4·4·2·4 on scale 1, and every total from 0 to 20 is met.
#[test]
fn given_every_combination_of_parts_when_scored_then_every_sum_up_to_twenty_is_met_exactly() {
    let mut met = [false; 21];
    for (rate, rate_part) in [(16, 0), (10, 1), (22, 2), (30, 3)] {
        for (spo2, spo2_part) in [(98, 0), (95, 1), (92, 2), (80, 3)] {
            for (oxygen, oxygen_part) in [(false, 0), (true, 2)] {
                for (systolic, systolic_part) in [(120, 0), (105, 1), (95, 2), (230, 3)] {
                    for (pulse, pulse_part) in [(70, 0), (100, 1), (120, 2), (140, 3)] {
                        for (level, level_part) in [(Consciousness::Alert, 0), (Consciousness::Voice, 3)] {
                            for (temperature, temperature_part) in [(370, 0), (385, 1), (395, 2), (340, 3)] {
                                let sum: u8 = rate_part
                                    + spo2_part
                                    + oxygen_part
                                    + systolic_part
                                    + pulse_part
                                    + level_part
                                    + temperature_part;
                                let a_three =
                                    [rate_part, spo2_part, systolic_part, pulse_part, level_part, temperature_part]
                                        .contains(&3);
                                let news2 = scored(&News2Input {
                                    respiratory_rate: whole(rate),
                                    spo2: whole(spo2),
                                    on_oxygen: Some(oxygen.into()),
                                    systolic_bp: whole(systolic),
                                    pulse: whole(pulse),
                                    consciousness: Some(level.into()),
                                    temperature: Some(Decimal::new(temperature, 1).into()),
                                    ..News2Input::default()
                                });
                                assert_eq!(
                                    news2.outcome,
                                    Outcome::Complete { total: sum, band: band_of(sum, a_three) }
                                );
                                met[usize::from(sum)] = true;
                            }
                        }
                    }
                }
            }
        }
    }
    assert!(met.iter().all(|met| *met));
}
