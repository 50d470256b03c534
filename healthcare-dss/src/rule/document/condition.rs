//! What a rule looks at, as its authors write it.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Range;
use crate::dose::DrugForm;
use crate::fact::Sex;

/// A condition over facts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[schema(no_recursion)]
pub enum ConditionDocument {
    /// Each holds.
    All(Vec<ConditionDocument>),
    /// At least one holds.
    Any(Vec<ConditionDocument>),
    /// It does not hold.
    Not(Box<ConditionDocument>),
    /// It cannot be told: the data for it is missing. Itself never missing.
    Missing(Box<ConditionDocument>),
    /// So many of them hold.
    Count {
        /// How many.
        at_least: usize,
        /// Of these.
        of: Vec<ConditionDocument>,
    },
    /// Age in completed years.
    AgeYears(Range),
    /// Age in completed months, for children.
    AgeMonths(Range),
    /// Age in days, for newborns.
    AgeDays(Range),
    /// Sex.
    Sex(Sex),
    /// Pregnancy; never missing for males.
    Pregnant(bool),
    /// Whether allergies were asked for.
    AllergiesAsked(bool),
    /// A drug.
    Drug {
        /// Among which.
        of: Scope,
        /// `class:ID`, `ingredient:NAME` and `product:RXCUI`; left out for any drug.
        #[serde(default, rename = "in", skip_serializing_if = "Vec::is_empty")]
        members: Vec<String>,
        /// For how many days it has been ordered; only of active medications.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        for_days: Option<Range>,
        /// In which form, as far as the order or a name tells it; one that is not told is not the one asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        form: Option<DrugForm>,
        /// Whether it has to be the only ingredient: the naloxone within a tablet of buprenorphine is none at hand.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        alone: bool,
        /// The name by which messages call it.
        #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// The opioids of a day together, in milligrams of morphine by mouth.
    OpioidMme(Range),
    /// An active condition.
    Condition {
        /// Any of these value sets.
        value_sets: Vec<String>,
        /// For how many days it has been on record.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        for_days: Option<Range>,
        /// The name by which messages call it.
        #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// A measured value.
    Observation {
        /// The value set of its codes.
        value_set: String,
        /// The UCUM unit of the limits; values are converted into it.
        unit: String,
        /// The limits.
        is: Range,
        /// How old it may be; older ones are missing.
        within_hours: u32,
        /// Which of several.
        #[serde(default)]
        take: Take,
        /// How old the patient was when it was measured.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_age: Option<AtAge>,
        /// The name by which messages call it.
        #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// A measured value that rises or falls: the newest against the lowest (for a rise) or the highest (for a fall)
    /// before it within the window.
    Trend {
        /// The value set of its codes.
        value_set: String,
        /// The UCUM unit of the change; values are converted into it.
        unit: String,
        /// Which way.
        direction: Direction,
        /// By at least this much, in the unit.
        #[serde(default, deserialize_with = "crate::number::optional", skip_serializing_if = "Option::is_none")]
        #[schema(schema_with = crate::number::schema)]
        by: Option<Decimal>,
        /// By at least so many percent of the earlier value.
        #[serde(default, deserialize_with = "crate::number::optional", skip_serializing_if = "Option::is_none")]
        #[schema(schema_with = crate::number::schema)]
        by_percent: Option<Decimal>,
        /// How old the earlier value may be.
        within_hours: u32,
        /// How old the patient was when the newest was measured.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_age: Option<AtAge>,
        /// The name by which messages call the change.
        #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// A computed score.
    Score {
        /// Which, such as `news2`.
        score: String,
        /// Limits of the total.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        total: Option<Range>,
        /// Limits of the highest single part.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        highest_part: Option<Range>,
        /// How old it may be.
        within_hours: u32,
        /// How old the patient was when it was computed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_age: Option<AtAge>,
        /// The name by which messages call it.
        #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// A table of the knowledge: one finding a matching row.
    Table(TableKind),
}

/// How old the patient was when something was measured, in completed units; each given one must hold. An age by itself,
/// beside a measurement, is the age of now: a value of a newborn's first day is looked at on the second as well.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AtAge {
    /// Completed years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub years: Option<Range>,
    /// Completed months, for children.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<Range>,
    /// Days, for newborns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<Range>,
}

/// Which way a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Up.
    Rise,
    /// Down.
    Fall,
}

/// Among which drugs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The draft being judged.
    Draft,
    /// The active medications, without the draft.
    Active,
    /// Both.
    Any,
}

/// Which of several values within the window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Take {
    /// The newest.
    #[default]
    Latest,
    /// At least one.
    Any,
    /// Each.
    All,
}

/// A table of the knowledge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TableKind {
    /// A drug and a recorded allergy, with cross-reactions.
    AllergyConflict,
    /// Two drugs.
    Interaction,
    /// A drug and a condition.
    Contraindication,
    /// A drug in pregnancy.
    Pregnancy,
    /// A drug while breastfeeding.
    Lactation,
    /// A drug at an age.
    AgeCaution,
    /// More of a drug than is given.
    DoseLimit,
    /// A drug or a dose that the kidneys do not bear.
    RenalLimit,
    /// What has to be measured while a drug is taken.
    Monitoring,
    /// The opioids of a day together.
    OpioidTotal,
    /// The same ingredient or class twice.
    Duplicate,
    /// Drugs that could not be recognised.
    UnmappedDrug,
    /// Allergies that could not be recognised.
    UnmappedAllergy,
}
