//! The rules in force, indexed by trigger and by what is among the facts.

mod embedded;
mod index;
mod trigger;

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use index::Index;
pub use trigger::Trigger;

use crate::evaluation::{Evaluation, Judgement, Unmet};
use crate::fact::Facts;
use crate::knowledge::{Knowledge, KnowledgeMap};
use crate::rule::{BUDGET, Case, CaseFailure, CompiledRule, Reading, RuleDocument, RuleError, Shared};
use crate::scene::Scene;
use crate::text::Text;

/// Compiled rules over one body of knowledge.
#[derive(Debug)]
pub struct RuleBook {
    knowledge: Arc<Knowledge>,
    /// By id.
    rules: Vec<CompiledRule>,
    /// The positions of the rules by their ids.
    by_id: KnowledgeMap<Text, usize>,
    by_trigger: HashMap<Text, Index>,
    /// The rules that listen to any event, each once.
    by_any_event: Index,
    /// How many conditions stand in them more than once.
    shared: usize,
    /// How many steps each rule may take.
    budget: u32,
}

impl RuleBook {
    /// Reads rule documents, each a JSON text of one rule, over a body of knowledge.
    ///
    /// # Errors
    /// The first document that is malformed, refers to what is not there, or repeats an id; with JSON path and
    /// reason. The tests within the rules are not run: see [`RuleBook::run_cases`].
    pub fn from_json<'a>(
        knowledge: Arc<Knowledge>,
        documents: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, RuleError> {
        let mut rules = vec![];
        for (name, text) in documents {
            let document = RuleDocument::read(name, text)?;
            rules.push(CompiledRule::compile(document, &knowledge)?);
        }
        Self::of(knowledge, rules)
    }

    /// Reads rules that are already structured, as from a database.
    ///
    /// # Errors
    /// As [`RuleBook::from_json`].
    pub fn from_documents(knowledge: Arc<Knowledge>, documents: Vec<RuleDocument>) -> Result<Self, RuleError> {
        let rules = documents
            .into_iter()
            .map(|document| CompiledRule::compile(document, &knowledge))
            .collect::<Result<_, _>>()?;
        Self::of(knowledge, rules)
    }

    /// A book of one rule that somebody submits. More is asked of it than of one that was kept: it has no hook and no
    /// score that there is not, and no limits that leave no value.
    ///
    /// # Errors
    /// As [`RuleBook::from_json`], and the first such part; with JSON path and reason.
    pub fn submitted(knowledge: Arc<Knowledge>, document: RuleDocument) -> Result<Self, RuleError> {
        let rule = CompiledRule::read(document, &knowledge, Reading::Submitted)?;
        Self::of(knowledge, vec![rule])
    }

    fn of(knowledge: Arc<Knowledge>, mut rules: Vec<CompiledRule>) -> Result<Self, RuleError> {
        rules.sort_by(|a, b| a.document.id.cmp(&b.document.id));
        if let Some(pair) = rules.windows(2).find(|pair| pair[0].document.id == pair[1].document.id) {
            let id = &pair[0].document.id;
            return Err(RuleError {
                document: id.to_string(),
                path: "id".into(),
                reason: "two rules have this id".into(),
            });
        }
        let shared = Shared::number(&mut rules);
        let mut concerned: HashMap<Text, Vec<usize>> = HashMap::new();
        let mut by_any_event = vec![];
        for (nth, rule) in rules.iter().enumerate() {
            for trigger in &rule.document.triggers {
                let concerned = concerned.entry(trigger.clone()).or_default();
                if concerned.last() != Some(&nth) {
                    concerned.push(nth);
                }
            }
            if rule.document.triggers.iter().any(|trigger| !Trigger(trigger).is_hook()) {
                by_any_event.push(nth);
            }
        }
        let by_trigger =
            concerned.into_iter().map(|(trigger, concerned)| (trigger, Index::new(&rules, concerned))).collect();
        let by_any_event = Index::new(&rules, by_any_event);
        let by_id = rules.iter().enumerate().map(|(nth, rule)| (rule.document.id.clone(), nth)).collect();
        Ok(Self { knowledge, rules, by_id, by_trigger, by_any_event, shared, budget: BUDGET })
    }

    /// The same rules with another budget for each: how many conditions, facts and rows one rule may look at.
    #[must_use]
    pub fn with_budget(self, steps: u32) -> Self {
        Self { budget: steps, ..self }
    }

    /// Judges every rule that the trigger concerns. The same facts and rules give the same bytes.
    ///
    /// What it costs grows with the rules that might have something to say: a rule whose drug, condition or limit is
    /// not among the facts at all did not fire, and is told by name in [`Evaluation::unmet`]. A rule that fails is
    /// told as [`Unavailable`](crate::Verdict::Unavailable); the others are judged all the same.
    #[must_use]
    pub fn evaluate(&self, trigger: Trigger<'_>, facts: &Facts) -> Evaluation {
        self.by_trigger.get(trigger.0).map_or_else(Evaluation::default, |index| self.judge_by(index, facts))
    }

    /// Judges every rule that listens to any event, each once: a look at the patient as they are, whatever happened.
    #[must_use]
    pub fn review(&self, facts: &Facts) -> Evaluation {
        self.judge_by(&self.by_any_event, facts)
    }

    /// For a hook, judges the rules of that hook; for an event, all that listen to any: whichever of several events came
    /// last, what is looked at is the patient as they are.
    #[must_use]
    pub fn look(&self, trigger: Trigger<'_>, facts: &Facts) -> Evaluation {
        if trigger.is_hook() { self.evaluate(trigger, facts) } else { self.review(facts) }
    }

    fn judge_by(&self, index: &Index, facts: &Facts) -> Evaluation {
        let rule = |place: &usize| &self.rules[index.rules[*place]];
        let (judged, judgements): (Vec<usize>, Vec<Judgement>) = self.on_scene(
            facts,
            |scene| {
                let judged = index.candidates(scene);
                scene.share(self.shared, judged.len());
                let judgements = judged.iter().map(|place| rule(place).judge(scene)).collect();
                (judged, judgements)
            },
            |reason| {
                let all: Vec<usize> = (0..index.rules.len()).collect();
                let judgements = all.iter().map(|place| rule(place).unavailable(reason)).collect();
                (all, judgements)
            },
        );
        Evaluation { judgements, unmet: Unmet::but(index.listed.clone(), judged) }
    }

    /// Judges one rule in full, whatever its triggers are: for the tree of a rule that did not fire.
    #[must_use]
    pub fn judge_one(&self, rule: &str, facts: &Facts) -> Option<Judgement> {
        self.judge_some([rule], facts).pop()
    }

    /// Judges these rules in full; those that are not in the book are left out.
    #[must_use]
    pub fn judge_some<'a>(&self, rules: impl IntoIterator<Item = &'a str>, facts: &Facts) -> Vec<Judgement> {
        let found: Vec<&CompiledRule> = rules.into_iter().filter_map(|rule| self.find(rule)).collect();
        self.on_scene(
            facts,
            |scene| {
                scene.share(self.shared, found.len());
                found.iter().map(|rule| rule.judge(scene)).collect()
            },
            |reason| found.iter().map(|rule| rule.unavailable(reason)).collect(),
        )
    }

    fn find(&self, rule: &str) -> Option<&CompiledRule> {
        self.rules.get(*self.by_id.get(rule)?)
    }

    /// Facts that cannot even be laid out make every rule unavailable: none passes silently.
    fn on_scene<T>(
        &self,
        facts: &Facts,
        judge: impl FnOnce(&mut Scene<'_>) -> T,
        unavailable: impl FnOnce(&str) -> T,
    ) -> T {
        let laid_out = || judge(&mut Scene::new(facts, &self.knowledge).with_budget(self.budget));
        catch_unwind(AssertUnwindSafe(laid_out)).unwrap_or_else(|_| unavailable("the facts could not be read"))
    }

    /// Whether any rule listens to a trigger.
    #[must_use]
    pub fn listens_to(&self, trigger: Trigger<'_>) -> bool {
        self.by_trigger.contains_key(trigger.0)
    }

    /// The triggers that any rule listens to, in alphabetical order.
    #[must_use]
    pub fn triggers(&self) -> Vec<&str> {
        let mut triggers: Vec<&str> = self.by_trigger.keys().map(Text::as_str).collect();
        triggers.sort_unstable();
        triggers
    }

    /// The rules as written, by id.
    pub fn documents(&self) -> impl Iterator<Item = &RuleDocument> {
        self.rules.iter().map(|rule| &rule.document)
    }

    /// The knowledge the rules look into.
    #[must_use]
    pub fn knowledge(&self) -> &Knowledge {
        &self.knowledge
    }

    /// The knowledge, for another book over the same.
    #[must_use]
    pub fn shared_knowledge(&self) -> Arc<Knowledge> {
        self.knowledge.clone()
    }

    /// Runs the cases that each rule brings, and tells those that do not hold.
    #[must_use]
    pub fn run_cases(&self) -> Vec<CaseFailure> {
        self.rules.iter().flat_map(|rule| rule.run_cases(&self.knowledge)).collect()
    }

    /// Runs another case of a rule: what came instead, if it does not hold; none when there is no such rule.
    pub(crate) fn try_case(&self, rule: &str, case: &Case) -> Option<Option<CaseFailure>> {
        Some(self.find(rule)?.run_case(case, &self.knowledge))
    }

    /// The rule of an id as written.
    #[must_use]
    pub fn document(&self, rule: &str) -> Option<&RuleDocument> {
        self.find(rule).map(|rule| &rule.document)
    }
}

#[cfg(test)]
#[path = "book/book_test.rs"]
mod tests;
