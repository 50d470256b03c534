//! What a template holds.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::TemplateError;
use crate::{
    account::RoleName,
    code::CodeableConcept,
    plan::{PARTS, Target},
    text::Remark,
};

/// What a template holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TemplateContent {
    /// Of a note.
    Note(NoteTemplate),
    /// Of a plan.
    Plan(PlanTemplate),
}

/// The sections of a note, with what each asks for (FHIR Questionnaire).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteTemplate {
    /// What people call it; the title of a note that is begun from it.
    pub title: String,
    /// What kind of document (LOINC).
    pub note_type: CodeableConcept,
    /// The sections.
    pub sections: Vec<Prompt>,
}

/// A section that is to be written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Prompt {
    /// Its heading.
    pub title: String,
    /// What it is about (LOINC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<CodeableConcept>,
    /// What it asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// Whether a note is not signed without it.
    #[serde(default)]
    pub required: bool,
}

/// The goals and activities of a plan, with the days after its beginning on which they are due (FHIR PlanDefinition).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanTemplate {
    /// What people call it; the title of a plan that is made from it.
    pub title: String,
    /// What it is meant to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Remark>,
    /// What kind of plan (SNOMED CT).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<CodeableConcept>,
    /// What it aims at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goals: Vec<GoalTemplate>,
    /// What is to be done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub activities: Vec<ActivityTemplate>,
    /// How many days after its beginning it is looked at again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub review_after_days: Vec<u16>,
}

/// What a plan made from the template aims at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoalTemplate {
    /// In a code or in words.
    pub description: CodeableConcept,
    /// What is measured (LOINC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<CodeableConcept>,
    /// What it is to reach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// How many days after the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_after_days: Option<u16>,
}

/// What is to be done in a plan made from the template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityTemplate {
    /// In a code or in words.
    pub what: CodeableConcept,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<Remark>,
    /// By whoever has this role and cares for the patient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleName>,
    /// How many days after the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_days: Option<u16>,
}

impl TemplateContent {
    pub(super) fn ensure_possible(&self) -> Result<(), TemplateError> {
        let named = |text: &str| !text.trim().is_empty() && text.chars().count() <= 200;
        let (titles, parts, most): (Vec<&str>, usize, usize) = match self {
            Self::Note(NoteTemplate { title, note_type, sections }) => {
                let sections_named = sections.iter().map(|section| section.title.as_str());
                let titles = [title.as_str(), note_type.label()].into_iter().chain(sections_named).collect();
                (titles, sections.len(), crate::note::SECTIONS)
            }
            Self::Plan(PlanTemplate { title, goals, activities, .. }) => {
                let described = goals.iter().map(|goal| goal.description.label());
                let done = activities.iter().map(|activity| activity.what.label());
                let titles = [title.as_str()].into_iter().chain(described).chain(done).collect();
                (titles, goals.len() + activities.len(), PARTS)
            }
        };
        if !titles.into_iter().all(named) {
            Err(TemplateError::NoTitle)
        } else if !(1..=most).contains(&parts) {
            Err(TemplateError::BadLength)
        } else {
            Ok(())
        }
    }
}
