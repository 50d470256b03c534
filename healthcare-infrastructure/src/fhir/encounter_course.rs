//! The course of a FHIR Encounter: its statuses, classes and places in order, and its diagnoses.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    encounter::{Admission, Diagnosis, DiagnosisUse, EncounterClass, EncounterEvent, Place, Stage},
    id::ProblemId,
};
use serde::Deserialize;

use super::{
    Reading,
    datatypes::{CodeableConcept, Coding, Period, Reference},
    encounter::class,
};

/// FHIR Encounter.statusHistory.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct StatusHistory {
    pub(super) status: String,
    pub(super) period: Period,
}

/// FHIR Encounter.classHistory.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ClassHistory {
    class: Coding,
    period: Period,
}

/// FHIR Encounter.location.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Located {
    location: Reference,
    status: Option<String>,
    physical_type: Option<CodeableConcept>,
    period: Option<Period>,
}

/// FHIR Encounter.diagnosis.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct DiagnosisElement {
    condition: Reference,
    r#use: Option<CodeableConcept>,
    rank: Option<u16>,
}

/// Something that happened in a visit.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub event: EncounterEvent,
}

/// What a resource tells of a visit's course.
pub(super) struct Told<'a> {
    pub status: &'a str,
    pub statuses: &'a [StatusHistory],
    pub class: EncounterClass,
    pub classes: &'a [ClassHistory],
    pub locations: &'a [Located],
}

impl Told<'_> {
    /// How the visit began, what happened in it, and how it stands now.
    pub fn course(
        &self,
        admission: Admission,
        within: (DateTime<Utc>, DateTime<Utc>),
    ) -> (EncounterEvent, Vec<Step>, Admission) {
        let started = within.0;
        let (first_class, classes) = self.classes(within);
        let (first_stage, stages) = self.stages(within);
        let mut places = self.places(started);
        places.iter_mut().for_each(|(at, _)| *at = (*at).clamp(within.0, within.1));
        let last = places.last().map(|(_, place)| place.clone());
        let in_place = |admission: Admission, place: Option<Place>| match place {
            Some(place) => admission.at(place),
            None => admission,
        };
        // The patient is where they were first from the beginning on.
        let first_place = if places.is_empty() { None } else { Some(places.remove(0).1) };
        let first = in_place(Admission { class: first_class, ..admission.clone() }, first_place);
        let moved =
            places.into_iter().map(|(at, place)| Step { at, event: EncounterEvent::PatientTransferred { place, at } });
        let mut steps: Vec<Step> = stages.into_iter().chain(classes).chain(moved).collect();
        steps.sort_by_key(|step| step.at);
        let first =
            EncounterEvent::PatientAdmitted { admission: Box::new(first), stage: first_stage, overrides: vec![] };
        (first, steps, in_place(admission, last))
    }

    /// The class it had first, and the changes to the others.
    fn classes(&self, within: (DateTime<Utc>, DateTime<Utc>)) -> (EncounterClass, Vec<Step>) {
        let mut all: Vec<(DateTime<Utc>, EncounterClass)> = self
            .classes
            .iter()
            .map(|was| {
                (was.period.start.map_or(within.0, |t| t.earliest()).clamp(within.0, within.1), class(&was.class))
            })
            .collect();
        all.sort_by_key(|(at, _)| *at);
        // The present class may be told beside the history, and begins where that ends.
        if all.last().is_none_or(|(_, last)| *last != self.class) {
            let ended = self.classes.iter().filter_map(|was| was.period.end).map(|t| t.latest()).max();
            let at = ended.or_else(|| all.last().map(|(at, _)| *at)).unwrap_or(within.0);
            all.push((at.clamp(within.0, within.1), self.class));
        }
        all.dedup_by_key(|(_, class)| *class);
        let first = all.remove(0).1;
        let changes = all
            .into_iter()
            .map(|(at, class)| Step { at, event: EncounterEvent::ClassChanged { class, at, overrides: vec![] } });
        (first, changes.collect())
    }

    /// The stage it began at, and those it came to.
    fn stages(&self, within: (DateTime<Utc>, DateTime<Utc>)) -> (Stage, Vec<Step>) {
        let mut all: Vec<(DateTime<Utc>, Stage)> = self
            .statuses
            .iter()
            .filter_map(|was| Some((was.period.start?.earliest().clamp(within.0, within.1), stage(&was.status)?)))
            .collect();
        all.sort_by_key(|(at, _)| *at);
        if let Some(now) = stage(self.status)
            && all.last().is_none_or(|(_, last)| *last != now)
        {
            let ended = self.statuses.iter().filter_map(|was| was.period.end).map(|t| t.latest()).max();
            let at = ended.or_else(|| all.last().map(|(at, _)| *at)).unwrap_or(within.0);
            all.push((at.clamp(within.0, within.1), now));
        }
        all.dedup_by_key(|(_, stage)| *stage);
        // A visit begins with the patient there: who is triaged or away had come before.
        let first = match all.first() {
            None => Stage::InProgress,
            Some((_, Stage::Triaged)) => Stage::Arrived,
            Some((_, Stage::OnLeave)) => Stage::InProgress,
            Some(_) => all.remove(0).1,
        };
        let mut before = first;
        let mut steps = Vec::new();
        for (at, stage) in all {
            let event = match stage {
                Stage::Triaged => EncounterEvent::PatientTriaged { triage: None, at, by: None },
                Stage::InProgress if before == Stage::OnLeave => EncounterEvent::LeaveEnded { at },
                Stage::InProgress => EncounterEvent::EncounterStarted { at, overrides: vec![] },
                Stage::OnLeave => EncounterEvent::LeaveBegun { at, until: None, reason: None },
                // Nobody arrives a second time.
                Stage::Arrived => continue,
            };
            before = stage;
            steps.push(Step { at, event });
        }
        (first, steps)
    }

    /// The places in order. What has a time of its own stands in it; of what has none, the last that is not left.
    fn places(&self, started: DateTime<Utc>) -> Vec<(DateTime<Utc>, Place)> {
        let start = |l: &Located| l.period.and_then(|p| p.start).map(|t| t.earliest());
        let counts = |l: &&Located| start(l).is_some() || l.status.as_deref() != Some("completed");
        let mut times: Vec<DateTime<Utc>> =
            self.locations.iter().filter(counts).map(|l| start(l).unwrap_or(started)).collect();
        times.sort_unstable();
        times.dedup();
        let mut places: Vec<(DateTime<Utc>, Place)> = Vec::new();
        for at in times {
            let named = |kind: &str| {
                let here = |l: &&Located| {
                    counts(l)
                        && start(l).unwrap_or(started) == at
                        && l.physical_type.as_ref().is_some_and(|t| t.has(kind))
                };
                self.locations.iter().rfind(here).and_then(|l| l.location.display.clone())
            };
            let before = places.last().map(|(_, place)| place.clone());
            let (ward, room, bed) = (named("wa"), named("ro"), named("bd"));
            let place = match (ward, before) {
                (Some(ward), _) => Place { room, bed, ..Place::on(ward) },
                (None, Some(before)) => Place { room: room.or(before.room), bed, ..Place::on(before.ward) },
                (None, None) => continue,
            };
            if places.last().is_none_or(|(_, last)| *last != place) {
                places.push((at, place));
            }
        }
        places
    }
}

/// The stage a FHIR status is of a visit that is under way.
pub(super) fn stage(status: &str) -> Option<Stage> {
    match status {
        "arrived" => Some(Stage::Arrived),
        "triaged" => Some(Stage::Triaged),
        "in-progress" => Some(Stage::InProgress),
        "onleave" => Some(Stage::OnLeave),
        _ => None,
    }
}

/// The diagnoses whose conditions are of the record, by use and rank.
pub(super) fn diagnoses(of: &[DiagnosisElement], reading: &Reading<'_>) -> Vec<Diagnosis> {
    let mut all: Vec<Diagnosis> = Vec::new();
    for (n, element) in of.iter().enumerate() {
        let Some(problem) = reading.references.stream(&element.condition).map(ProblemId) else { continue };
        let used = element.r#use.as_ref().map_or(DiagnosisUse::Discharge, used);
        if all.iter().any(|one| one.problem == problem && one.used == used) {
            continue;
        }
        let words = element.condition.display.clone();
        let code = words.map(healthcare_domain::code::CodeableConcept::words).unwrap_or_default();
        // Those without a rank come after those with one, in the order they stand.
        let rank = element.rank.unwrap_or_else(|| 1_000_u16.saturating_add(u16::try_from(n).unwrap_or(u16::MAX)));
        all.push(Diagnosis { problem, code, used, rank });
    }
    all.sort_by_key(|one| (one.used, one.rank));
    all
}

/// HL7 diagnosis-role.
fn used(concept: &CodeableConcept) -> DiagnosisUse {
    let code = concept.first_code().unwrap_or("");
    DiagnosisUse::ALL.into_iter().find(|used| used.coding().code == code).unwrap_or(DiagnosisUse::Discharge)
}
