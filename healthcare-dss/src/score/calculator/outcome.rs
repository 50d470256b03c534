//! What comes of a computation.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::Card;

/// A part of a score and its points.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Part {
    /// What the points are for.
    #[schema(example = "age")]
    pub name: &'static str,
    /// The points; absent while what they depend on is missing.
    #[schema(value_type = Option<f64>)]
    pub points: Option<Value>,
}

/// What came of a computation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Computed {
    /// The calculator.
    #[schema(example = "cha2ds2-vasc")]
    pub score: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Where it was published.
    pub citation: &'static str,
    /// Whether nothing was missing.
    pub complete: bool,
    /// What came out; absent while something is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub value: Option<Value>,
    /// The same, where it is a score of points.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub total: Option<Value>,
    /// Of an incomplete score of points the sum of what is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub partial: Option<Value>,
    /// The unit (UCUM).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<&'static str>,
    /// What it means, in the words of its source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub band: Option<&'static str>,
    /// The parts of a score of points.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// The inputs that are missing.
    pub missing: Vec<&'static str>,
    /// What it was computed from.
    #[schema(value_type = Object)]
    pub inputs: Map<String, Value>,
}

impl Computed {
    pub(super) fn of(card: &Card, outcome: Outcome, inputs: Map<String, Value>) -> Self {
        let points = outcome.kind == OutcomeKind::Points;
        let value = outcome.value.map(plain);
        Self {
            score: card.name,
            version: card.version,
            citation: card.citation,
            complete: outcome.missing.is_empty(),
            total: value.clone().filter(|_| points),
            value,
            partial: outcome.partial.map(plain),
            unit: card.unit,
            band: outcome.band,
            parts: outcome.parts,
            missing: outcome.missing,
            inputs,
        }
    }
}

/// Whether something is a sum of points or a quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OutcomeKind {
    Points,
    Quantity,
}

/// What a calculator's function answers.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) kind: OutcomeKind,
    value: Option<f64>,
    partial: Option<f64>,
    band: Option<&'static str>,
    parts: Vec<Part>,
    missing: Vec<&'static str>,
}

impl Outcome {
    /// A quantity, to so many decimal places; missing while one of its inputs is.
    pub(super) fn quantity(value: Option<f64>, places: i32, missing: Vec<&'static str>) -> Self {
        let value = value.filter(|value| value.is_finite() && missing.is_empty()).map(|value| rounded(value, places));
        Self { kind: OutcomeKind::Quantity, value, partial: None, band: None, parts: vec![], missing }
    }

    /// The same as a score, which is a mere number.
    pub(super) fn into_score(self) -> Self {
        Self { kind: OutcomeKind::Points, ..self }
    }

    /// With what a value of it means.
    pub(super) fn meaning(mut self, band: impl Fn(f64) -> &'static str) -> Self {
        self.band = self.value.map(band);
        self
    }
}

/// A score of points while it is being added up.
#[derive(Debug, Default)]
pub(super) struct Tally {
    sum: f64,
    parts: Vec<Part>,
    missing: Vec<&'static str>,
}

impl Tally {
    /// A part and its points; without them `of` is missing.
    pub(super) fn part(mut self, name: &'static str, points: Option<f64>, of: &[&'static str]) -> Self {
        match points {
            Some(points) => self.sum += points,
            None => {
                self.missing.extend(of.iter().filter(|one| !self.missing.contains(one)).copied().collect::<Vec<_>>())
            }
        }
        self.parts.push(Part { name, points: points.map(plain) });
        self
    }

    /// A part that scores where something is so.
    pub(super) fn when(self, name: &'static str, holds: Option<bool>, points: f64) -> Self {
        self.part(name, holds.map(|holds| if holds { points } else { 0.0 }), &[name])
    }

    /// The score, and what it means.
    pub(super) fn score(self, band: impl Fn(f64) -> &'static str) -> Outcome {
        let Self { sum, parts, missing } = self;
        let value = missing.is_empty().then_some(sum);
        let partial = (!missing.is_empty()).then_some(sum);
        Outcome { kind: OutcomeKind::Points, value, partial, band: value.map(band), parts, missing }
    }
}

/// Those of the inputs that were not given.
pub(super) fn missing<const N: usize>(inputs: [(&'static str, bool); N]) -> Vec<&'static str> {
    inputs.into_iter().filter(|(_, given)| !given).map(|(name, _)| name).collect()
}

/// Rounded half away from zero.
fn rounded(value: f64, places: i32) -> f64 {
    let scale = 10_f64.powi(places);
    (value * scale).round() / scale
}

/// A number as JSON: whole ones without a point.
#[expect(clippy::cast_possible_truncation, reason = "whole and far below 2^53")]
pub(in crate::score) fn plain(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9e15 { Value::from(value as i64) } else { Value::from(value) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn given_something_missing_or_beyond_counting_when_a_quantity_is_told_then_there_is_none() {
        let value = |value, missing: &[&'static str]| Outcome::quantity(Some(value), 1, missing.to_vec()).value;
        assert_eq!(value(93.25, &[]), Some(93.3), "half away from zero");
        assert_eq!(value(93.25, &["sex"]), None, "a number without one of its inputs would pass for an answer");
        assert_eq!([value(f64::INFINITY, &[]), value(f64::NAN, &[])], [None; 2]);
    }

    #[test]
    fn given_numbers_when_written_then_whole_ones_have_no_point_while_they_are_exact() {
        assert_eq!([plain(6.0), plain(-2.0), plain(4.5)], [json!(6), json!(-2), json!(4.5)]);
        assert_eq!([plain(8e15), plain(-8e15)], [json!(8_000_000_000_000_000_i64), json!(-8_000_000_000_000_000_i64)]);
        assert_eq!([plain(9e15), plain(-9e15), plain(1e16)], [json!(9e15), json!(-9e15), json!(1e16)]);
    }

    #[test]
    fn given_two_parts_that_lack_the_same_when_told_then_it_is_named_once() {
        let tally = Tally::default().part("a", None, &["x", "y"]).part("b", None, &["y"]).part("c", Some(2.0), &["z"]);
        assert_eq!(tally.missing, ["x", "y"]);
        assert_eq!(tally.sum, 2.0);
    }
}
