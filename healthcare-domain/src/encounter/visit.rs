//! What is known of one visit, and how the events change it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Diagnosis, DiagnosisUse, DischargeSummary, EncounterClass, Participant, ParticipantRole, Place, Triage};
use crate::{
    code::CodeableConcept,
    id::{AccountId, BedId, ProblemId},
    reference::{Identifier, Reference},
};

/// How a visit began, and where it goes on now (FHIR Encounter).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Admission {
    /// What the source calls it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// Ambulatory, emergency, inpatient …
    pub class: EncounterClass,
    /// What kind of visit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<CodeableConcept>,
    /// Why they came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<CodeableConcept>,
    /// When it began; when it is to begin, while it is planned.
    pub started_at: DateTime<Utc>,
    /// The ward, for a stay.
    #[serde(default)]
    pub ward: Option<String>,
    /// The room, for a stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// What the bed is called, for a stay.
    #[serde(default)]
    pub bed: Option<String>,
    /// The bed, where the house has it in its configuration: it is then nobody else's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bed_id: Option<BedId>,
    /// The organisation that provides it.
    #[serde(default)]
    pub provider: Option<Reference>,
    /// Where the patient came from (FHIR Encounter.hospitalization.admitSource).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admit_source: Option<CodeableConcept>,
}

impl Admission {
    /// A visit of a class that begins at a time; nothing else is known of it.
    pub fn of(class: EncounterClass, started_at: DateTime<Utc>) -> Self {
        Self {
            identifiers: vec![],
            class,
            types: vec![],
            reasons: vec![],
            started_at,
            ward: None,
            room: None,
            bed: None,
            bed_id: None,
            provider: None,
            admit_source: None,
        }
    }

    /// Where it goes on, where it is a stay.
    pub fn place(&self) -> Option<Place> {
        let ward = self.ward.clone()?;
        Some(Place { ward, room: self.room.clone(), bed: self.bed.clone(), bed_id: self.bed_id })
    }

    /// The same, somewhere else.
    #[must_use]
    pub fn at(self, place: Place) -> Self {
        let Place { ward, room, bed, bed_id } = place;
        Self { ward: Some(ward), room, bed, bed_id, ..self }
    }
}

/// How far a visit that is under way has come (FHIR R4 EncounterStatus).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = EncounterStage)]
pub enum Stage {
    /// The patient is there and waits.
    Arrived,
    /// How urgent it is was judged.
    Triaged,
    /// They are being seen, or stay.
    #[default]
    InProgress,
    /// They went away for a while and are to come back.
    #[serde(rename = "onleave")]
    OnLeave,
}

impl Stage {
    /// FHIR's code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Arrived => "arrived",
            Self::Triaged => "triaged",
            Self::InProgress => "in-progress",
            Self::OnLeave => "onleave",
        }
    }

    /// Whether they are being seen.
    pub(super) fn is_in_progress(&self) -> bool {
        *self == Self::InProgress
    }
}

/// A stage that was come to (FHIR Encounter.statusHistory).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = EncounterStagePassed)]
pub struct Passed {
    /// Which.
    pub stage: Stage,
    /// When.
    pub at: DateTime<Utc>,
}

/// A class that the visit was of (FHIR Encounter.classHistory).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = EncounterClassHeld)]
pub struct Was {
    /// Which.
    pub class: EncounterClass,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// A place that the patient was in (FHIR Encounter.location).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = EncounterPlaceHeld)]
pub struct Resided {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// All that is known of a visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = EncounterVisit)]
pub struct Visit {
    /// How it began, and where it goes on now.
    #[serde(flatten)]
    pub admission: Admission,
    /// The stages it came to, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<Passed>,
    /// The classes it was of, in order, once there was more than one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<Was>,
    /// The places the patient was in, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<Resided>,
    /// How urgent it was judged to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub triage: Option<Triage>,
    /// When it was judged so; the last time of more than one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub triaged_at: Option<DateTime<Utc>>,
    /// What the patient has, by use and rank.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diagnoses: Vec<Diagnosis>,
    /// Who takes part, also those who no longer do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub team: Vec<Participant>,
    /// The summary of the stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<DischargeSummary>,
}

impl Visit {
    /// One that is expected.
    pub(super) fn planned(admission: &Admission) -> Box<Self> {
        Box::new(Self {
            admission: admission.clone(),
            stages: vec![],
            classes: vec![],
            places: vec![],
            triage: None,
            triaged_at: None,
            diagnoses: vec![],
            team: vec![],
            summary: None,
        })
    }

    /// One that begins.
    pub(super) fn begun(admission: &Admission, stage: Stage) -> Box<Self> {
        let mut visit = Self::planned(admission);
        visit.arrive(stage, admission.started_at);
        visit
    }

    pub(super) fn arrive(&mut self, stage: Stage, at: DateTime<Utc>) {
        self.pass(stage, at);
        if let Some(place) = self.admission.place() {
            self.places.push(Resided { place, since: at });
        }
    }

    /// It is judged how urgent it is. A source may tell when, and not how.
    pub(super) fn judge(&mut self, triage: Option<&Triage>, at: DateTime<Utc>) {
        self.triaged_at = Some(at);
        if let Some(triage) = triage {
            self.triage = Some(triage.clone());
        }
    }

    pub(super) fn pass(&mut self, stage: Stage, at: DateTime<Utc>) {
        self.stages.push(Passed { stage, at });
    }

    /// What its source says now of how it began and where it is: the present place is corrected, those before stay.
    pub(super) fn amend(&mut self, admission: &Admission) {
        let place = admission.place();
        if place != self.admission.place() {
            match (self.places.last_mut(), place) {
                (Some(last), Some(place)) => last.place = place,
                (None, Some(place)) => self.places.push(Resided { place, since: admission.started_at }),
                (Some(_), None) => drop(self.places.pop()),
                (None, None) => {}
            }
        }
        self.admission = admission.clone();
    }

    pub(super) fn reclass(&mut self, class: EncounterClass, at: DateTime<Utc>) {
        if self.classes.is_empty() {
            self.classes.push(Was { class: self.admission.class, since: self.admission.started_at });
        }
        self.classes.push(Was { class, since: at });
        self.admission.class = class;
    }

    pub(super) fn reside(&mut self, place: &Place, at: DateTime<Utc>) {
        self.places.push(Resided { place: place.clone(), since: at });
        self.admission = self.admission.clone().at(place.clone());
    }

    pub(super) fn part_with(&mut self, account: AccountId, role: ParticipantRole, at: DateTime<Utc>) {
        let of = |one: &&mut Participant| one.account == account && one.role == role && one.until.is_none();
        if let Some(one) = self.team.iter_mut().find(of) {
            one.until = Some(at);
        }
    }

    /// How many diagnoses are listed for a use.
    pub(super) fn listed(&self, used: DiagnosisUse) -> usize {
        self.diagnoses.iter().filter(|one| one.used == used).count()
    }

    pub(super) fn list(&mut self, diagnosis: &Diagnosis) {
        for other in &mut self.diagnoses {
            if other.used == diagnosis.used && other.rank >= diagnosis.rank {
                other.rank += 1;
            }
        }
        self.diagnoses.push(diagnosis.clone());
        self.in_order();
    }

    pub(super) fn unlist(&mut self, problem: ProblemId, used: DiagnosisUse) {
        let Some(n) = self.diagnoses.iter().position(|one| one.problem == problem && one.used == used) else { return };
        let gone = self.diagnoses.remove(n);
        for other in &mut self.diagnoses {
            if other.used == used && other.rank > gone.rank {
                other.rank -= 1;
            }
        }
    }

    pub(super) fn rank(&mut self, problem: ProblemId, used: DiagnosisUse, rank: u16) {
        let Some(mut one) = self.diagnoses.iter().find(|one| one.problem == problem && one.used == used).cloned()
        else {
            return;
        };
        self.unlist(problem, used);
        one.rank = rank;
        self.list(&one);
    }

    fn in_order(&mut self) {
        self.diagnoses.sort_by_key(|one| (one.used, one.rank));
    }

    /// When something of its course happened last: nothing that follows lies before it.
    pub fn last_moment(&self) -> DateTime<Utc> {
        let stages = self.stages.last().map(|one| one.at);
        let places = self.places.last().map(|one| one.since);
        let classes = self.classes.last().map(|one| one.since);
        [stages, places, classes, self.triaged_at].into_iter().flatten().fold(self.admission.started_at, DateTime::max)
    }
}
