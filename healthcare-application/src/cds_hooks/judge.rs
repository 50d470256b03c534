//! Judging a question by the rules in force.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use healthcare_domain::scheduling::zone::Zone;
use healthcare_dss::{
    AllergyKnowledge, Evaluation, EventRef, Facts, Finding, MedicationFact, Proposal, Severity, Trigger, Verdict,
};
use uuid::Uuid;

use super::{Ask, Draft, Hook};
use crate::{
    decision::{Reading, unread},
    rule::InForce,
};

/// What brings a review of the whole record: every rule that listens to any event looks.
const REVIEW: Trigger<'static> = Trigger("patient.viewed");

/// What came of a question.
#[derive(Debug, Clone, Default)]
pub struct Judged {
    /// What was found, the gravest first, each once.
    pub noticed: Vec<Noticed>,
    /// What could not be told for want of data, by rule: what is missing, in words.
    pub lacking: BTreeMap<String, Vec<String>>,
    /// The values of a record that critical rules could not read, in words, and the rules.
    pub unread: BTreeMap<String, BTreeSet<String>>,
}

/// A finding, and the drafts it is about.
#[derive(Debug, Clone)]
pub struct Noticed {
    /// What was found.
    pub finding: Finding,
    /// The drafts that brought it about, in the order of the question.
    pub drafts: Vec<EventRef>,
}

/// Judges a question. Every draft that is asked about is judged against what the patient takes and against the other
/// drafts; of an allergy or a problem to be recorded, what it would bring up that was not there before.
pub fn judge(rules: &InForce, ask: &Ask, (at, zone): (DateTime<Utc>, Zone)) -> Judged {
    let known = ask.given.facts(Reading { knowledge: rules.knowledge(), zone }, at);
    match ask.hook {
        Hook::OrderSelect | Hook::OrderSign => orders(rules, ask, known),
        Hook::PatientView | Hook::EncounterStart | Hook::EncounterDischarge => {
            let mut judged = Judged::default();
            for evaluation in &look(rules, ask.hook, &known) {
                judged.take(evaluation, &[]);
                judged.take_unread(rules, evaluation);
            }
            // What is missing from a whole record is nobody's question; what a draft lacks is, and what is there unread.
            judged.lacking.clear();
            judged.ordered()
        }
        Hook::AllergyIntoleranceCreate => {
            let mut with = known.clone();
            let mut all = match with.allergies {
                AllergyKnowledge::Known(known) => known,
                AllergyKnowledge::NotAsked | AllergyKnowledge::NoneKnown { .. } => vec![],
            };
            all.extend(ask.new_allergies.iter().cloned());
            with.allergies = if all.is_empty() { known.allergies.clone() } else { AllergyKnowledge::Known(all) };
            brought_up(rules, ask, &known, &with)
        }
        Hook::ProblemListItemCreate => {
            let mut with = known.clone();
            with.conditions.extend(ask.new_conditions.iter().cloned());
            brought_up(rules, ask, &known, &with)
        }
    }
}

fn orders(rules: &InForce, ask: &Ask, known: Facts) -> Judged {
    let mut judged = Judged::default();
    // A draft that is among the active orders already is one order, not two.
    let same = |active: &MedicationFact, draft: &Draft| {
        let reference = |source: EventRef| ask.origins.get(&source.stream)?.reference.as_ref();
        reference(active.source).is_some_and(|named| Some(named) == reference(draft.fact.source))
            && active.codings == draft.fact.codings
            && active.text == draft.fact.text
    };
    let active = known.medications.iter().filter(|one| !ask.drafts.iter().any(|draft| same(one, draft)));
    let taken: Vec<MedicationFact> = active.chain(ask.drafts.iter().map(|draft| &draft.fact)).cloned().collect();
    for draft in ask.drafts.iter().filter(|draft| draft.asked) {
        // The draft stands among what is taken as well; the rules tell it by its source.
        let facts = Facts { medications: taken.clone(), draft: Some(draft.fact.clone()), ..known.clone() };
        judged.take(&rules.judge(None, Trigger::ORDER_SIGN, &facts), &[draft.fact.source]);
        if ask.hook == Hook::OrderSelect {
            judged.take(&rules.judge(None, Trigger(ask.hook.name()), &facts), &[draft.fact.source]);
        }
    }
    judged.ordered()
}

/// What is found with what is to be recorded, and not without it.
fn brought_up(rules: &InForce, ask: &Ask, without: &Facts, with: &Facts) -> Judged {
    let all = |facts: &Facts| {
        let mut judged = Judged::default();
        look(rules, ask.hook, facts).iter().for_each(|evaluation| judged.take(evaluation, &[]));
        judged
    };
    let (before, mut judged) = (all(without), all(with));
    let known: HashSet<Uuid> = before.noticed.iter().map(|noticed| noticed.finding.id).collect();
    judged.noticed.retain(|noticed| !known.contains(&noticed.finding.id));
    judged.lacking.retain(|rule, missing| before.lacking.get(rule) != Some(missing));
    judged.ordered()
}

/// A review of the whole record, and what listens to the hook itself. A patient of another house is on no ward of ours.
fn look(rules: &InForce, hook: Hook, facts: &Facts) -> [Evaluation; 2] {
    [rules.judge(None, REVIEW, facts), rules.judge(None, Trigger(hook.name()), facts)]
}

impl Judged {
    /// Takes in what was judged for a draft. A finding about two drafts is one.
    fn take(&mut self, evaluation: &Evaluation, drafts: &[EventRef]) {
        for judgement in &evaluation.judgements {
            match &judgement.verdict {
                // A rule that could not look says so itself.
                Verdict::Fired { findings } | Verdict::Unavailable { findings, .. } => {
                    findings.iter().for_each(|finding| self.notice(finding, drafts))
                }
                Verdict::Lacking { missing, .. } => {
                    let words = self.lacking.entry(judgement.rule.to_string()).or_default();
                    for one in missing.iter().map(ToString::to_string) {
                        if !words.contains(&one) {
                            words.push(one);
                        }
                    }
                }
                Verdict::NotFired { .. } => {}
            }
        }
    }

    /// Takes in what critical rules could not read.
    fn take_unread(&mut self, rules: &InForce, evaluation: &Evaluation) {
        for (judgement, explanation) in unread(rules, evaluation) {
            for (value, why) in explanation.unreadable() {
                // A table shows the drug that it is about.
                let words = value.value.as_ref().map_or_else(|| why.to_string(), |_| value.to_string());
                self.unread.entry(words).or_default().insert(judgement.rule.to_string());
            }
        }
    }

    fn notice(&mut self, finding: &Finding, drafts: &[EventRef]) {
        let Some(known) = self.noticed.iter_mut().find(|noticed| noticed.finding.id == finding.id) else {
            self.noticed.push(Noticed { finding: finding.clone(), drafts: drafts.to_vec() });
            return;
        };
        known.drafts.extend(drafts.iter().filter(|draft| !known.drafts.contains(draft)).copied().collect::<Vec<_>>());
        let new = |one: &&Proposal| !known.finding.suggestions.contains(one);
        let more: Vec<Proposal> = finding.suggestions.iter().filter(new).cloned().collect();
        known.finding.suggestions.extend(more);
    }

    fn ordered(mut self) -> Self {
        let key = |noticed: &Noticed| (noticed.finding.severity, noticed.finding.rule.clone(), noticed.finding.id);
        self.noticed.sort_by_key(key);
        self
    }

    /// The gravest of what was found.
    pub fn gravest(&self) -> Option<Severity> {
        self.noticed.first().map(|noticed| noticed.finding.severity)
    }
}
