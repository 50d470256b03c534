//! Judging facts, and what is kept of a judgement.

use healthcare_domain::id::{PatientId, WardId};
use healthcare_dss::{Evaluation, Facts, Judgement, Text, Trigger, Verdict};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    rule::InForce,
    store::{EvaluationRecord, ShadowRecord},
};

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
    /// The rule failed or took more than it may: it did not look.
    Unavailable,
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
pub const ENDS_FACTS: [&str; 24] = [
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
    "pharmacy.medication.amended",
    "pharmacy.medication.ended",
    "pharmacy.medication.entered-in-error",
    "observation.amended",
    "observation.entered-in-error",
    "encounter.vitals.entered-in-error",
    "encounter.amended",
    "encounter.completed",
    "encounter.class-changed",
    "encounter.entered-in-error",
    "patient.immunized",
    "patient.immunization.amended",
    "patient.immunization.entered-in-error",
];

/// Whether a trigger is a hook, at which somebody waits for the answer, and not the type of an event.
pub fn is_hook(trigger: &str) -> bool {
    Trigger(trigger).is_hook()
}

/// Judges facts. For a hook, such as before signing, the rules of that hook; otherwise all rules that listen to any event:
/// a review looks at the patient as they are now, whichever of several events came last.
///
/// Only what is in force on the patient's ward is judged.
pub fn judge(rules: &InForce, ward: Option<WardId>, trigger: &str, facts: &Facts) -> Evaluation {
    rules.judge(ward, Trigger(trigger), facts)
}

/// What the rules in the shadow would have said, to be kept with the evaluation and shown to nobody.
pub fn judge_in_shadow(rules: &InForce, ward: Option<WardId>, trigger: &str, facts: &Facts) -> Vec<ShadowRecord> {
    let fired = rules.judge_in_shadow(ward, Trigger(trigger), facts);
    fired.iter().filter_map(|judgement| ShadowRecord::of(judgement, ward)).collect()
}

/// What is kept of an evaluation; what was in the shadow, and the edition that judged, are the caller's to add.
pub fn record(
    id: Uuid,
    patient: PatientId,
    trigger: &str,
    position: i64,
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
        shadow: vec![],
        edition: None,
        told: None,
    }
}

/// A line a rule, in order of the rules.
pub fn lines(evaluation: &Evaluation) -> Vec<RuleOutcome> {
    evaluation.each().map(line).collect()
}

/// A rule without a judgement was passed by: what it asks for is not among the facts.
fn line((rule, version, judgement): (&Text, u32, Option<&Judgement>)) -> RuleOutcome {
    let (outcome, kept) = match judgement.map(|judgement| &judgement.verdict) {
        Some(Verdict::Fired { .. }) => (Outcome::Fired, true),
        Some(Verdict::Lacking { .. }) => (Outcome::Lacking, true),
        Some(Verdict::Unavailable { .. }) => (Outcome::Unavailable, true),
        Some(Verdict::NotFired { .. }) | None => (Outcome::NotFired, false),
    };
    RuleOutcome { rule: rule.to_string(), version, outcome, judgement: judgement.filter(|_| kept).cloned() }
}
