//! The facts of one evaluation, looked up once for all rules.

use chrono::{DateTime, Utc};
use healthcare_domain::code::Coding;

use crate::explanation::{Observed, ObservedValue};
use crate::fact::{AllergyFact, AllergyKnowledge, ConditionFact, EventRef, Facts, MedicationFact, ObservationFact};
use crate::knowledge::{Knowledge, MappedAllergy, MappedDrug, ValueSetId};
use crate::rule::Scope;
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
    /// The newest first; nothing later than the moment of the evaluation.
    pub(crate) observations: Vec<(&'a ObservationFact, &'a [ValueSetId])>,
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

impl<'a> Scene<'a> {
    pub(crate) fn new(facts: &'a Facts, knowledge: &'a Knowledge) -> Self {
        let drug = |fact: &'a MedicationFact| Drug {
            fact,
            label: label(&fact.codings, fact.text.as_deref()),
            mapped: knowledge.map_drug(&fact.codings, fact.text.as_deref()),
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
        let mut observations: Vec<_> = facts
            .observations
            .iter()
            .filter(|fact| fact.at <= facts.at)
            .map(|fact| (fact, knowledge.value_sets.of_code(&fact.code)))
            .filter(|(_, sets)| !sets.is_empty())
            .collect();
        observations.sort_by_key(|(fact, _)| std::cmp::Reverse((fact.at, fact.source, fact.value)));
        Self { facts, knowledge, draft, active, allergies, conditions, observations }
    }

    /// Whether the patient is pregnant, as recorded, or by an active condition that says so.
    pub(crate) fn pregnant(&self) -> Option<bool> {
        let by_condition = || {
            let set = self.knowledge.value_sets.by_id.get("pregnancy-condition")?;
            self.conditions.iter().any(|problem| problem.sets.contains(set)).then_some(true)
        };
        self.facts.patient.pregnant.or_else(by_condition)
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

/// What to call a thing with these codes and words.
pub(crate) fn label(codings: &[Coding], text: Option<&str>) -> Text {
    crate::knowledge::label(codings, text)
}
