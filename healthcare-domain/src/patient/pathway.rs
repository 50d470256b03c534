//! Care pathways: which there are and which steps they have is the house's to say.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::AccountId;

/// The pathways that ship with the program.
const EMBEDDED: &str = include_str!("pathways.json");

/// What may move a patient on by itself: CloudEvents types of what happens to a patient.
pub const TRIGGERS: [&str; 14] = [
    "appointment.booked",
    "appointment.completed",
    "device.assigned",
    "device.unassigned",
    "encounter.completed",
    "encounter.started",
    "encounter.vitals.recorded",
    "lab.result.available",
    "note.signed",
    "patient.consent.recorded",
    "patient.immunized",
    "pharmacy.medication.prescribed",
    "plan.activated",
    "vitals.score.changed",
];

/// The pathways of the house, in the order they are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PathwayCatalogue {
    /// Each of them.
    pathways: Vec<Pathway>,
}

/// A pathway: its steps are walked in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pathway {
    /// What commands and lists call it.
    #[schema(example = "monitoring")]
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its steps in order.
    pub stages: Vec<Stage>,
}

/// A step of a pathway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PathwayStage)]
pub struct Stage {
    /// What commands and lists call it.
    #[schema(example = "enrolled")]
    pub id: String,
    /// What it says of a patient who stands there.
    pub name: String,
    /// CloudEvents types that bring a patient here who stands at the step before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub advance_on: Vec<String>,
}

/// Why these cannot be the pathways of the house.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPathways {
    /// It is not the JSON that is expected.
    #[error("the pathways cannot be read: {0}")]
    Unreadable(String),
    /// There is nothing to walk.
    #[error("there is no pathway, or one without a stage: {0}")]
    Empty(String),
    /// Ids are what commands and queries name.
    #[error("{0:?} is no id: lower case letters, digits and dashes, at most 50, a letter first")]
    BadId(String),
    /// Two of one name could not be told apart.
    #[error("{0:?} is there twice")]
    Twice(String),
    /// It would never happen.
    #[error("stage {stage:?} waits for {trigger:?}, which moves nobody; what may: {}", TRIGGERS.join(", "))]
    UnknownTrigger {
        /// The step.
        stage: String,
        /// What it waits for.
        trigger: String,
    },
}

impl PathwayCatalogue {
    /// The pathways that ship with the program: enrolled → device → welcome → monitored → reviewed.
    ///
    /// # Errors
    /// Never, as a test holds.
    pub fn embedded() -> Result<Self, BadPathways> {
        Self::parse(EMBEDDED)
    }

    /// Reads pathways from JSON, and makes sure that they can be walked.
    ///
    /// # Errors
    /// With what is wrong with them.
    pub fn parse(json: &str) -> Result<Self, BadPathways> {
        let read: Self = serde_json::from_str(json).map_err(|e| BadPathways::Unreadable(e.to_string()))?;
        if read.pathways.is_empty() {
            return Err(BadPathways::Empty("no pathway".into()));
        }
        ids(read.pathways.iter().map(|pathway| &pathway.id))?;
        for pathway in &read.pathways {
            if pathway.stages.is_empty() {
                return Err(BadPathways::Empty(pathway.id.clone()));
            }
            ids(pathway.stages.iter().map(|stage| &stage.id))?;
            for stage in &pathway.stages {
                if let Some(trigger) = stage.advance_on.iter().find(|kind| !TRIGGERS.contains(&kind.as_str())) {
                    return Err(BadPathways::UnknownTrigger { stage: stage.id.clone(), trigger: trigger.clone() });
                }
            }
        }
        Ok(read)
    }

    /// All of them.
    pub fn all(&self) -> &[Pathway] {
        &self.pathways
    }

    /// The pathway of this name; the first one where none is named.
    pub fn pathway(&self, id: Option<&str>) -> Option<&Pathway> {
        self.pathways.iter().find(|pathway| id.is_none_or(|id| pathway.id == id))
    }

    /// The CloudEvents types that move anybody.
    pub fn triggers(&self) -> BTreeSet<&str> {
        let stages = self.pathways.iter().flat_map(|pathway| &pathway.stages);
        stages.flat_map(|stage| &stage.advance_on).map(String::as_str).collect()
    }
}

impl Pathway {
    /// What comes after `stage`; the first stage after none, or after one that is no longer of this pathway.
    pub fn after(&self, stage: Option<&str>) -> Option<&Stage> {
        let place = stage.and_then(|now| self.stages.iter().position(|stage| stage.id == now));
        self.stages.get(place.map_or(0, |place| place + 1))
    }

    /// Whether it has this stage.
    pub fn has(&self, stage: &str) -> bool {
        self.stages.iter().any(|one| one.id == stage)
    }
}

/// Refuses ids that nothing can name, or that name two.
fn ids<'a>(ids: impl Iterator<Item = &'a String>) -> Result<(), BadPathways> {
    let mut seen = BTreeSet::new();
    for id in ids {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
        if id.len() > 50 || !id.starts_with(|c: char| c.is_ascii_lowercase()) || !id.chars().all(fits) {
            return Err(BadPathways::BadId(id.clone()));
        }
        if !seen.insert(id) {
            return Err(BadPathways::Twice(id.clone()));
        }
    }
    Ok(())
}

/// What brought a patient to a stage by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PathwayCause)]
pub struct Cause {
    /// The CloudEvents type.
    #[schema(example = "device.assigned")]
    pub kind: String,
    /// The event, `{stream}:{version}`.
    pub event: String,
}

/// A step that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PathwayStep)]
pub struct Step {
    /// The stage that was reached.
    #[schema(example = "device")]
    pub stage: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Who said so; nobody, where it came by itself or before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountId>,
    /// What brought it about, where it came by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<Cause>,
}

/// The pathways a patient is on, each with the steps taken so far. Never an empty list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Walked(BTreeMap<String, Vec<Step>>);

impl Walked {
    /// Each pathway with its steps, oldest first.
    pub fn all(&self) -> impl Iterator<Item = (&str, &[Step])> {
        self.0.iter().map(|(pathway, steps)| (pathway.as_str(), steps.as_slice()))
    }

    /// Where they stand on a pathway.
    pub fn latest(&self, pathway: &str) -> Option<&Step> {
        self.0.get(pathway)?.last()
    }

    /// The step taken last of all, and on which pathway.
    pub fn newest(&self) -> Option<(&str, &Step)> {
        let latest = self.all().filter_map(|(pathway, steps)| steps.last().map(|step| (pathway, step)));
        latest.max_by_key(|(_, step)| step.at)
    }

    /// Whether an event has moved them on a pathway already.
    pub fn was_moved_by(&self, pathway: &str, event: &str) -> bool {
        let steps = self.0.get(pathway).into_iter().flatten();
        steps.filter_map(|step| step.because.as_ref()).any(|cause| cause.event == event)
    }

    /// Takes a step.
    pub(super) fn take(&mut self, pathway: &str, step: Step) {
        self.0.entry(pathway.to_owned()).or_default().push(step);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_pathway_is_walked_as_the_house_says() {
        let embedded = PathwayCatalogue::embedded().unwrap();
        let stages: Vec<&str> = embedded.pathway(None).unwrap().stages.iter().map(|stage| stage.id.as_str()).collect();
        assert_eq!(stages, ["enrolled", "device", "welcome", "monitored", "reviewed"]);
        assert!(embedded.triggers().contains("device.assigned"));
    }

    #[test]
    fn pathways_that_cannot_be_walked_are_refused_with_the_reason() {
        let stage = |id: &str, on: &str| format!(r#"{{ "id": "{id}", "name": "x", "advance_on": [{on}] }}"#);
        let of = |stages: &str| format!(r#"{{ "pathways": [{{ "id": "a", "name": "A", "stages": [{stages}] }}] }}"#);
        let refused = |json: &str| PathwayCatalogue::parse(json).unwrap_err();
        assert!(matches!(refused("{"), BadPathways::Unreadable(_)));
        assert!(matches!(refused(r#"{ "pathways": [], "more": 1 }"#), BadPathways::Unreadable(_)));
        assert!(matches!(refused(r#"{ "pathways": [] }"#), BadPathways::Empty(_)));
        assert_eq!(refused(&of("")), BadPathways::Empty("a".into()));
        assert_eq!(refused(&of(&stage("In Care", ""))), BadPathways::BadId("In Care".into()));
        let twice = format!("{},{}", stage("one", ""), stage("one", ""));
        assert_eq!(refused(&of(&twice)), BadPathways::Twice("one".into()));
        let never = refused(&of(&stage("one", r#""moon.full""#)));
        assert!(never.to_string().contains("moon.full") && never.to_string().contains("device.assigned"), "{never}");
    }
}
