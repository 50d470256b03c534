//! From a rule that fired to its findings: names filled in, subjects and suggestions bound.

use healthcare_domain::code::Coding;

use super::CompiledRule;
use super::condition::{Condition, Test, Trend};
use super::document::{Scope, SuggestionDocument};
use super::judge::TableMatch;
use super::worse::Steps;
use crate::evidence::Evidence;
use crate::explanation::{Explanation, Tree, Truth};
use crate::fact::EventRef;
use crate::finding::{Aspect, Finding, Severity, summary};
use crate::proposal::Proposal;
use crate::scene::{Problem, Scene};
use crate::text::Text;

/// The findings of a rule that fired: one a matched row of its table, else one for the rule. Never none.
pub(super) fn findings(
    rule: &CompiledRule,
    scene: &Scene<'_>,
    explanation: &Tree,
    matches: Vec<TableMatch>,
) -> Vec<Finding> {
    let mut bound = Bound { names: vec![], subjects: vec![], active: vec![] };
    if let Some(age) = scene.facts.patient.age_years {
        bound.names.push(("age", age.to_string().into()));
    }
    bound.walk(&rule.condition, explanation, scene);
    let steps = rule.steps.as_ref();
    let grade = Grade {
        step: steps.map_or(0, |steps| steps.reached(&rule.condition, explanation, scene)),
        steps: steps.map_or(0, Steps::count),
    };
    let mut findings: Vec<Finding> = vec![];
    if matches.is_empty() {
        let Bound { names, subjects, active } = bound;
        let (severity, evidence) = (rule.document.severity, rule.document.evidence.clone());
        let told = Told { names, severity, kind: "".into(), subjects, evidence, active };
        findings.push(told.finding(rule, scene, grade, explanation));
    } else {
        for matched in matches {
            let found = Told::of_row(matched, &bound, rule).finding(rule, scene, grade, explanation);
            // The same drug twice, or an allergy coded twice, is one finding: with the severest of its rows.
            match findings.iter_mut().find(|known| known.id == found.id) {
                Some(known) if found.severity < known.severity => *known = found,
                Some(_) => {}
                None => findings.push(found),
            }
        }
    }
    findings
}

/// How far along its steps of getting worse a rule is.
#[derive(Clone, Copy)]
struct Grade {
    step: u8,
    steps: u8,
}

/// What a finding is made of, of the rule itself or of the row of a table.
struct Told<'a> {
    names: Vec<(&'a str, Text)>,
    severity: Severity,
    kind: Text,
    subjects: Vec<Coding>,
    evidence: Vec<Evidence>,
    active: Vec<(EventRef, Text)>,
}

impl<'a> Told<'a> {
    fn of_row(matched: TableMatch, bound: &Bound<'a>, rule: &CompiledRule) -> Self {
        let TableMatch { row, severity, drug, other, effect, action, subjects, evidence, active } = matched;
        let mut names = Vec::with_capacity(bound.names.len() + 4);
        names.extend_from_slice(&bound.names);
        names.extend([("drug", drug), ("other", other), ("effect", effect), ("action", action)]);
        let evidence = evidence.map_or_else(|| rule.document.evidence.clone(), |source| vec![source]);
        Self { names, severity, kind: row, subjects, evidence, active }
    }

    /// The finding, which holds the tree with all others of the rule.
    fn finding(self, rule: &CompiledRule, scene: &Scene<'_>, grade: Grade, tree: &Tree) -> Finding {
        let Self { names, severity, kind, subjects, evidence, active } = self;
        let document = &rule.document;
        let aspect = Aspect { kind, step: grade.step, steps: grade.steps };
        Finding {
            id: aspect.id(&document.id, document.version, &subjects),
            rule: document.id.clone(),
            version: document.version,
            severity,
            summary: summary(&rule.summary.fill(&names)),
            detail: rule.detail.fill(&names).into(),
            subjects,
            evidence,
            override_reasons: document.then.override_reasons.clone(),
            suggestions: document.then.suggestions.iter().flat_map(|draft| proposals(draft, scene, &active)).collect(),
            suppress_for_hours: document.then.suppress_for_hours,
            links: document.then.links.clone(),
            explanation: tree.clone(),
            aspect: Some(aspect),
        }
    }
}

fn proposals(draft: &SuggestionDocument, scene: &Scene<'_>, active: &[(EventRef, Text)]) -> Vec<Proposal> {
    let one = |proposal| vec![proposal];
    match draft {
        SuggestionDocument::CancelDraft => scene
            .draft
            .iter()
            .map(|drug| Proposal::CancelDraft { draft: drug.fact.source, medication: drug.label.clone() })
            .collect(),
        SuggestionDocument::StopMatched => active
            .iter()
            .map(|(order, medication)| Proposal::StopMedication { order: *order, medication: medication.clone() })
            .collect(),
        SuggestionDocument::OrderLaboratory(test) => one(Proposal::OrderLaboratory { test: test.clone() }),
        SuggestionDocument::RecordAllergyStatus => one(Proposal::RecordAllergyStatus),
        SuggestionDocument::RecordPregnancyStatus => one(Proposal::RecordPregnancyStatus),
        SuggestionDocument::RecordVitalSigns { within_minutes } => {
            one(Proposal::RecordVitalSigns { within_minutes: *within_minutes })
        }
        SuggestionDocument::RequestAssessment { by, within_minutes } => {
            one(Proposal::RequestAssessment { by: by.clone(), within_minutes: *within_minutes })
        }
        SuggestionDocument::Review(what) => one(Proposal::Review { what: what.clone() }),
    }
}

/// What the conditions that hold have found.
struct Bound<'a> {
    names: Vec<(&'a str, Text)>,
    subjects: Vec<Coding>,
    active: Vec<(EventRef, Text)>,
}

impl<'a> Bound<'a> {
    fn walk(&mut self, condition: &'a Condition, explanation: &Explanation, scene: &Scene<'_>) {
        if let Some(name) = &condition.name
            && let Some(observed) = explanation.observed.first()
        {
            // An order that is being written has no age.
            let drafted = scene.draft.as_ref().is_some_and(|draft| observed.source == Some(draft.fact.source));
            self.names.push((name, if drafted { observed.what.clone() } else { observed.to_string().into() }));
        }
        if matches!(condition.test, Test::Not(_) | Test::Missing(_)) {
            return;
        }
        if explanation.outcome == Truth::Met {
            self.subjects_of(&condition.test, scene);
        }
        for (child, explained) in condition.children().iter().zip(&explanation.children) {
            self.walk(child, explained, scene);
        }
    }

    fn subject(&mut self, subject: Coding) {
        if !self.subjects.contains(&subject) {
            self.subjects.push(subject);
        }
    }

    fn subjects_of(&mut self, test: &Test, scene: &Scene<'_>) {
        match test {
            Test::Drug { of, among: Some(wanted), for_days } => {
                for drug in scene.drugs(*of).filter(|drug| scene.is_for(drug.fact.at, for_days.as_ref())) {
                    if let Some(found) = wanted.found(drug, scene.knowledge) {
                        self.subject(found.coding(scene.knowledge).clone());
                        let is_draft = scene.draft.as_ref().is_some_and(|draft| draft.fact.source == drug.fact.source);
                        if !is_draft && *of != Scope::Draft {
                            self.active.push((drug.fact.source, drug.label.clone()));
                        }
                    }
                }
            }
            Test::Condition { sets, for_days } => {
                let counts =
                    |problem: &&Problem<'_>| problem.is_in(sets) && scene.is_for(problem.fact.at, for_days.as_ref());
                for problem in scene.conditions.iter().filter(counts) {
                    if let Some(coding) = problem.fact.codings.first() {
                        self.subject(coding.clone());
                    }
                }
            }
            Test::Observation { set, .. } | Test::Trend(Trend { set, .. }) => {
                if let Some(&(_, fact)) = scene.of_set(*set).first() {
                    self.subject(fact.code.clone());
                }
            }
            Test::Score { name, .. } => {
                self.subject(Coding { system: "urn:healthcare:score".into(), code: name.clone(), display: None });
            }
            Test::Drug { among: None, .. }
            | Test::All(_)
            | Test::Any(_)
            | Test::Not(_)
            | Test::Missing(_)
            | Test::Count(..)
            | Test::Age(..)
            | Test::Sex(_)
            | Test::Pregnant(_)
            | Test::AllergiesAsked(_)
            | Test::OpioidMme(_)
            | Test::Table(_) => {}
        }
    }
}
