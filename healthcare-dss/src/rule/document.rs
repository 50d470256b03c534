//! The rule as its authors write it.

use healthcare_domain::code::Coding;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Case;
use crate::evidence::Evidence;
use crate::fact::Sex;
use crate::finding::{Link, Severity};
use crate::text::Text;

/// A versioned rule: when it looks, what it looks at, what it then says, and the cases that prove it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleDocument {
    /// Stable name in kebab case.
    #[schema(value_type = String, pattern = "^[a-z0-9-]+$")]
    pub id: Text,
    /// Grows with every change.
    #[schema(minimum = 1)]
    pub version: u32,
    /// What people call it.
    pub title: Text,
    /// Why it exists.
    pub purpose: Text,
    /// What it stands on. Rows of tables bring their own.
    #[schema(min_items = 1, max_items = 256)]
    pub evidence: Vec<Evidence>,
    /// Who answers for it.
    pub owner: Text,
    /// How much its findings interrupt. Rows of tables have their own.
    pub severity: Severity,
    /// CloudEvents types and hooks on which it is judged.
    #[schema(min_items = 1, max_items = 256)]
    pub triggers: Vec<Text>,
    /// The condition.
    pub when: ConditionDocument,
    /// What missing data means for it.
    #[serde(default)]
    pub when_missing: WhenMissing,
    /// What it says.
    pub then: Then,
    /// Cases that must hold before it may be active.
    #[schema(min_items = 1, max_items = 500)]
    pub tests: Vec<Case>,
}

/// What a rule does when its condition cannot be told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WhenMissing {
    /// It is judged as lacking data, which is kept and shown in the justification.
    #[default]
    Report,
    /// It does not fire.
    Ignore,
    /// It fires: missing data is itself worth a finding.
    Fire,
}

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
        /// The name by which messages call it.
        #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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

/// Limits; each given one must hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// ≥
    #[serde(default, deserialize_with = "crate::number::optional", skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = crate::number::schema)]
    pub at_least: Option<Decimal>,
    /// >
    #[serde(default, deserialize_with = "crate::number::optional", skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = crate::number::schema)]
    pub above: Option<Decimal>,
    /// ≤
    #[serde(default, deserialize_with = "crate::number::optional", skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = crate::number::schema)]
    pub at_most: Option<Decimal>,
    /// <
    #[serde(default, deserialize_with = "crate::number::optional", skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = crate::number::schema)]
    pub below: Option<Decimal>,
}

/// Which way a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Up.
    Rise,
    /// Down.
    Fall,
}

/// Among which drugs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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

/// What a rule says. Messages name what they found in braces: `{drug}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Then {
    /// Under 140 characters once filled.
    pub summary: String,
    /// The whole message.
    pub detail: String,
    /// Drafted actions.
    #[serde(default)]
    pub suggestions: Vec<SuggestionDocument>,
    /// Reasons to choose from when going on regardless.
    #[serde(default)]
    pub override_reasons: Vec<Text>,
    /// Hours within which the same finding is not shown again.
    #[serde(default)]
    pub suppress_for_hours: Option<u32>,
    /// From which values on it is another, worse finding, told anew whatever was answered to the milder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worse: Option<Worse>,
    /// Where to read on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
}

/// Values that make a finding another one, and a worse: it is told anew within `suppress_for_hours`, too. What was answered
/// to the worse is answered to the milder, so that getting better tells nobody anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Worse {
    /// Which value, by the name the condition gives it: of a measurement with a limit on one side, or of the total of a
    /// score with a lower limit.
    pub of: String,
    /// In the unit of the condition, each further beyond its limit than the one before; reaching one is worse.
    #[serde(deserialize_with = "crate::number::list")]
    #[schema(schema_with = crate::number::list_schema)]
    pub at: Vec<Decimal>,
}

/// A drafted action, before it is known of what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SuggestionDocument {
    /// Do not sign the draft; nothing where there is none.
    CancelDraft,
    /// Stop the active medications that the rule matched.
    StopMatched,
    /// Order a laboratory test.
    OrderLaboratory(Coding),
    /// Ask for allergies.
    RecordAllergyStatus,
    /// Ask for pregnancy.
    RecordPregnancyStatus,
    /// Record vital signs within so many minutes.
    RecordVitalSigns {
        /// Minutes.
        within_minutes: u16,
    },
    /// Have the patient assessed.
    RequestAssessment {
        /// By whom.
        by: Text,
        /// Minutes.
        within_minutes: u16,
    },
    /// Look at something and decide.
    Review(Text),
}

impl RuleDocument {
    /// Whether it speaks of the same patients as another version, as loudly, and proposes the same: the two differ in
    /// words alone, or in when they look, in evidence, owner or tests. What was answered to the one is answered to the
    /// other, unless a row of a table is graver now: how grave that is, no document says.
    #[must_use]
    pub fn fires_like(&self, other: &Self) -> bool {
        self.id == other.id
            && self.severity == other.severity
            && self.when == other.when
            && self.when_missing == other.when_missing
            && self.then.suggestions == other.then.suggestions
            && self.then.worse == other.then.worse
    }
}

impl Range {
    /// Whether a value is within the limits.
    #[must_use]
    pub fn holds(&self, value: Decimal) -> bool {
        let Self { at_least, above, at_most, below } = *self;
        at_least.is_none_or(|limit| value >= limit)
            && above.is_none_or(|limit| value > limit)
            && at_most.is_none_or(|limit| value <= limit)
            && below.is_none_or(|limit| value < limit)
    }

    /// Whether no limit is given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The lower limit, whether the value itself is within it or not.
    #[must_use]
    pub fn lowest(&self) -> Option<Decimal> {
        self.at_least.max(self.above)
    }

    /// The upper limit, whether the value itself is within it or not.
    #[must_use]
    pub fn highest(&self) -> Option<Decimal> {
        [self.at_most, self.below].into_iter().flatten().min()
    }

    /// Whether there is only a lower limit, so that a value that can only grow settles it.
    #[must_use]
    pub fn only_from_below(&self) -> bool {
        self.at_most.is_none() && self.below.is_none()
    }

    /// In words, such as "at least 6.0 and below 7".
    #[must_use]
    pub fn words(&self) -> String {
        let Self { at_least, above, at_most, below } = *self;
        [("at least", at_least), ("above", above), ("at most", at_most), ("below", below)]
            .into_iter()
            .filter_map(|(word, limit)| limit.map(|limit| format!("{word} {limit}")))
            .collect::<Vec<_>>()
            .join(" and ")
    }
}
