//! Judging facts, and what is kept of a judgement.

use std::collections::BTreeMap;

use healthcare_domain::id::PatientId;
use healthcare_dss::{Evaluation, Facts, Judgement, RuleBook, Trigger, Verdict};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::store::EvaluationRecord;

/// What came of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = RuleOutcome)]
pub enum Outcome {
    /// It has something to say.
    Fired,
    /// Its condition is not met.
    NotFired,
    /// It cannot be told.
    Lacking,
}

/// A line of the justification log: one rule, judged.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RuleOutcome {
    /// The rule.
    pub rule: String,
    /// Its version then.
    pub version: u32,
    /// What came of it.
    pub outcome: Outcome,
    /// The whole judgement with its tree, for what fired or lacked data; the rest replays from the facts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judgement: Option<Judgement>,
}

/// What ends or changes a fact, beside what the rules listen to: a suggestion may no longer hold then.
pub const ENDS_FACTS: [&str; 15] = [
    "patient.merged",
    "patient.unmerged",
    "patient.updated",
    "patient.allergy.removed",
    "patient.allergy.reactivated",
    "patient.allergy.verified",
    "patient.allergy.entered-in-error",
    "patient.problem.resolved",
    "patient.problem.reactivated",
    "patient.problem.verified",
    "patient.problem.entered-in-error",
    "pharmacy.medication.ended",
    "pharmacy.medication.entered-in-error",
    "observation.entered-in-error",
    "encounter.vitals.entered-in-error",
];

/// Whether a trigger is a hook, at which somebody waits for the answer, and not the type of an event, which has dots.
pub fn is_hook(trigger: &str) -> bool {
    !trigger.contains('.')
}

/// Judges facts. At a hook, the rules of that hook; otherwise all rules that listen to any event: a review looks
/// at the patient as they are now, whichever of several events came last.
pub fn judge(book: &RuleBook, trigger: &str, facts: &Facts) -> Evaluation {
    if is_hook(trigger) {
        return book.evaluate(Trigger(trigger), facts);
    }
    let mut judged = BTreeMap::new();
    for event in book.triggers().into_iter().filter(|name| !is_hook(name)) {
        for judgement in book.evaluate(Trigger(event), facts).judgements {
            judged.entry(judgement.rule.clone()).or_insert(judgement);
        }
    }
    Evaluation { judgements: judged.into_values().collect() }
}

/// What is kept of an evaluation by a book: of whom, what asked, and the position in the log at which the facts were read.
pub fn record(
    book: &RuleBook,
    (id, patient): (Uuid, PatientId),
    (trigger, position): (&str, i64),
    facts: &Facts,
    evaluation: &Evaluation,
) -> EvaluationRecord {
    EvaluationRecord {
        id,
        patient,
        trigger: trigger.to_owned(),
        position,
        // Facts and judgements hold text, numbers and lists alone; writing them cannot fail.
        facts: serde_json::to_value(facts).unwrap_or_default(),
        judgements: serde_json::to_value(lines(evaluation)).unwrap_or_default(),
        edition: Some(book.edition().clone()),
    }
}

/// A line a rule, in order of the rules.
pub fn lines(evaluation: &Evaluation) -> Vec<RuleOutcome> {
    evaluation.judgements.iter().map(line).collect()
}

fn line(judgement: &Judgement) -> RuleOutcome {
    let (outcome, kept) = match judgement.verdict {
        Verdict::Fired { .. } => (Outcome::Fired, true),
        Verdict::Lacking { .. } => (Outcome::Lacking, true),
        Verdict::NotFired { .. } => (Outcome::NotFired, false),
    };
    RuleOutcome {
        rule: judgement.rule.to_string(),
        version: judgement.version,
        outcome,
        judgement: kept.then(|| judgement.clone()),
    }
}
