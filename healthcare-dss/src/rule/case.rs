//! The cases within a rule: facts in short form, and what must come of them.

use chrono::{DateTime, TimeDelta, Utc};
use healthcare_domain::code::{CVX, Coding, ICD10CM, LOINC, RXNORM, SNOMED};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::CompiledRule;
use crate::dose::DoseFact;
use crate::evaluation::Verdict;
use crate::fact::{
    Age, AllergyFact, AllergyKind, AllergyKnowledge, ConditionFact, EarlierAge, EventRef, Facts, MedicationFact,
    ObservationFact, PatientFacts, ScoreFact, Sex,
};
use crate::finding::Severity;
use crate::knowledge::Knowledge;
use crate::scene::Scene;
use crate::text::Text;

/// A case: given these facts, the rule comes to this.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What the case shows.
    pub name: Text,
    /// The facts.
    pub given: Given,
    /// What must come of them.
    pub expect: Expected,
}

/// Facts in short form. Codes are written `snomed|91936005`, `rxnorm|…`, `icd10cm|…`, `loinc|…`; all else is text. The
/// dose of a drug follows ` @ `: `ibuprofen @ 800 mg every 6 hours`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Given {
    /// Completed years.
    pub age: Option<u16>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Pregnancy.
    pub pregnant: Option<bool>,
    /// Lactation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lactating: Option<bool>,
    /// Completed months of a child.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_months: Option<u16>,
    /// Days of a newborn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_days: Option<u32>,
    /// Body weight in kilograms.
    #[serde(deserialize_with = "crate::number::optional", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub weight_kg: Option<Decimal>,
    /// Left out: not asked. An empty list: none known.
    pub allergies: Option<Vec<String>>,
    /// Whether the allergies are intolerances.
    pub intolerance: bool,
    /// Active medications.
    pub active: Vec<String>,
    /// The draft.
    pub draft: Option<String>,
    /// Active conditions.
    pub conditions: Vec<String>,
    /// How long ago the conditions were recorded and the active medications ordered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_ago: Option<u32>,
    /// Measured values.
    pub observations: Vec<GivenObservation>,
    /// Scores.
    pub scores: Vec<GivenScore>,
}

/// A measured value in short form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenObservation {
    /// The LOINC code.
    pub loinc: String,
    /// The value.
    #[serde(deserialize_with = "crate::number::decimal")]
    #[schema(schema_with = crate::number::schema)]
    pub value: Decimal,
    /// The UCUM unit.
    pub unit: String,
    /// Its age.
    #[serde(default)]
    pub hours_ago: u32,
    /// How old the patient was then, where that was another age than now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_age: Option<Age>,
}

/// A score in short form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenScore {
    /// Which.
    pub score: String,
    /// Its total, or the partial sum.
    pub total: u16,
    /// Its highest part.
    pub highest_part: u16,
    /// Whether something was missing.
    #[serde(default)]
    pub incomplete: bool,
    /// Its age.
    #[serde(default)]
    pub hours_ago: u32,
}

/// What must come of a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// Exactly these findings, by severity and words within the summary, in any order.
    #[schema(value_type = Vec<Vec<String>>)]
    Fired(Vec<(Severity, String)>),
    /// Nothing.
    NotFired,
    /// Lacking data, for a reason with these words.
    Lacking(String),
}

/// A case that did not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, thiserror::Error)]
#[error("{rule}: {case}: {came}")]
pub struct CaseFailure {
    /// The rule.
    pub rule: Text,
    /// The case.
    pub case: Text,
    /// What came instead.
    pub came: String,
}

impl CompiledRule {
    pub(crate) fn run_cases(&self, knowledge: &Knowledge) -> Vec<CaseFailure> {
        self.document.tests.iter().filter_map(|case| self.run_case(case, knowledge)).collect()
    }

    pub(crate) fn run_case(&self, case: &Case, knowledge: &Knowledge) -> Option<CaseFailure> {
        let facts = case.given.facts();
        let verdict = self.judge(&Scene::new(&facts, knowledge)).verdict;
        let holds = match (&case.expect, &verdict) {
            (Expected::Fired(expected), Verdict::Fired { findings }) => {
                expected.len() == findings.len()
                    && expected.iter().all(|(severity, words)| {
                        findings
                            .iter()
                            .any(|finding| finding.severity == *severity && finding.summary.contains(words.as_str()))
                    })
            }
            (Expected::NotFired, Verdict::NotFired { .. }) => true,
            (Expected::Lacking(words), Verdict::Lacking { missing, .. }) => {
                missing.iter().any(|gap| gap.contains(words.as_str()))
            }
            (Expected::Fired(_) | Expected::NotFired | Expected::Lacking(_), _) => false,
        };
        (!holds).then(|| CaseFailure { rule: self.document.id.clone(), case: case.name.clone(), came: came(&verdict) })
    }
}

fn came(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Fired { findings } => {
            let found: Vec<String> =
                findings.iter().map(|finding| format!("{:?}: {}", finding.severity, finding.summary)).collect();
            format!("fired: {}", found.join("; "))
        }
        Verdict::NotFired { explanation } => format!("not fired: {}", explanation.words()),
        Verdict::Unavailable { reason, .. } => format!("unavailable: {reason}"),
        Verdict::Lacking { explanation, .. } => format!("lacking: {}", explanation.words()),
    }
}

/// The moment of every case.
const NOW: DateTime<Utc> = DateTime::<Utc>::UNIX_EPOCH;

impl Given {
    /// The facts in full, with made-up events.
    #[must_use]
    pub fn facts(&self) -> Facts {
        let mut events = 0;
        let mut event = move || {
            events += 1;
            EventRef { stream: Uuid::from_u128(events), version: 1 }
        };
        let medication = |words: &String, source| {
            let (words, dose) = match words.split_once(" @ ") {
                Some((drug, dose)) => (drug, Some(DoseFact::from_words(dose))),
                None => (words.as_str(), None),
            };
            let (codings, text) = codings(words);
            MedicationFact { codings, text, route: None, dose, source, at: NOW }
        };
        // Older than the calendar is as old as it goes.
        let at =
            |hours: u32| NOW.checked_sub_signed(TimeDelta::hours(i64::from(hours))).unwrap_or(DateTime::<Utc>::MIN_UTC);
        let recorded = at(self.days_ago.unwrap_or(0).saturating_mul(24));
        let allergies = match self.allergies.as_deref() {
            None => AllergyKnowledge::NotAsked,
            Some([]) => AllergyKnowledge::NoneKnown { source: event() },
            Some(known) => AllergyKnowledge::Known(
                known
                    .iter()
                    .map(|words| {
                        let (codings, text) = codings(words);
                        let kind = Some(if self.intolerance { AllergyKind::Intolerance } else { AllergyKind::Allergy });
                        AllergyFact { codings, text, kind, criticality: None, source: event(), at: NOW }
                    })
                    .collect(),
            ),
        };
        let mut earlier_ages: Vec<EarlierAge> = self
            .observations
            .iter()
            .filter_map(|given| given.at_age.map(|age| EarlierAge { until: at(given.hours_ago), age }))
            .collect();
        earlier_ages.sort_by_key(|earlier| earlier.until);
        Facts {
            at: NOW,
            patient: PatientFacts {
                age_years: self.age,
                sex: self.sex,
                pregnant: self.pregnant,
                age_months: self.age_months,
                age_days: self.age_days,
                weight_kg: self.weight_kg,
                lactating: self.lactating,
            },
            allergies,
            medications: self
                .active
                .iter()
                .map(|words| MedicationFact { at: recorded, ..medication(words, event()) })
                .collect(),
            conditions: self
                .conditions
                .iter()
                .map(|words| ConditionFact { codings: codings(words).0, source: event(), at: recorded })
                .collect(),
            earlier_ages,
            observations: self
                .observations
                .iter()
                .map(|given| ObservationFact {
                    code: Coding { system: LOINC.into(), code: given.loinc.clone(), display: None },
                    value: given.value,
                    bound: None,
                    unit: given.unit.clone(),
                    source: event(),
                    at: at(given.hours_ago),
                })
                .collect(),
            scores: self
                .scores
                .iter()
                .map(|given| ScoreFact {
                    name: given.score.clone(),
                    total: given.total,
                    complete: !given.incomplete,
                    highest_part: given.highest_part,
                    source: event(),
                    at: at(given.hours_ago),
                })
                .collect(),
            draft: self.draft.as_ref().map(|words| medication(words, event())),
            proposed: None,
        }
    }
}

/// A code where the words are one, else a text.
fn codings(words: &str) -> (Vec<Coding>, Option<String>) {
    let system = words.split_once('|').and_then(|(system, code)| {
        let system = match system {
            "snomed" => SNOMED,
            "rxnorm" => RXNORM,
            "icd10cm" => ICD10CM,
            "loinc" => LOINC,
            "cvx" => CVX,
            _ => return None,
        };
        Some(Coding { system: system.into(), code: code.into(), display: None })
    });
    match system {
        Some(coding) => (vec![coding], None),
        None => (vec![], Some(words.to_owned())),
    }
}
