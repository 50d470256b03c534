//! What is judged where: the rules in force in the house and on its wards, and those in the shadow.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock},
};

use healthcare_domain::{id::WardId, rule::Placement};
use healthcare_dss::{
    Edition, Evaluation, Facts, Judgement, RuleBook, Text, Trigger, Verdict, knowledge::Knowledge, rule::RuleDocument,
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
    /// What should be judged and cannot be.
    pub(super) unjudged: Vec<Unjudged>,
    /// The words that judge in the house and on each ward, made when they are first asked for.
    pub(super) editions: Editions,
}

/// A version that is in force and cannot be judged.
#[derive(Debug)]
pub(super) struct Unjudged {
    /// On which ward; in the house, but for wards with another version, if on none.
    pub ward: Option<WardId>,
    /// What it says, as far as its shape can be read.
    pub document: RuleDocument,
    /// Why it cannot be judged.
    pub reason: String,
}

/// Editions by ward; none is the house.
pub(super) type Editions = RwLock<HashMap<Option<WardId>, Arc<Edition>>>;

impl InForce {
    /// A book for the whole house, and nothing in the shadow.
    pub fn of(house: RuleBook) -> Self {
        Self {
            house,
            wards: HashMap::new(),
            shadows: vec![],
            placements: HashMap::new(),
            unjudged: vec![],
            editions: Editions::default(),
        }
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

    /// The very words that judge on a ward, to be kept with what they judge. What is in the shadow is not among them.
    pub fn edition(&self, ward: Option<WardId>) -> Arc<Edition> {
        let ward = ward.filter(|ward| self.wards.contains_key(ward));
        let known = self.editions.read().unwrap_or_else(PoisonError::into_inner).get(&ward).cloned();
        if let Some(known) = known {
            return known;
        }
        let on = ward.and_then(|ward| self.wards.get(&ward));
        let house = self.house.documents().filter(|rule| on.is_none_or(|on| !on.without.contains(&rule.id)));
        let documents = house.chain(on.into_iter().flat_map(|on| on.also.documents()));
        let made = Arc::new(Edition::of_documents(documents, self.knowledge()));
        self.editions.write().unwrap_or_else(PoisonError::into_inner).insert(ward, made.clone());
        made
    }

    /// Whether it matters on which ward a patient lies.
    pub fn is_by_ward(&self) -> bool {
        !self.wards.is_empty() || !self.shadows.is_empty() || !self.unjudged.is_empty()
    }

    /// The rules in force on a ward that cannot be judged: of what they said before, nothing is known any more.
    pub fn unjudged(&self, ward: Option<WardId>) -> HashSet<&str> {
        let there = self.unjudged.iter().filter(|one| one.ward.is_none() || one.ward == ward);
        there.map(|one| one.document.id.as_str()).collect()
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

    /// Judges what is in force on the patient's ward: for a hook the rules of that hook, for an event all that listen to
    /// any.
    pub fn judge(&self, ward: Option<WardId>, trigger: Trigger<'_>, facts: &Facts) -> Evaluation {
        let house = self.house.look(trigger, facts);
        let evaluation = match ward.and_then(|ward| self.wards.get(&ward)) {
            Some(on) => house.without(&on.without).and(on.also.look(trigger, facts)),
            None => house,
        };
        // Who is about to sign learns what was not looked at. After the fact, operators are told: once, not of each patient.
        if self.unjudged.is_empty() || !trigger.is_hook() {
            return evaluation;
        }
        let judgements = self.unjudged.iter().filter(|one| self.misses(one, ward, trigger));
        let judgements = judgements.map(|one| Judgement::unavailable(&one.document, one.reason.as_str())).collect();
        evaluation.and(Evaluation { judgements, ..Evaluation::default() })
    }

    /// Whether a version that cannot be judged is in force there and listens to that.
    fn misses(&self, one: &Unjudged, ward: Option<WardId>, trigger: Trigger<'_>) -> bool {
        let replaced = |ward| self.wards.get(&ward).is_some_and(|on| on.without.contains(&one.document.id));
        let there = match one.ward {
            Some(_) => one.ward == ward,
            None => !ward.is_some_and(replaced),
        };
        there && one.document.triggers.iter().any(|listened| &**listened == trigger.0)
    }

    /// What the rules in the shadow would have said there: the judgements that fired, in the order of rules and versions.
    /// Whatever goes wrong with them is counted and stays among them.
    pub fn judge_in_shadow(&self, ward: Option<WardId>, trigger: Trigger<'_>, facts: &Facts) -> Vec<Judgement> {
        let mut fired = Vec::new();
        for book in &self.shadows {
            let evaluation = book.look(trigger, facts);
            let there = |judgement: &Judgement| {
                let placement = self.placements.get(&judgement.rule);
                placement.is_some_and(|placement| placement.shadows_on(judgement.version, ward))
            };
            for judgement in evaluation.judgements.into_iter().filter(there) {
                match judgement.verdict {
                    Verdict::Fired { .. } => fired.push(judgement),
                    Verdict::Unavailable { .. } => {
                        metrics::counter!("healthcare_rule_shadow_failures_total").increment(1);
                        tracing::error!(rule = %judgement.rule, "a rule in the shadow failed");
                    }
                    Verdict::NotFired { .. } | Verdict::Lacking { .. } => {}
                }
            }
        }
        fired.sort_by(|a, b| (&a.rule, a.version).cmp(&(&b.rule, b.version)));
        fired
    }
}

/// As compiled by nobody yet: documents by where they are judged.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub house: Vec<RuleDocument>,
    pub wards: HashMap<WardId, (HashSet<Text>, Vec<RuleDocument>)>,
    pub shadows: Vec<RuleDocument>,
    pub placements: HashMap<Text, Placement>,
    pub unjudged: Vec<Unjudged>,
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
        let editions = Editions::default();
        let Self { placements, unjudged, .. } = self;
        Ok(InForce { house: book(self.house)?, wards, shadows, placements, unjudged, editions })
    }
}
