//! Templates of notes and plans: kept by who may, by revision. What was made from one stays as it was made.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Event, EventSourced, StreamType,
    account::RoleName,
    code::CodeableConcept,
    id::TemplateId,
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

/// The state of one template.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Template {
    /// There is none.
    #[default]
    Undefined,
    /// It can be used.
    Offered {
        /// What it holds.
        content: Box<TemplateContent>,
        /// From 1; each revision is one more.
        revision: u32,
    },
    /// It can be used no longer.
    Retired {
        /// What it held.
        content: Box<TemplateContent>,
        /// Its last revision.
        revision: u32,
    },
}

/// What can happen to a template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum TemplateEvent {
    /// It was made.
    TemplateDefined {
        /// What it holds.
        content: Box<TemplateContent>,
    },
    /// It holds something else from now on.
    TemplateRevised {
        /// What.
        content: Box<TemplateContent>,
    },
    /// It can be used no longer.
    TemplateRetired,
}

/// Why a decision about a template is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// There is no such template.
    #[error("there is no such template")]
    Undefined,
    /// It is there.
    #[error("the template is already defined")]
    AlreadyDefined,
    /// It can be used no longer.
    #[error("the template is retired")]
    Retired,
    /// A template of notes does not become one of plans.
    #[error("a template of notes stays one of notes, and one of plans one of plans")]
    AnotherKind,
    /// It has no title, or a section or part of it none.
    #[error("a template, its sections and its parts have a title of at most 200 characters")]
    NoTitle,
    /// It has no section, goal or activity, or too many.
    #[error("a template has between 1 and 50 sections, or between 1 and 200 goals and activities")]
    BadLength,
    /// It names a role that may not do what is asked.
    #[error("there is no such role, or it may not do what is asked")]
    NoSuchRole,
}

impl Event for TemplateEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::TemplateDefined { .. } => "template.defined",
            Self::TemplateRevised { .. } => "template.revised",
            Self::TemplateRetired => "template.retired",
        }
    }
    fn fhir_type(&self) -> &'static str {
        match self {
            Self::TemplateDefined { content } | Self::TemplateRevised { content } => match **content {
                TemplateContent::Note(_) => "Questionnaire",
                TemplateContent::Plan(_) => "PlanDefinition",
            },
            Self::TemplateRetired => "Basic",
        }
    }
}

impl EventSourced for Template {
    type Id = TemplateId;
    type Event = TemplateEvent;
    type Error = TemplateError;
    const STREAM: StreamType = StreamType::Template;

    fn apply(&mut self, event: &TemplateEvent) {
        *self = match (std::mem::take(self), event) {
            (Self::Undefined, TemplateEvent::TemplateDefined { content }) => {
                Self::Offered { content: content.clone(), revision: 1 }
            }
            (Self::Offered { revision, .. }, TemplateEvent::TemplateRevised { content }) => {
                Self::Offered { content: content.clone(), revision: revision + 1 }
            }
            (Self::Offered { content, revision }, TemplateEvent::TemplateRetired) => {
                Self::Retired { content, revision }
            }
            // No decision leads there; what happened is never refused.
            (
                unchanged,
                TemplateEvent::TemplateDefined { .. }
                | TemplateEvent::TemplateRevised { .. }
                | TemplateEvent::TemplateRetired,
            ) => unchanged,
        };
    }
}

impl TemplateContent {
    fn ensure_possible(&self) -> Result<(), TemplateError> {
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

impl Template {
    /// Makes a template.
    ///
    /// # Errors
    /// When it is there, or cannot be.
    pub fn define(&self, content: TemplateContent) -> Result<Vec<TemplateEvent>, TemplateError> {
        match self {
            Self::Undefined => {
                content.ensure_possible()?;
                Ok(vec![TemplateEvent::TemplateDefined { content: Box::new(content) }])
            }
            Self::Offered { .. } | Self::Retired { .. } => Err(TemplateError::AlreadyDefined),
        }
    }

    /// Gives it a new revision; the same again is no event.
    ///
    /// # Errors
    /// When it cannot be used any more, or is to become of another kind.
    pub fn revise(&self, content: TemplateContent) -> Result<Vec<TemplateEvent>, TemplateError> {
        let now = self.offered()?.0;
        if std::mem::discriminant(now) != std::mem::discriminant(&content) {
            return Err(TemplateError::AnotherKind);
        }
        if *now == content {
            return Ok(vec![]);
        }
        content.ensure_possible()?;
        Ok(vec![TemplateEvent::TemplateRevised { content: Box::new(content) }])
    }

    /// Takes it out of use.
    ///
    /// # Errors
    /// When it is not in use.
    pub fn retire(&self) -> Result<Vec<TemplateEvent>, TemplateError> {
        self.offered()?;
        Ok(vec![TemplateEvent::TemplateRetired])
    }

    /// What it holds and in which revision, while it can be used.
    ///
    /// # Errors
    /// When it cannot.
    pub fn offered(&self) -> Result<(&TemplateContent, u32), TemplateError> {
        match self {
            Self::Undefined => Err(TemplateError::Undefined),
            Self::Offered { content, revision } => Ok((content, *revision)),
            Self::Retired { .. } => Err(TemplateError::Retired),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn note(title: &str) -> TemplateContent {
        let prompt = Prompt { title: "Plan".into(), code: None, prompt: Some("What next?".into()), required: true };
        let note_type = CodeableConcept::words("Progress note");
        TemplateContent::Note(NoteTemplate { title: title.into(), note_type, sections: vec![prompt] })
    }

    fn plan() -> TemplateContent {
        let what = CodeableConcept::words("Walk daily");
        let activity = ActivityTemplate { what, instructions: None, role: None, after_days: Some(1) };
        TemplateContent::Plan(PlanTemplate {
            title: "After the hip".into(),
            description: None,
            categories: vec![],
            goals: vec![],
            activities: vec![activity],
            review_after_days: vec![14],
        })
    }

    fn after(mut template: Template, events: Vec<TemplateEvent>) -> Template {
        for event in events {
            template.apply(&event);
        }
        template
    }

    #[test]
    fn a_template_is_revised_by_number_and_keeps_its_kind() {
        let first = after(Template::Undefined, Template::Undefined.define(note("Round")).unwrap());
        assert_eq!(first.define(note("Round")), Err(TemplateError::AlreadyDefined));
        assert_eq!(first.revise(note("Round")), Ok(vec![]));
        assert_eq!(first.revise(plan()), Err(TemplateError::AnotherKind));
        let second = after(first.clone(), first.revise(note("Ward round")).unwrap());
        assert_eq!(second.offered(), Ok((&note("Ward round"), 2)));
        let over = after(second.clone(), second.retire().unwrap());
        assert_eq!((over.offered(), over.retire()), (Err(TemplateError::Retired), Err(TemplateError::Retired)));
        assert_eq!(over.revise(note("Round")), Err(TemplateError::Retired));
    }

    #[test]
    fn a_template_without_a_title_or_a_part_is_refused() {
        assert_eq!(Template::Undefined.define(note(" ")), Err(TemplateError::NoTitle));
        let TemplateContent::Plan(mut empty) = plan() else { panic!("a plan") };
        empty.activities.clear();
        assert_eq!(Template::Undefined.define(TemplateContent::Plan(empty)), Err(TemplateError::BadLength));
        assert_eq!(Template::Undefined.retire(), Err(TemplateError::Undefined));
    }

    proptest! {
        /// What was decided folds to the state it led to; what is retired stays so.
        #[test]
        fn no_sequence_of_commands_reaches_an_undefined_state(
            commands in proptest::collection::vec((0u8..3, 0u8..3), 0..40)
        ) {
            let (mut state, mut log) = (Template::default(), vec![]);
            for (command, which) in commands {
                let content = [note("One"), note("Two"), plan()][usize::from(which)].clone();
                let decided = match command {
                    0 => state.define(content),
                    1 => state.revise(content),
                    _ => state.retire(),
                };
                let Ok(events) = decided else { continue };
                let retired = matches!(state, Template::Retired { .. });
                prop_assert!(!retired);
                state = after(state, events.clone());
                log.extend(events);
                prop_assert_eq!(&Template::fold(&log), &state);
            }
        }
    }
}
