//! Judges a list of medications as it is given.

use healthcare_domain::code::Coding;
use healthcare_dss::{
    Evidence, Explanation, Facts, Finding, Judgement, Severity, Text, Trigger, Verdict,
    knowledge::{Knowledge, medication_label},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    App, QueryError,
    access::{Call, Permission},
    rule::InForce,
};

/// What is to be judged: facts without a draft, so that every medication is held against every other.
#[derive(Debug)]
pub struct MedicationList {
    /// The medications, and what is told of whoever takes them.
    pub facts: Facts,
    /// Conditions in words that name nothing known: they could not be checked against.
    pub unknown_conditions: Vec<String>,
}

/// What decision support says to a list of medications.
#[derive(Debug, Serialize, ToSchema)]
pub struct MedicationFindings {
    /// The findings, the gravest first. A critical one would interrupt signing.
    pub findings: Vec<MedicationFinding>,
}

/// One thing to tell about a list of medications.
#[derive(Debug, Serialize, ToSchema)]
pub struct MedicationFinding {
    /// The rule.
    #[schema(example = "drug-interaction")]
    pub rule: Text,
    /// Its version.
    pub version: u32,
    /// `critical` interrupts, `warning` is shown, `info` is for information: also what could not be checked.
    pub severity: Severity,
    /// Under 140 characters.
    pub summary: Text,
    /// The whole message, with what to do.
    pub detail: Text,
    /// The medications of the list that it is about.
    pub medications: Vec<CheckedMedication>,
    /// What it stands on.
    pub evidence: Vec<Evidence>,
    /// The conditions with their values, as far as they concern these medications.
    pub explanation: Explanation,
}

/// A medication of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CheckedMedication {
    /// Its place in the list, from 0.
    pub position: usize,
    /// The RxCUI it was given with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rxcui: Option<String>,
    /// What it is called: as given, else by its ingredients.
    pub name: String,
    /// Its ingredients, as far as they are known.
    pub ingredients: Vec<String>,
}

/// Judges a list. Nothing is stored; whoever takes the medications is not named.
///
/// # Errors
/// When the caller may not.
#[tracing::instrument(skip_all, fields(medications = list.facts.medications.len()))]
pub async fn check_medications(
    app: &App,
    call: &Call,
    list: &MedicationList,
) -> Result<MedicationFindings, QueryError> {
    app.authorise(call, Permission::CheckMedications, None).await?;
    Ok(judge(&app.rules.at(app.clock.now()), list))
}

/// What the rules that are asked before signing say of a list.
fn judge(rules: &InForce, list: &MedicationList) -> MedicationFindings {
    let listed = Listed::of(rules.knowledge(), &list.facts);
    let evaluation = rules.judge(None, Trigger::ORDER_SIGN, &list.facts);
    let mut findings: Vec<MedicationFinding> = vec![];
    for judgement in &evaluation.judgements {
        match &judgement.verdict {
            Verdict::Fired { findings: fired } => findings.extend(fired.iter().map(|finding| listed.tell(finding))),
            Verdict::Lacking { missing, explanation } => {
                findings.push(listed.not_checked(rules, judgement, missing, explanation));
            }
            // It is about what was not looked at, whatever medications there are.
            Verdict::Unavailable { findings: told, .. } => {
                findings.extend(told.iter().map(|one| MedicationFinding { severity: one.severity, ..listed.tell(one) }))
            }
            Verdict::NotFired { .. } => {}
        }
    }
    findings.extend(list.unknown_conditions.iter().map(|name| condition_not_checked(name)));
    findings.sort_by_key(|finding| finding.severity);
    MedicationFindings { findings }
}

/// The medications of the list, each with the codes by which a finding speaks of it.
struct Listed<'a> {
    all: Vec<(CheckedMedication, Vec<Coding>)>,
    facts: &'a Facts,
}

impl<'a> Listed<'a> {
    fn of(knowledge: &Knowledge, facts: &'a Facts) -> Self {
        let one = |(position, fact): (usize, &healthcare_dss::MedicationFact)| {
            let mapped = knowledge.map_drug(&fact.codings, fact.text.as_deref());
            let ingredients: Vec<String> = knowledge.ingredient_names(&mapped).into_iter().map(str::to_owned).collect();
            let label = medication_label(&fact.codings, fact.text.as_deref()).to_string();
            let mut known_by: Vec<Coding> = knowledge.ingredient_codings(&mapped).into_iter().cloned().collect();
            known_by.extend(fact.codings.iter().cloned());
            known_by.push(Coding { system: "urn:healthcare:text".into(), code: label.clone(), display: None });
            let named = fact.text.is_some() || fact.codings.iter().any(|coding| coding.display.is_some());
            let name = if named || ingredients.is_empty() { label } else { ingredients.join(" / ") };
            let rxcui = fact.codings.iter().find(|c| c.system == healthcare_domain::code::RXNORM);
            (CheckedMedication { position, rxcui: rxcui.map(|c| c.code.clone()), name, ingredients }, known_by)
        };
        Self { all: facts.medications.iter().enumerate().map(one).collect(), facts }
    }

    fn tell(&self, finding: &Finding) -> MedicationFinding {
        let concerned: Vec<&(CheckedMedication, Vec<Coding>)> =
            self.all
                .iter()
                .filter(|(_, known_by)| {
                    finding.subjects.iter().any(|subject| {
                        known_by.iter().any(|own| own.system == subject.system && own.code == subject.code)
                    })
                })
                .collect();
        let medications: Vec<CheckedMedication> = concerned.iter().map(|(medication, _)| medication.clone()).collect();
        // What is about none of the medications, such as that nobody told of allergies, interrupts no list.
        let severity = if medications.is_empty() { Severity::Info } else { finding.severity };
        MedicationFinding {
            rule: finding.rule.clone(),
            version: finding.version,
            severity,
            summary: finding.summary.clone(),
            detail: finding.detail.clone(),
            evidence: finding.evidence.clone(),
            explanation: self.of_these(&finding.explanation, &medications),
            medications,
        }
    }

    fn not_checked(
        &self,
        rules: &InForce,
        judgement: &Judgement,
        missing: &[Text],
        explanation: &Explanation,
    ) -> MedicationFinding {
        let rule = rules.house().document(&judgement.rule);
        let title = rule.map_or(judgement.rule.as_str(), |document| document.title.as_str());
        let why: Vec<&str> = missing.iter().map(Text::as_str).collect();
        let detail = format!("Not checked: {title}: {}", why.join("; "));
        MedicationFinding {
            rule: judgement.rule.clone(),
            version: judgement.version,
            severity: Severity::Info,
            summary: short(&detail),
            detail: detail.into(),
            medications: vec![],
            evidence: rule.map(|document| document.evidence.clone()).unwrap_or_default(),
            explanation: self.of_these(explanation, &[]),
        }
    }

    /// A tree without the rows about other medications, and without references to events: there are none.
    fn of_these(&self, explanation: &Explanation, medications: &[CheckedMedication]) -> Explanation {
        let others = |source: &healthcare_dss::EventRef| {
            self.facts
                .medications
                .iter()
                .position(|fact| fact.source == *source)
                .is_some_and(|at| !medications.iter().any(|medication| medication.position == at))
        };
        let mut tree = explanation.clone();
        if !medications.is_empty() {
            tree.children.retain(|child| {
                !child.children.is_empty()
                    || child.observed.is_empty()
                    || !child.observed.iter().filter_map(|observed| observed.source.as_ref()).any(others)
            });
        }
        for observed in &mut tree.observed {
            observed.source = None;
        }
        tree.children = tree.children.iter().map(|child| self.of_these(child, medications).into()).collect();
        tree
    }
}

fn condition_not_checked(name: &str) -> MedicationFinding {
    let detail = format!("Not checked: the condition `{name}` is not known here. Check by hand, or give its code.");
    MedicationFinding {
        rule: "condition-not-checked".into(),
        version: 1,
        severity: Severity::Info,
        summary: short(&detail),
        detail: detail.into(),
        medications: vec![],
        evidence: vec![],
        explanation: Explanation {
            condition: "a condition could not be recognised".into(),
            outcome: healthcare_dss::Truth::Met,
            observed: vec![],
            lacking: None,
            children: vec![],
        },
    }
}

fn short(words: &str) -> Text {
    healthcare_dss::short_summary(words)
}

/// The reference that the nth medication of a list goes by within its judgement.
#[must_use]
pub fn nth_source(nth: usize) -> healthcare_dss::EventRef {
    healthcare_dss::EventRef { stream: uuid::Uuid::from_u128(nth as u128 + 1), version: 1 }
}
