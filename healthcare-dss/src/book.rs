//! The rules in force, indexed by trigger.

mod embedded;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::edition::Edition;
use crate::evaluation::Evaluation;
use crate::fact::Facts;
use crate::knowledge::Knowledge;
use crate::rule::{CaseFailure, CompiledRule, RuleDocument, RuleError, read_json};
use crate::scene::Scene;
use crate::text::Text;

/// What happened: a CloudEvents type such as `patient.allergy.added`, or a hook such as `order-sign`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Trigger<'a>(pub &'a str);

impl Trigger<'_> {
    /// Before a prescription is signed; the draft is among the facts.
    pub const ORDER_SIGN: Trigger<'static> = Trigger("order-sign");
}

/// Compiled rules over one body of knowledge.
#[derive(Debug)]
pub struct RuleBook {
    knowledge: Arc<Knowledge>,
    /// By id.
    rules: Vec<CompiledRule>,
    by_trigger: HashMap<Text, Vec<usize>>,
    edition: OnceLock<Arc<Edition>>,
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
            let document: RuleDocument = read_json(name, text)?;
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
        let mut by_trigger: HashMap<Text, Vec<usize>> = HashMap::new();
        for (nth, rule) in rules.iter().enumerate() {
            for trigger in &rule.document.triggers {
                let concerned = by_trigger.entry(trigger.clone()).or_default();
                if concerned.last() != Some(&nth) {
                    concerned.push(nth);
                }
            }
        }
        Ok(Self { knowledge, rules, by_trigger, edition: OnceLock::new() })
    }

    /// Judges every rule that the trigger concerns. The same facts and rules give the same bytes.
    #[must_use]
    pub fn evaluate(&self, trigger: Trigger<'_>, facts: &Facts) -> Evaluation {
        let Some(concerned) = self.by_trigger.get(trigger.0) else {
            return Evaluation { judgements: vec![] };
        };
        let scene = Scene::new(facts, &self.knowledge);
        Evaluation { judgements: concerned.iter().map(|nth| self.rules[*nth].judge(&scene)).collect() }
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

    /// The very words that this book judges by, under one name. Made when it is first asked for.
    #[must_use]
    pub fn edition(&self) -> &Arc<Edition> {
        self.edition.get_or_init(|| Arc::new(Edition::of(self)))
    }

    /// Runs the cases that each rule brings, and tells those that do not hold.
    #[must_use]
    pub fn run_cases(&self) -> Vec<CaseFailure> {
        self.rules.iter().flat_map(|rule| rule.run_cases(&self.knowledge)).collect()
    }
}
