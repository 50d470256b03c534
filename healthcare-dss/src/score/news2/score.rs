//! The computation.

use rust_decimal::Decimal;

use super::{
    Band, InputError, MaximumAges, News2, News2Input, Outcome, Parameter, Parts, Reading, UsedInput, chart,
    outcome::Exclusion,
};
use crate::text::Text;

/// The version of this score: source, and revision of its implementation.
pub const VERSION: &str = "RCP 2017/1";

/// Computes NEWS2 from what is known.
///
/// Values are rounded to chart precision first. A missing or stale parameter gives an incomplete score with the
/// partial sum; under 16 years and in pregnancy the score does not apply.
///
/// # Errors
/// A value outside of what can be charted, or a reading from after the moment of the score.
pub fn score(input: &News2Input, maximum_ages: &MaximumAges) -> Result<News2, InputError> {
    let mut chart = Charting { input, maximum_ages, inputs: Vec::with_capacity(7), missing: vec![], stale: vec![] };

    let respiratory_rate = chart.number(Parameter::RespiratoryRate, input.respiratory_rate)?;
    let spo2 = chart.number(Parameter::Spo2, input.spo2)?;
    let oxygen =
        chart.take(Parameter::Oxygen, input.on_oxygen, |on| if *on { "oxygen".into() } else { "air".into() })?;
    let systolic_bp = chart.number(Parameter::SystolicBp, input.systolic_bp)?;
    let pulse = chart.number(Parameter::Pulse, input.pulse)?;
    let consciousness = chart.take(Parameter::Consciousness, input.consciousness, |level| level.letter().into())?;
    let temperature = chart.number(Parameter::Temperature, input.temperature)?;
    let Charting { inputs, missing, stale, .. } = chart;

    let exclusions = exclusions(input);
    let parts = if exclusions.is_empty() {
        Parts {
            respiratory_rate: respiratory_rate.map(chart::respiratory_rate),
            spo2: spo2.and_then(|percent| chart::spo2(percent, input.spo2_scale, oxygen)),
            oxygen: oxygen.map(chart::oxygen),
            systolic_bp: systolic_bp.map(chart::systolic_bp),
            pulse: pulse.map(chart::pulse),
            consciousness: consciousness.map(|level| if level == super::Consciousness::Alert { 0 } else { 3 }),
            temperature: temperature.map(chart::temperature),
        }
    } else {
        Parts::default()
    };

    let outcome = if !exclusions.is_empty() {
        Outcome::NotApplicable { reasons: exclusions }
    } else if missing.is_empty() && stale.is_empty() {
        Outcome::Complete { total: parts.sum(), band: Band::of(&parts) }
    } else {
        Outcome::Incomplete { partial: parts.sum(), at_least: Band::of(&parts), missing, stale }
    };
    Ok(News2 { outcome, parts, inputs, spo2_scale: input.spo2_scale, version: VERSION })
}

fn exclusions(input: &News2Input) -> Vec<Exclusion> {
    let under_sixteen = input.age_years.is_some_and(|age| age < 16).then_some(Exclusion::UnderSixteen);
    let pregnant = (input.pregnant == Some(true)).then_some(Exclusion::Pregnant);
    under_sixteen.into_iter().chain(pregnant).collect()
}

/// Takes the readings one by one and notes what is missing and what is stale.
struct Charting<'a> {
    input: &'a News2Input,
    maximum_ages: &'a MaximumAges,
    inputs: Vec<UsedInput>,
    missing: Vec<Parameter>,
    stale: Vec<Parameter>,
}

impl Charting<'_> {
    fn number(
        &mut self,
        parameter: Parameter,
        reading: Option<Reading<Decimal>>,
    ) -> Result<Option<Decimal>, InputError> {
        let (low, high, places) = range(parameter);
        if let Some(Reading { value, .. }) = reading
            && !(low..=high).contains(&value)
        {
            return Err(InputError::OutOfRange { parameter, value, low, high });
        }
        let charted =
            reading.map(|Reading { value, at }| Reading { value: chart::to_chart_precision(value, places), at });
        self.take(parameter, charted, |value| value.to_string().into())
    }

    fn take<T>(
        &mut self,
        parameter: Parameter,
        reading: Option<Reading<T>>,
        words: impl FnOnce(&T) -> Text,
    ) -> Result<Option<T>, InputError> {
        let Some(Reading { value, at }) = reading else {
            self.missing.push(parameter);
            return Ok(None);
        };
        let age_seconds = self.input.at.zip(at).map(|(now, then)| now.signed_duration_since(then).num_seconds());
        if age_seconds.is_some_and(|age| age < 0) {
            return Err(InputError::FromTheFuture { parameter });
        }
        let stale = age_seconds.is_some_and(|age| age > i64::from(self.maximum_ages.of(parameter)));
        self.inputs.push(UsedInput { parameter, value: words(&value), measured_at: at, age_seconds, stale });
        if stale {
            self.stale.push(parameter);
            return Ok(None);
        }
        Ok(Some(value))
    }
}

/// What can be charted, and the chart's decimal places. Respiration and pulse may be 0 (apnoea, arrest): the
/// calculator scores what it is given; that 0 from a device means "no signal" is decided at ingest.
fn range(parameter: Parameter) -> (Decimal, Decimal, u32) {
    let (low, high, places) = match parameter {
        Parameter::RespiratoryRate => (0, 100, 0),
        Parameter::Spo2 => (0, 100, 0),
        Parameter::SystolicBp => (0, 400, 0),
        Parameter::Pulse => (0, 400, 0),
        Parameter::Temperature => (10, 50, 1),
        Parameter::Oxygen | Parameter::Consciousness => (0, 1, 0),
    };
    (Decimal::from(low), Decimal::from(high), places)
}

#[cfg(test)]
#[path = "score_test.rs"]
mod tests;
