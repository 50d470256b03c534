//! NEWS2 from what is charted: the newest of each parameter, with its age.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    code::{CodeableConcept, LOINC, SNOMED},
    observation::{Observation, ObservationValue},
    problem::Problem,
    vitals::{Consciousness, Measurement, Spo2Scale, VitalSign, Vitals},
};
use healthcare_dss::{
    EventRef,
    score::news2::{self, MaximumAges, News2, News2Input, Reading},
    ucum,
};
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::{
    decision::{self, Lifetime, condition_codings},
    entry::{content_of, demographics_of},
    store::StoreError,
    view::{Kind, Row},
};

/// LOINC: level of consciousness; level of responsiveness.
const CONSCIOUSNESS: [&str; 2] = ["80288-4", "67775-7"];
/// LOINC: inhaled oxygen concentration.
const INHALED_OXYGEN: &str = "3150-6";
/// SNOMED CT: oxygen therapy.
const OXYGEN_THERAPY: &str = "57485005";
/// How much of the air is oxygen, in percent.
const OXYGEN_OF_AIR: Decimal = Decimal::from_parts(21, 0, 0, false, 0);

/// One thing that was charted, as a score reads it.
#[derive(Debug, Clone)]
pub struct Charted {
    /// What.
    pub what: Sign,
    /// When it was measured.
    pub at: DateTime<Utc>,
    /// The event it comes from.
    pub source: EventRef,
}

impl Charted {
    /// Whether it tells how large the body is, rather than how it fares.
    pub fn is_of_the_body(&self) -> bool {
        matches!(self.what, Sign::Number(sign, _) if sign.is_of_the_body())
    }
}

/// What was charted.
#[derive(Debug, Clone)]
pub enum Sign {
    /// A number, in the sign's own unit.
    Number(VitalSign, Decimal),
    /// ACVPU.
    Consciousness(Consciousness),
    /// Whether supplemental oxygen is given.
    Oxygen(bool),
    /// The SpO2 scale that was prescribed, as it is charted with a saturation or with oxygen.
    Scale(Spo2Scale),
}

/// The vital row of a set charted here.
#[derive(Deserialize)]
struct SetRow {
    measurement: SetSign,
}

#[derive(Deserialize)]
struct SetSign {
    sign: String,
    value: serde_json::Value,
    #[serde(default)]
    unit: Option<String>,
    #[serde(default)]
    spo2_scale: Option<Spo2Scale>,
}

/// Reads the signs that a vital row holds: of a set charted here, or of an observation that came from elsewhere. A
/// value that no living body has, or in a unit the sign does not know, is none.
///
/// # Errors
/// When the row is damaged.
pub fn charted(row: &Row) -> Result<Vec<Charted>, StoreError> {
    if row.kind != Kind::Vital {
        return Ok(vec![]);
    }
    let source = EventRef { stream: row.id, version: row.version };
    let signs = if row.item > 0 { of_set(content_of(row)?) } else { signs_of(&content_of(row)?) };
    Ok(signs.into_iter().map(|what| Charted { what, at: row.at, source }).collect())
}

fn of_set(SetRow { measurement: SetSign { sign, value, unit, spo2_scale } }: SetRow) -> Vec<Sign> {
    let sign = match sign.as_str() {
        "consciousness" => serde_json::from_value(value).ok().map(Sign::Consciousness),
        "on_oxygen" => value.as_bool().map(Sign::Oxygen),
        _ => serde_json::from_value::<Measurement>(serde_json::json!({ "sign": sign, "value": value, "unit": unit }))
            .ok()
            .map(|m| Sign::Number(m.sign(), m.value())),
    };
    sign.into_iter().chain(spo2_scale.map(Sign::Scale)).collect()
}

/// The signs in an observation that came from elsewhere. A value that no living body has, or in a unit the sign does not
/// know, is none.
pub fn signs_of(observation: &Observation) -> Vec<Sign> {
    if matches!(observation.status.as_str(), "cancelled" | "entered-in-error" | "unknown" | "registered") {
        return vec![];
    }
    let whole = (&observation.code, &observation.value);
    let parts = observation.components.iter().map(|part| (&part.code, &part.value));
    std::iter::once(whole)
        .chain(parts)
        .filter_map(|(code, value)| {
            let loinc = code.code_in(LOINC);
            match value.as_ref()? {
                ObservationValue::Quantity(quantity) if loinc == Some(INHALED_OXYGEN) => {
                    let percent = (ucum(&quantity.unit) == "%").then_some(quantity.value)?;
                    Some(Sign::Oxygen(percent > OXYGEN_OF_AIR))
                }
                ObservationValue::Quantity(quantity) => {
                    let sign = VitalSign::from_loinc(loinc?)?;
                    let measured = Measurement::new(sign, quantity.value, ucum(&quantity.unit)).ok()?;
                    Some(Sign::Number(sign, measured.value()))
                }
                ObservationValue::Concept(concept) if loinc.is_some_and(|code| CONSCIOUSNESS.contains(&code)) => {
                    consciousness(concept).map(Sign::Consciousness)
                }
                ObservationValue::Text(words) if loinc.is_some_and(|code| CONSCIOUSNESS.contains(&code)) => {
                    level(words).map(Sign::Consciousness)
                }
                ObservationValue::Flag(given) if code.code_in(SNOMED) == Some(OXYGEN_THERAPY) => {
                    Some(Sign::Oxygen(*given))
                }
                _ => None,
            }
        })
        .collect()
}

/// A level of consciousness by its code, else by its words.
fn consciousness(concept: &CodeableConcept) -> Option<Consciousness> {
    let by_code = match concept.code_in(SNOMED) {
        Some("248234008") => Some(Consciousness::Alert),
        Some("130987000") => Some(Consciousness::Confusion),
        Some("300202002") => Some(Consciousness::Voice),
        Some("450847001") => Some(Consciousness::Pain),
        Some("422768004") => Some(Consciousness::Unresponsive),
        _ => None,
    };
    let displays = concept.coding.iter().filter_map(|coding| coding.display.as_deref());
    by_code.or_else(|| concept.text.as_deref().into_iter().chain(displays).find_map(level))
}

fn level(words: &str) -> Option<Consciousness> {
    match words.trim().to_lowercase().as_str() {
        "a" | "alert" | "mentally alert" => Some(Consciousness::Alert),
        "c" | "confusion" | "new confusion" | "acute confusion" => Some(Consciousness::Confusion),
        "v" | "voice" | "responds to voice" => Some(Consciousness::Voice),
        "p" | "pain" | "responds to pain" => Some(Consciousness::Pain),
        "u" | "unresponsive" => Some(Consciousness::Unresponsive),
        _ => None,
    }
}

/// The signs of a set that is about to be charted.
pub fn of_vitals(vitals: &Vitals, source: EventRef) -> Vec<Charted> {
    let numbers = vitals.measurements.iter().map(|m| Sign::Number(m.sign(), m.value()));
    let consciousness = vitals.consciousness.map(Sign::Consciousness);
    let oxygen = vitals.on_oxygen.map(Sign::Oxygen);
    let with_saturation = vitals.on_oxygen.is_some() || vitals.value(VitalSign::Spo2).is_some();
    let scale = with_saturation.then_some(Sign::Scale(vitals.spo2_scale));
    let signs = numbers.chain(consciousness).chain(oxygen).chain(scale);
    signs.map(|what| Charted { what, at: vitals.measured_at, source }).collect()
}

/// What of a patient decides whether NEWS2 applies to them: not under 16 years, and not in pregnancy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Applies {
    /// Since when they live, where the date of birth is known: a year of age begins at the midnight of the site.
    pub lifetime: Option<Lifetime>,
    /// Whether an active condition says that the patient is pregnant; none where nothing says so.
    pub pregnant: Option<bool>,
}

impl Applies {
    /// As the demographics and the active conditions of these rows say.
    ///
    /// # Errors
    /// When a row is damaged.
    pub fn of(rows: &[Row], reading: decision::Reading<'_>) -> Result<Self, StoreError> {
        let decision::Reading { knowledge, zone } = reading;
        let mut applies = Self::default();
        for row in rows {
            match row.kind {
                Kind::Patient => {
                    applies.lifetime = demographics_of(row)?.birth_date.map(|born| Lifetime { born, zone });
                }
                Kind::Problem if row.active => {
                    let problem: Problem = content_of(row)?;
                    if problem.holds() && knowledge.says_pregnant(&condition_codings(knowledge, &problem.code)) {
                        applies.pregnant = Some(true);
                    }
                }
                // The rest says nothing of it.
                _ => {}
            }
        }
        Ok(applies)
    }
}

/// NEWS2 at a moment from the newest of each sign; what is too old is marked stale, what is not there missing. Oxygen
/// that flows is oxygen given. The scale is the one that was charted last with a saturation or with oxygen, never
/// inferred.
pub fn current_news2(signs: &[Charted], applies: Applies, at: DateTime<Utc>) -> Option<News2> {
    let mut input = News2Input {
        at: Some(at),
        age_years: applies.lifetime.and_then(|lifetime| lifetime.age(at).years),
        pregnant: applies.pregnant,
        ..News2Input::default()
    };
    let mut in_order: Vec<&Charted> = signs.iter().collect();
    in_order.sort_by_key(|sign| sign.at);
    for Charted { what, at: measured, source: _ } in in_order {
        // The clocks of two machines may differ by a little.
        let when = Some((*measured).min(at));
        let number = |value: &Decimal| Some(Reading { value: *value, at: when });
        match what {
            Sign::Number(VitalSign::RespiratoryRate, value) => input.respiratory_rate = number(value),
            Sign::Number(VitalSign::Spo2, value) => input.spo2 = number(value),
            Sign::Number(VitalSign::SystolicBp, value) => input.systolic_bp = number(value),
            Sign::Number(VitalSign::HeartRate, value) => input.pulse = number(value),
            Sign::Number(VitalSign::Temperature, value) => input.temperature = number(value),
            Sign::Number(VitalSign::OxygenFlow, flow) => {
                input.on_oxygen = Some(Reading { value: !flow.is_zero(), at: when });
            }
            Sign::Number(
                VitalSign::DiastolicBp
                | VitalSign::Etco2
                | VitalSign::Glucose
                | VitalSign::BodyWeight
                | VitalSign::BodyHeight,
                _,
            ) => {}
            Sign::Consciousness(level) => input.consciousness = Some(Reading { value: level_of(*level), at: when }),
            Sign::Oxygen(on) => input.on_oxygen = Some(Reading { value: *on, at: when }),
            Sign::Scale(scale) => input.spo2_scale = scale_of(*scale),
        }
    }
    let nothing = input.respiratory_rate.is_none()
        && input.spo2.is_none()
        && input.systolic_bp.is_none()
        && input.pulse.is_none()
        && input.temperature.is_none()
        && input.consciousness.is_none();
    // What was charted lies within what the calculator takes, for the domain's limits are the narrower ones.
    if nothing { None } else { news2::score(&input, &MaximumAges::default()).ok() }
}

fn level_of(level: Consciousness) -> news2::Consciousness {
    match level {
        Consciousness::Alert => news2::Consciousness::Alert,
        Consciousness::Confusion => news2::Consciousness::Confusion,
        Consciousness::Voice => news2::Consciousness::Voice,
        Consciousness::Pain => news2::Consciousness::Pain,
        Consciousness::Unresponsive => news2::Consciousness::Unresponsive,
    }
}

fn scale_of(scale: Spo2Scale) -> news2::Spo2Scale {
    match scale {
        Spo2Scale::Scale1 => news2::Spo2Scale::One,
        Spo2Scale::Scale2 => news2::Spo2Scale::Two,
    }
}

#[cfg(test)]
mod tests {
    use healthcare_dss::score::news2::Outcome;

    use super::*;

    /// On the eve of a sixteenth birthday in UTC, which is past midnight in Berlin: a pulse of somebody born that day.
    fn outcome(zone: &str, at: &str) -> Outcome {
        let at: DateTime<Utc> = at.parse().unwrap();
        let lifetime = Lifetime { born: "2010-03-04".parse().unwrap(), zone: zone.parse().unwrap() };
        let applies = Applies { lifetime: Some(lifetime), pregnant: None };
        let source = EventRef { stream: uuid::Uuid::from_u128(1), version: 1 };
        let pulse = Charted { what: Sign::Number(VitalSign::HeartRate, Decimal::from(70)), at, source };
        current_news2(&[pulse], applies, at).unwrap().outcome
    }

    #[test]
    fn somebody_is_sixteen_from_the_midnight_of_the_site() {
        let applies = |zone: &str, at: &str| !matches!(outcome(zone, at), Outcome::NotApplicable { .. });
        assert!(!applies("UTC", "2026-03-03T23:30:00Z"));
        assert!(applies("Europe/Berlin", "2026-03-03T23:30:00Z"), "half past midnight");
        assert!(!applies("Europe/Berlin", "2026-03-03T22:30:00Z"), "half past eleven");
        assert!(!applies("America/New_York", "2026-03-04T04:30:00Z"), "half past eleven of the day before");
        assert!(applies("America/New_York", "2026-03-04T05:30:00Z"));
    }
}
