//! What a rule sees of a patient. Every fact cites the event it comes from.

use chrono::{DateTime, Utc};
use healthcare_domain::code::Coding;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::dose::{DoseFact, Route};

/// The event a fact comes from: a stream and the version within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct EventRef {
    /// The stream.
    pub stream: Uuid,
    /// The version of the stream at which the event stands.
    pub version: i32,
}

/// All that one evaluation may look at, as known at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Facts {
    /// The moment of the evaluation; ages of facts are counted back from here.
    pub at: DateTime<Utc>,
    /// Who the patient is, as far as rules care.
    pub patient: PatientFacts,
    /// What is known of allergies.
    pub allergies: AllergyKnowledge,
    /// Active medications.
    #[serde(default)]
    pub medications: Vec<MedicationFact>,
    /// Active conditions.
    #[serde(default)]
    pub conditions: Vec<ConditionFact>,
    /// How old the patient was when facts were measured that are from another age than now, the youngest first.
    /// Judgements stored before this was told have none: everything was measured at the age of now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_ages: Vec<EarlierAge>,
    /// Vital signs and laboratory results, valid ones only, in any order.
    #[serde(default)]
    pub observations: Vec<ObservationFact>,
    /// Computed scores.
    #[serde(default)]
    pub scores: Vec<ScoreFact>,
    /// The prescription about to be signed, if that is what is being judged.
    #[serde(default)]
    pub draft: Option<MedicationFact>,
    /// The entry about to be put on record (a problem, an allergy, a result, a visit), if that is what is being judged:
    /// it stands among the facts as one that is known. Judgements stored before such entries were judged have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<EventRef>,
}

/// The patient's age, sex, weight, pregnancy and lactation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PatientFacts {
    /// Completed years at the moment of the evaluation.
    pub age_years: Option<u16>,
    /// Sex as far as it matters for prescribing.
    pub sex: Option<Sex>,
    /// Whether the patient is pregnant; `None` is not known.
    pub pregnant: Option<bool>,
    /// Completed months of age of a child, where the date of birth is known to the month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_months: Option<u16>,
    /// Days of age of a child, where the date of birth is known to the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_days: Option<u32>,
    /// Body weight in kilograms, as last measured.
    #[serde(default, deserialize_with = "crate::number::optional", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub weight_kg: Option<Decimal>,
    /// Whether the patient breastfeeds; `None` is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lactating: Option<bool>,
}

impl PatientFacts {
    /// The age now.
    #[must_use]
    pub fn age(&self) -> Age {
        Age { years: self.age_years, months: self.age_months, days: self.age_days }
    }
}

/// An age, as far as it is known: by the calendar of the site, whose days begin at its own midnight.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = KnownAge)]
pub struct Age {
    /// Completed years.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub years: Option<u16>,
    /// Completed months of a child.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub months: Option<u16>,
    /// Days of a child below two years.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
}

/// The age until a moment before now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EarlierAge {
    /// What was measured until then, this moment among it, was measured at this age or a younger one that is told.
    pub until: DateTime<Utc>,
    /// The age.
    pub age: Age,
}

impl Facts {
    /// How old the patient was at a moment at which something was measured.
    #[must_use]
    pub fn age_at(&self, at: DateTime<Utc>) -> Age {
        let told = self.earlier_ages.iter().filter(|earlier| at <= earlier.until).min_by_key(|earlier| earlier.until);
        told.map_or_else(|| self.patient.age(), |earlier| earlier.age)
    }
}

/// Administrative sex, FHIR's `administrative-gender`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Neither.
    Other,
}

/// "Nobody asked" and "has none" are different answers, and only the second is safe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AllergyKnowledge {
    /// Nothing was recorded: allergies are unknown.
    NotAsked,
    /// It was recorded that there are none.
    NoneKnown {
        /// The event that recorded it.
        source: EventRef,
    },
    /// The recorded, active allergies.
    Known(Vec<AllergyFact>),
}

/// A recorded allergy or intolerance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AllergyFact {
    /// Codes of the substance or of the allergy: SNOMED CT, RxNorm, ICD-10-CM.
    #[serde(default)]
    pub codings: Vec<Coding>,
    /// The words of whoever recorded it.
    #[serde(default)]
    pub text: Option<String>,
    /// Allergy or intolerance, where told.
    #[serde(default)]
    pub kind: Option<AllergyKind>,
    /// How dangerous a further exposure is thought to be, where told.
    #[serde(default)]
    pub criticality: Option<Criticality>,
    /// The event it comes from.
    pub source: EventRef,
    /// When it was recorded.
    pub at: DateTime<Utc>,
}

/// FHIR's `allergy-intolerance-type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AllergyKind {
    /// An immune reaction.
    Allergy,
    /// A non-immune reaction, such as nausea.
    Intolerance,
}

/// FHIR's `allergy-intolerance-criticality`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = KnownCriticality)]
pub enum Criticality {
    /// Unlikely to be life-threatening.
    Low,
    /// May be life-threatening.
    High,
    /// Cannot be told.
    UnableToAssess,
}

/// A medication the patient takes, or is about to be prescribed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MedicationFact {
    /// RxNorm codes of product or ingredient, with their names.
    #[serde(default)]
    pub codings: Vec<Coding>,
    /// The words of the order.
    #[serde(default)]
    pub text: Option<String>,
    /// By which way it is given, where the order tells; judgements stored before ways were facts have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Route>,
    /// How much and how often, as far as the order says; judgements stored before doses were facts have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dose: Option<DoseFact>,
    /// The order it comes from.
    pub source: EventRef,
    /// When it was ordered.
    pub at: DateTime<Utc>,
}

/// An active condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConditionFact {
    /// SNOMED CT and ICD-10-CM codes.
    #[serde(default)]
    pub codings: Vec<Coding>,
    /// The event it comes from.
    pub source: EventRef,
    /// When it was recorded.
    pub at: DateTime<Utc>,
}

/// On which side of a number the true value lies, where only that is known (FHIR `quantity-comparator`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[schema(as = ValueBound)]
pub enum Bound {
    /// Less than it.
    #[serde(rename = "<")]
    Below,
    /// Less than it, or just that.
    #[serde(rename = "<=")]
    AtMost,
    /// More than it, or just that.
    #[serde(rename = ">=")]
    AtLeast,
    /// More than it.
    #[serde(rename = ">")]
    Above,
}

impl Bound {
    /// As a laboratory writes it before the number.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::AtLeast => ">=",
            Self::Above => ">",
        }
    }

    /// The bound that words begin with, and the rest of them.
    #[must_use]
    pub fn read(words: &str) -> Option<(Self, &str)> {
        let signs = [
            ("<=", Self::AtMost),
            ("\u{2264}", Self::AtMost),
            (">=", Self::AtLeast),
            ("\u{2265}", Self::AtLeast),
            ("<", Self::Below),
            (">", Self::Above),
        ];
        let words = words.trim_start();
        signs.iter().find_map(|(sign, bound)| words.strip_prefix(sign).map(|rest| (*bound, rest.trim_start())))
    }
}

/// A measured value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ObservationFact {
    /// The LOINC code.
    pub code: Coding,
    /// The value.
    #[serde(deserialize_with = "crate::number::decimal")]
    #[schema(value_type = String)]
    pub value: Decimal,
    /// On which side of it the true value lies, where only that is known; left out where the value is just that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<Bound>,
    /// The UCUM unit.
    pub unit: String,
    /// The event it comes from.
    pub source: EventRef,
    /// When it was measured.
    pub at: DateTime<Utc>,
}

/// A computed score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScoreFact {
    /// Which score, such as `news2`.
    pub name: String,
    /// Its total; for an incomplete score the partial sum, which the total cannot fall below.
    pub total: u16,
    /// Whether nothing was missing.
    pub complete: bool,
    /// The highest single part.
    pub highest_part: u16,
    /// The event it comes from.
    pub source: EventRef,
    /// When it was computed for.
    pub at: DateTime<Utc>,
}
