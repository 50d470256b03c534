//! What a calculator is computed from.

use serde::Serialize;
use utoipa::ToSchema;

/// An input of a calculator.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct Input {
    /// The field it is sent in.
    #[schema(example = "age")]
    pub name: &'static str,
    /// What it is.
    pub meaning: &'static str,
    /// What it takes.
    #[serde(flatten)]
    pub kind: Kind,
    /// Whether nothing can be computed of it without.
    pub required: bool,
    /// How old a measurement may be that is taken from the record, in hours; absent for what is no measurement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within_hours: Option<u16>,
    /// The input that it cannot be above.
    #[serde(skip)]
    pub(super) not_above: Option<&'static str>,
}

/// What is charted at the bedside counts for a round.
pub(super) const ROUND: u16 = 4;
/// Results of the acutely ill are of the day.
pub(super) const DAY: u16 = 24;
/// What a chronic illness does to an organ changes slowly.
pub(super) const WEEK: u16 = 7 * 24;
/// The weight of an adult; and what grows, in a child.
pub(in crate::score) const QUARTER: u16 = 90 * 24;
/// The height of an adult.
pub(super) const FIVE_YEARS: u16 = 5 * 365 * 24;

/// What an input takes.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Kind {
    /// A number, or the same as decimal text.
    Number {
        /// Its unit (UCUM); `1` for a mere number.
        unit: &'static str,
        /// The least that can be.
        min: f64,
        /// The most that can be.
        max: f64,
        /// Whether it is whole.
        whole: bool,
    },
    /// Yes or no.
    Boolean,
    /// One of these words.
    Choice {
        /// The words.
        options: &'static [&'static str],
    },
    /// A list of objects, each with these fields.
    List {
        /// The fields.
        #[schema(no_recursion)]
        of: &'static [Input],
        /// How many at the most.
        most: usize,
    },
}

/// A number with its unit and range, without which nothing is computed.
pub(super) const fn number(name: &'static str, meaning: &'static str, unit: &'static str, range: (f64, f64)) -> Input {
    Input {
        name,
        meaning,
        kind: Kind::Number { unit, min: range.0, max: range.1, whole: false },
        required: true,
        within_hours: None,
        not_above: None,
    }
}

/// A whole number.
pub(super) const fn count(name: &'static str, meaning: &'static str, unit: &'static str, range: (f64, f64)) -> Input {
    Input {
        name,
        meaning,
        kind: Kind::Number { unit, min: range.0, max: range.1, whole: true },
        required: true,
        within_hours: None,
        not_above: None,
    }
}

/// A question of yes or no.
pub(super) const fn whether(name: &'static str, meaning: &'static str) -> Input {
    Input { name, meaning, kind: Kind::Boolean, required: true, within_hours: None, not_above: None }
}

/// One of several words.
pub(super) const fn choice(name: &'static str, meaning: &'static str, options: &'static [&'static str]) -> Input {
    Input { name, meaning, kind: Kind::Choice { options }, required: true, within_hours: None, not_above: None }
}

impl Input {
    /// The same, for what may be left out: another input says as much, or its absence has a meaning of its own.
    pub(super) const fn optional(self) -> Self {
        Self { required: false, ..self }
    }

    /// The same, with how old it may be where it is taken from the record.
    pub(super) const fn within_hours(self, hours: u16) -> Self {
        Self { within_hours: Some(hours), ..self }
    }

    /// Whether it is the age of what was derived from adults.
    pub(super) fn is_adult_age(&self) -> bool {
        self.name == ADULT_AGE.name && matches!(self.kind, Kind::Number { min, .. } if min >= 18.0)
    }

    /// The same, which is never above another number.
    pub(super) const fn not_above(self, other: &'static str) -> Self {
        Self { not_above: Some(other), ..self }
    }
}

/// Age in whole years, for what was derived from adults.
pub(super) const ADULT_AGE: Input = count("age", "age; the formula is for adults", "a", (18.0, 150.0));
/// Sex, as the formula was derived for it.
pub(super) const SEX: Input = choice("sex", "sex the formula is for", &["female", "male"]);
/// Serum creatinine.
pub(super) const CREATININE: Input = number("creatinine", "serum creatinine", "mg/dL", (0.1, 40.0)).within_hours(WEEK);
