//! What is judged where: the rules in force in the house and on its wards, and those in the shadow.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use healthcare_domain::{id::WardId, rule::Placement};
use healthcare_dss::{
    Evaluation, Facts, Judgement, RuleBook, Text, Trigger, Verdict, knowledge::Knowledge, rule::RuleDocument,
};

/// What is judged on one ward otherwise than in the house.
#[derive(Debug)]
pub(super) struct OnWard {
    /// Rules of the house that are not judged there in the house's version.
    pub without: HashSet<Text>,
    /// Those that are, in versions of the ward's own.
    pub also: RuleBook,
}

/// The rules of one moment: compiled, by ward, with those in the shadow. It never changes; another one takes its place.
#[derive(Debug)]
pub struct InForce {
    pub(super) house: RuleBook,
    pub(super) wards: HashMap<WardId, OnWard>,
    /// A rule may have several versions in the shadow: each book holds one of each rule at the most.
    pub(super) shadows: Vec<RuleBook>,
    /// Where rules with a shadow are placed.
    pub(super) placements: HashMap<Text, Placement>,
}

impl InForce {
    /// A book for the whole house, and nothing in the shadow.
    pub fn of(house: RuleBook) -> Self {
        Self { house, wards: HashMap::new(), shadows: vec![], placements: HashMap::new() }
    }

    /// The rules in force in the house, but for what is decided for single wards.
    pub fn house(&self) -> &RuleBook {
        &self.house
    }

    /// The knowledge that the rules look into.
    pub fn knowledge(&self) -> &Knowledge {
        self.house.knowledge()
    }

    /// The documents of all rules in force anywhere.
    pub fn documents(&self) -> impl Iterator<Item = &RuleDocument> {
        self.house.documents().chain(self.wards.values().flat_map(|on| on.also.documents()))
    }

    /// Whether it matters on which ward a patient lies.
    pub fn is_by_ward(&self) -> bool {
        !self.wards.is_empty() || !self.shadows.is_empty()
    }

    /// The triggers that a rule in force anywhere listens to, in alphabetical order.
    pub fn triggers(&self) -> Vec<&str> {
        let books = std::iter::once(&self.house).chain(self.wards.values().map(|on| &on.also));
        books.flat_map(RuleBook::triggers).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Whether a rule, in force or in the shadow, listens to a trigger.
    pub fn listens_to(&self, trigger: Trigger<'_>) -> bool {
        self.house.listens_to(trigger)
            || self.wards.values().any(|on| on.also.listens_to(trigger))
            || self.shadows.iter().any(|book| book.listens_to(trigger))
    }

    /// Judges every rule that the trigger concerns and that is in force on the patient's ward.
    pub fn evaluate(&self, ward: Option<WardId>, trigger: Trigger<'_>, facts: &Facts) -> Evaluation {
        let mut evaluation = self.house.evaluate(trigger, facts);
        let Some(on) = ward.and_then(|ward| self.wards.get(&ward)) else { return evaluation };
        evaluation.judgements.retain(|judgement| !on.without.contains(&judgement.rule));
        evaluation.judgements.extend(on.also.evaluate(trigger, facts).judgements);
        evaluation.judgements.sort_by(|a, b| a.rule.cmp(&b.rule));
        evaluation
    }

    /// What the rules in the shadow would have said there: the judgements that fired. Whatever goes wrong with them is
    /// counted and stays among them.
    pub fn shadow(&self, ward: Option<WardId>, trigger: Trigger<'_>, facts: &Facts) -> Vec<Judgement> {
        let mut fired = Vec::new();
        for book in &self.shadows {
            let judged = catch_unwind(AssertUnwindSafe(|| book.evaluate(trigger, facts)));
            let Ok(evaluation) = judged else {
                metrics::counter!("healthcare_rule_shadow_failures_total").increment(1);
                tracing::error!(trigger = trigger.0, "a rule in the shadow failed");
                continue;
            };
            let there = |judgement: &Judgement| {
                let placement = self.placements.get(&judgement.rule);
                placement.is_some_and(|placement| placement.shadows_on(judgement.version, ward))
            };
            let fires = |judgement: &Judgement| matches!(judgement.verdict, Verdict::Fired { .. }) && there(judgement);
            fired.extend(evaluation.judgements.into_iter().filter(fires));
        }
        fired
    }

    /// The triggers that a rule in the shadow listens to.
    pub fn shadow_triggers(&self) -> BTreeSet<&str> {
        self.shadows.iter().flat_map(RuleBook::triggers).collect()
    }
}

/// As compiled by nobody yet: documents by where they are judged.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub house: Vec<RuleDocument>,
    pub wards: HashMap<WardId, (HashSet<Text>, Vec<RuleDocument>)>,
    pub shadows: Vec<RuleDocument>,
    pub placements: HashMap<Text, Placement>,
}

impl Plan {
    /// Compiles it. Each document was seen to compile by itself.
    ///
    /// # Errors
    /// When they do not go together.
    pub fn compile(self, knowledge: &Arc<Knowledge>) -> Result<InForce, healthcare_dss::RuleError> {
        let book = |documents| RuleBook::from_documents(knowledge.clone(), documents);
        let mut wards = HashMap::new();
        for (ward, (without, also)) in self.wards {
            wards.insert(ward, OnWard { without, also: book(also)? });
        }
        let mut layers: Vec<Vec<RuleDocument>> = vec![];
        for document in self.shadows {
            match layers.iter_mut().find(|layer| layer.iter().all(|one| one.id != document.id)) {
                Some(layer) => layer.push(document),
                None => layers.push(vec![document]),
            }
        }
        let shadows = layers.into_iter().map(book).collect::<Result<_, _>>()?;
        Ok(InForce { house: book(self.house)?, wards, shadows, placements: self.placements })
    }
}
