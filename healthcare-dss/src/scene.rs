//! The facts of one evaluation, looked up once for all rules.

use std::cell::{Cell, OnceCell, RefCell};
use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use healthcare_domain::code::Coding;
use rust_decimal::Decimal;

use crate::dose::{DrugForm, Route};
use crate::explanation::{Observed, ObservedValue, Tree};
use crate::fact::{
    AllergyFact, AllergyKnowledge, Bound, ConditionFact, EventRef, Facts, MedicationFact, ObservationFact,
};
use crate::knowledge::{IngredientId, Knowledge, MappedAllergy, MappedDrug, ValueSetId};
use crate::rule::{BUDGET, Exhausted, FactKey, Range, Scope, Shared};
use crate::text::Text;

/// Facts with drugs, allergies and codes resolved.
pub(crate) struct Scene<'a> {
    pub(crate) facts: &'a Facts,
    pub(crate) knowledge: &'a Knowledge,
    pub(crate) draft: Option<Drug<'a>>,
    /// Without the draft, should it be among them already.
    pub(crate) active: Vec<Drug<'a>>,
    pub(crate) allergies: Vec<Allergy<'a>>,
    pub(crate) conditions: Vec<Problem<'a>>,
    /// By value set, the newest of each first; nothing later than the moment of the evaluation.
    by_set: Vec<(ValueSetId, &'a ObservationFact)>,
    /// The units that explanations have named, each once: most facts are in one of a few.
    units: RefCell<Vec<Text>>,
    /// What was explained of the conditions that several rules have, and how many steps each took.
    shared: Vec<OnceCell<(usize, Tree)>>,
    /// How many steps a rule may take, and how many the one being judged has left.
    budget: u32,
    left: Cell<u32>,
}

pub(crate) struct Drug<'a> {
    pub(crate) fact: &'a MedicationFact,
    pub(crate) label: Text,
    pub(crate) mapped: MappedDrug,
}

pub(crate) struct Allergy<'a> {
    pub(crate) fact: &'a AllergyFact,
    pub(crate) label: Text,
    pub(crate) mapped: MappedAllergy,
}

pub(crate) struct Problem<'a> {
    pub(crate) fact: &'a ConditionFact,
    pub(crate) label: Text,
    pub(crate) sets: Vec<ValueSetId>,
}

impl Drug<'_> {
    /// Whether it is known to come in a form.
    pub(crate) fn comes(&self, form: DrugForm, knowledge: &Knowledge) -> bool {
        match form {
            DrugForm::ExtendedRelease => {
                self.names(knowledge).any(|name| DrugForm::is_extended_release(name, &knowledge.extended_release))
            }
            DrugForm::Patch => self.way(knowledge) == Some(Route::Transdermal),
        }
    }

    /// By which way it is given: as the order tells, else as its dose or the form in its name does.
    pub(crate) fn way(&self, knowledge: &Knowledge) -> Option<Route> {
        let unit = self.fact.dose.as_ref().and_then(|dose| dose.amount.as_ref()).map(|amount| amount.unit.as_str());
        let by_unit = || matches!(unit, Some("{patch}")).then_some(Route::Transdermal);
        let by_name = || self.names(knowledge).find_map(Route::of_product);
        self.fact.route.or_else(by_unit).or_else(by_name)
    }

    /// Its names: as the order has them, and last what its code is called.
    pub(crate) fn names<'s>(&'s self, knowledge: &'s Knowledge) -> impl Iterator<Item = &'s str> {
        let displays = self.fact.codings.iter().filter_map(|coding| coding.display.as_deref());
        self.fact.text.as_deref().into_iter().chain(displays).chain(knowledge.product_names(&self.fact.codings))
    }
}

impl<'a> Scene<'a> {
    pub(crate) fn new(facts: &'a Facts, knowledge: &'a Knowledge) -> Self {
        let drug = |fact: &'a MedicationFact| {
            let mapped = knowledge.map_drug(&fact.codings, fact.text.as_deref());
            Drug { fact, label: drug_label(fact, &mapped, knowledge), mapped }
        };
        let draft = facts.draft.as_ref().map(drug);
        let drafted = facts.draft.as_ref().map(|draft| draft.source);
        let active = facts.medications.iter().filter(|fact| Some(fact.source) != drafted).map(drug).collect();
        let recorded: &[AllergyFact] = match &facts.allergies {
            AllergyKnowledge::Known(recorded) => recorded,
            AllergyKnowledge::NotAsked | AllergyKnowledge::NoneKnown { .. } => &[],
        };
        let allergies = recorded
            .iter()
            .map(|fact| Allergy {
                fact,
                label: label(&fact.codings, fact.text.as_deref()),
                mapped: knowledge.map_allergy(&fact.codings, fact.text.as_deref()),
            })
            .collect();
        let conditions = facts
            .conditions
            .iter()
            .map(|fact| Problem {
                fact,
                label: label(&fact.codings, None),
                sets: knowledge.value_sets.of_condition(&fact.codings),
            })
            .collect();
        let mut by_set: Vec<(ValueSetId, &ObservationFact)> = facts
            .observations
            .iter()
            .filter(|fact| fact.at <= facts.at)
            .flat_map(|fact| knowledge.value_sets.of_code(&fact.code).iter().map(move |set| (*set, fact)))
            .collect();
        by_set.sort_by_key(|(set, fact)| (*set, Reverse((fact.at, fact.source, fact.value))));
        let (left, units) = (Cell::new(BUDGET), RefCell::default());
        let (budget, shared) = (BUDGET, vec![]);
        Self { facts, knowledge, draft, active, allergies, conditions, by_set, units, shared, budget, left }
    }

    /// So many rules are judged, which have so many conditions in common: where they are few, room for all of these would
    /// cost more than it saves.
    pub(crate) fn share(&mut self, conditions: usize, rules: usize) {
        if conditions <= 8 * rules {
            self.shared = vec![OnceCell::new(); conditions];
        }
    }

    /// With another budget for each rule.
    pub(crate) fn with_budget(self, budget: u32) -> Self {
        Self { budget, left: Cell::new(budget), ..self }
    }

    /// How many steps each rule may take.
    pub(crate) fn budget(&self) -> u32 {
        self.budget
    }

    /// Another rule is judged: its steps are counted from here.
    pub(crate) fn begin(&self) {
        self.left.set(self.budget);
    }

    /// Takes steps off the budget of the rule being judged.
    pub(crate) fn spend(&self, steps: usize) -> Result<(), Exhausted> {
        let left = u32::try_from(steps).ok().and_then(|steps| self.left.get().checked_sub(steps)).ok_or(Exhausted)?;
        self.left.set(left);
        Ok(())
    }

    /// What was explained of a condition that several rules have, if one of them has asked. It takes each rule its steps.
    pub(crate) fn explained(&self, condition: Shared) -> Option<Result<Tree, Exhausted>> {
        let (steps, explained) = self.shared.get(condition.index())?.get()?;
        Some(self.spend(*steps).map(|()| explained.clone()))
    }

    /// Keeps what was explained of such a condition, for the next rule that asks.
    pub(crate) fn keep(&self, condition: Shared, steps: usize, explained: &Tree) {
        if let Some(kept) = self.shared.get(condition.index()) {
            kept.get_or_init(|| (steps, explained.clone()));
        }
    }

    /// The measurements of a value set, the newest first; nothing later than the moment of the evaluation.
    pub(crate) fn of_set(&self, set: ValueSetId) -> &[(ValueSetId, &'a ObservationFact)] {
        let from = self.by_set.partition_point(|(one, _)| *one < set);
        let rest = &self.by_set[from..];
        &rest[..rest.partition_point(|(one, _)| *one == set)]
    }

    /// The newest value of a value set in a unit, if it is recent enough and can be compared; with the bound, where only that
    /// is known.
    pub(crate) fn latest(&self, set: ValueSetId, unit: &str, within_seconds: i64) -> Option<(Decimal, Option<Bound>)> {
        let (_, newest) = self.of_set(set).first()?;
        let age = self.facts.at.signed_duration_since(newest.at).num_seconds();
        let value_set = self.knowledge.value_sets.sets.get(usize::from(set))?;
        let value = (age <= within_seconds).then(|| value_set.convert(newest.value, &newest.unit, unit)).flatten()?;
        Some((value, newest.bound))
    }

    /// Whether something recorded at a moment has been so for these days; without limits it always has.
    pub(crate) fn is_for(&self, since: DateTime<Utc>, days: Option<&Range>) -> bool {
        days.is_none_or(|days| days.holds(Decimal::from(self.facts.at.signed_duration_since(since).num_days())))
    }

    /// Tells every key that rules are found by; one may come more than once.
    pub(crate) fn each_key(&self, mut tell: impl FnMut(FactKey)) {
        if let Some(draft) = &self.draft {
            tell(FactKey::AnyDraft);
            if draft.mapped.unrecognised.is_some() {
                tell(FactKey::UnknownDraft);
            }
            draft.mapped.ingredients.iter().for_each(|ingredient| tell(FactKey::Draft(*ingredient)));
        }
        if !self.active.is_empty() {
            tell(FactKey::AnyActive);
        }
        if self.active.iter().any(|drug| drug.mapped.unrecognised.is_some()) {
            tell(FactKey::UnknownActive);
        }
        for drug in &self.active {
            drug.mapped.ingredients.iter().for_each(|ingredient| tell(FactKey::Active(*ingredient)));
        }
        for problem in &self.conditions {
            problem.sets.iter().for_each(|set| tell(FactKey::Condition(*set)));
        }
        let mut last = None;
        for (set, _) in &self.by_set {
            if last.replace(*set) != Some(*set) {
                tell(FactKey::Measured(*set));
            }
        }
    }

    /// Whether the patient is pregnant, as recorded, or by an active condition that says so.
    pub(crate) fn pregnant(&self) -> Option<bool> {
        let by_condition = || {
            let set = self.knowledge.value_sets.by_id.get("pregnancy-condition")?;
            self.conditions.iter().any(|problem| problem.sets.contains(set)).then_some(true)
        };
        self.facts.patient.pregnant.or_else(by_condition)
    }

    /// Whether the patient breastfeeds, as recorded, or by an active condition that says so.
    pub(crate) fn lactating(&self) -> Option<bool> {
        let by_condition = || {
            let set = self.knowledge.value_sets.by_id.get("lactation-condition")?;
            self.conditions.iter().any(|problem| problem.sets.contains(set)).then_some(true)
        };
        self.facts.patient.lactating.or_else(by_condition)
    }

    /// The drugs of a scope, the draft first.
    pub(crate) fn drugs(&self, scope: Scope) -> impl Iterator<Item = &Drug<'a>> {
        let draft = match scope {
            Scope::Draft | Scope::Any => self.draft.as_ref(),
            Scope::Active => None,
        };
        let active = match scope {
            Scope::Active | Scope::Any => self.active.as_slice(),
            Scope::Draft => &[],
        };
        draft.into_iter().chain(active)
    }

    /// What a table judges: the draft where there is one, else everything active.
    pub(crate) fn judged(&self) -> &[Drug<'a>] {
        match &self.draft {
            Some(draft) => std::slice::from_ref(draft),
            None => &self.active,
        }
    }

    /// The ingredients of what a table judges.
    pub(crate) fn judged_ingredients(&self) -> impl Iterator<Item = IngredientId> {
        self.judged().iter().flat_map(|drug| drug.mapped.ingredients.iter().copied())
    }

    /// A fact as an explanation shows it.
    pub(crate) fn observed(
        &self,
        what: Text,
        value: Option<ObservedValue>,
        source: EventRef,
        at: DateTime<Utc>,
    ) -> Observed {
        let age_seconds = Some(self.facts.at.signed_duration_since(at).num_seconds());
        Observed { what, value, unit: None, source: Some(source), at: Some(at), age_seconds }
    }

    /// A measurement as an explanation shows it, under the name of what was measured.
    pub(crate) fn observed_value(&self, what: &Text, fact: &ObservationFact) -> Observed {
        let value = Some(match fact.bound {
            None => ObservedValue::Number(fact.value),
            Some(bound) => ObservedValue::Words(format!("{}{}", bound.sign(), fact.value.normalize()).into()),
        });
        Observed { unit: Some(self.unit(&fact.unit)), ..self.observed(what.clone(), value, fact.source, fact.at) }
    }

    /// A unit, written once for all that is explained in it.
    fn unit(&self, unit: &str) -> Text {
        let mut units = self.units.borrow_mut();
        if let Some(known) = units.iter().find(|known| known.as_str() == unit) {
            return known.clone();
        }
        let new = Text::from(unit);
        units.push(new.clone());
        new
    }

    pub(crate) fn observed_drug(&self, drug: &Drug<'_>) -> Observed {
        self.observed(drug.label.clone(), None, drug.fact.source, drug.fact.at)
    }

    pub(crate) fn observed_allergy(&self, allergy: &Allergy<'_>) -> Observed {
        self.observed(allergy.label.clone(), None, allergy.fact.source, allergy.fact.at)
    }

    pub(crate) fn observed_problem(&self, problem: &Problem<'_>) -> Observed {
        self.observed(problem.label.clone(), None, problem.fact.source, problem.fact.at)
    }
}

impl Problem<'_> {
    /// Whether it belongs to one of the value sets.
    pub(crate) fn is_in(&self, sets: &[ValueSetId]) -> bool {
        sets.iter().any(|set| self.sets.contains(set))
    }
}

/// What to call a drug: a bare code tells a reader nothing, where it is known what it stands for.
fn drug_label(fact: &MedicationFact, mapped: &MappedDrug, knowledge: &Knowledge) -> Text {
    let said = fact.text.as_deref().is_some_and(|text| !text.trim().is_empty())
        || fact.codings.iter().any(|coding| coding.display.is_some());
    if said || mapped.ingredients.is_empty() {
        return label(&fact.codings, fact.text.as_deref());
    }
    let product = knowledge.product_names(&fact.codings).next().map(Text::from);
    product.unwrap_or_else(|| knowledge.ingredient_names(mapped).join(" / ").into())
}

/// What to call a thing with these codes and words.
pub(crate) fn label(codings: &[Coding], text: Option<&str>) -> Text {
    crate::knowledge::label(codings, text)
}
