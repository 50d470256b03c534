//! Judging facts, and what is kept of a judgement.

use std::collections::{BTreeMap, BTreeSet};

use healthcare_domain::id::{PatientId, WardId};
use healthcare_dss::{Evaluation, Facts, Judgement, RuleBook, Trigger, Verdict};
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

/// Judges facts. Before signing, the rules of that hook; otherwise all rules that listen to any event: a review looks
/// at the patient as they are now, whichever of several events came last.
///
/// Only what is in force on the patient's ward is judged.
pub fn judge(rules: &InForce, ward: Option<WardId>, trigger: &str, facts: &Facts) -> Evaluation {
    judge_each(trigger, rules.triggers(), |trigger| rules.evaluate(ward, trigger, facts))
}

/// As [`judge`], by exactly the rules of a book: for judging again what was judged before.
pub fn judge_by(book: &RuleBook, trigger: &str, facts: &Facts) -> Evaluation {
    judge_each(trigger, book.triggers(), |trigger| book.evaluate(trigger, facts))
}

fn judge_each(trigger: &str, triggers: Vec<&str>, evaluate: impl Fn(Trigger<'_>) -> Evaluation) -> Evaluation {
    if trigger == Trigger::ORDER_SIGN.0 {
        return evaluate(Trigger::ORDER_SIGN);
    }
    let mut judged = BTreeMap::new();
    for event in triggers.into_iter().filter(|name| *name != Trigger::ORDER_SIGN.0) {
        for judgement in evaluate(Trigger(event)).judgements {
            judged.entry(judgement.rule.clone()).or_insert(judgement);
        }
    }
    Evaluation { judgements: judged.into_values().collect() }
}

/// What the rules in the shadow would have said, to be kept with the evaluation and shown to nobody.
pub fn judge_in_shadow(rules: &InForce, ward: Option<WardId>, trigger: &str, facts: &Facts) -> Vec<ShadowRecord> {
    let triggers = match trigger == Trigger::ORDER_SIGN.0 {
        true => BTreeSet::from([trigger]),
        false => rules.shadow_triggers().into_iter().filter(|name| *name != Trigger::ORDER_SIGN.0).collect(),
    };
    let mut fired = BTreeMap::new();
    for judgement in triggers.into_iter().flat_map(|trigger| rules.shadow(ward, Trigger(trigger), facts)) {
        fired.entry((judgement.rule.clone(), judgement.version)).or_insert(judgement);
    }
    fired.into_values().filter_map(|judgement| ShadowRecord::of(&judgement, ward)).collect()
}

/// What is kept of an evaluation.
pub fn record(
    id: Uuid,
    patient: PatientId,
    trigger: &str,
    position: i64,
    facts: &Facts,
    evaluation: &Evaluation,
) -> EvaluationRecord {
    let lines: Vec<RuleOutcome> = evaluation.judgements.iter().map(line).collect();
    EvaluationRecord {
        id,
        patient,
        trigger: trigger.to_owned(),
        position,
        // Facts and judgements hold text, numbers and lists alone; writing them cannot fail.
        facts: serde_json::to_value(facts).unwrap_or_default(),
        judgements: serde_json::to_value(lines).unwrap_or_default(),
        shadow: vec![],
    }
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
