//! Visits and stays: from the plan to the discharge, with where the patient lies, what they have, and who cares.

mod admit;
mod class;
mod conduct;
mod diagnosis;
mod discharge;
mod event;
mod participant;
#[cfg(test)]
mod properties;
mod transfer;
mod visit;

pub use class::EncounterClass;
pub use conduct::{Triage, TriageScale};
pub use diagnosis::{Diagnosis, DiagnosisUse};
pub use discharge::{Demands, DischargeSummary, Disposition, FollowUp};
pub use event::{EncounterError, EncounterEvent};
pub use participant::{Participant, ParticipantRole};
pub use transfer::Place;
pub use visit::{Admission, Passed, Resided, Stage, Visit, Was};

use chrono::{DateTime, Duration, Utc};

use crate::{
    EventSourced, StreamType,
    id::{BedId, EncounterId},
};

/// How far ahead a time may lie, for clocks that differ.
const AHEAD: Duration = Duration::minutes(5);

/// A visit or stay.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Encounter {
    /// Nobody was admitted.
    #[default]
    NotAdmitted,
    /// Expected; nobody has come yet.
    Planned {
        /// What is planned.
        visit: Box<Visit>,
    },
    /// Under way.
    Admitted {
        /// All that is known of it.
        visit: Box<Visit>,
        /// How far it has come.
        stage: Stage,
    },
    /// Over.
    Discharged {
        /// All that is known of it.
        visit: Box<Visit>,
        /// When it ended; some imported visits do not say.
        at: Option<DateTime<Utc>>,
        /// Where to.
        disposition: Disposition,
    },
    /// Called off before anybody was seen.
    Cancelled {
        /// What was planned.
        visit: Box<Visit>,
        /// When.
        at: DateTime<Utc>,
    },
    /// Never took place.
    EnteredInError {
        /// What had been recorded.
        visit: Box<Visit>,
    },
}

impl EventSourced for Encounter {
    type Id = EncounterId;
    type Event = EncounterEvent;
    type Error = EncounterError;
    const STREAM: StreamType = StreamType::Encounter;

    fn apply(&mut self, event: &EncounterEvent) {
        use EncounterEvent as E;
        match event {
            E::EncounterPlanned { admission } => *self = Self::Planned { visit: Visit::planned(admission) },
            E::PatientAdmitted { admission, stage, .. } => {
                *self = Self::Admitted { visit: Visit::begun(admission, *stage), stage: *stage };
            }
            E::AdmissionAmended { admission } => match self.visit_mut() {
                Some(visit) => visit.amend(admission),
                None => {
                    *self =
                        Self::Admitted { visit: Visit::begun(admission, Stage::InProgress), stage: Stage::InProgress }
                }
            },
            E::PatientArrived { at } => self.enter(Stage::Arrived, *at),
            E::PatientTriaged { triage, at, by: _ } => {
                self.enter(Stage::Triaged, *at);
                self.with(|visit| visit.judge(triage.as_ref(), *at));
            }
            E::EncounterStarted { at, .. } | E::LeaveEnded { at } => self.enter(Stage::InProgress, *at),
            E::LeaveBegun { at, .. } => self.enter(Stage::OnLeave, *at),
            E::ClassChanged { class, at, .. } => self.with(|visit| visit.reclass(*class, *at)),
            E::PatientTransferred { place, at } => self.with(|visit| visit.reside(place, *at)),
            E::ParticipantJoined { participant } => self.with(|visit| visit.team.push(participant.clone())),
            E::ParticipantLeft { account, role, at } => self.with(|visit| visit.part_with(*account, *role, *at)),
            E::DiagnosisListed { diagnosis, .. } => self.with(|visit| visit.list(diagnosis)),
            E::DiagnosisRanked { problem, used, rank } => self.with(|visit| visit.rank(*problem, *used, *rank)),
            E::DiagnosisRemoved { problem, used, .. } => self.with(|visit| visit.unlist(*problem, *used)),
            E::DischargeSummaryWritten { summary, .. } => self.with(|visit| visit.summary = Some((**summary).clone())),
            E::PatientDischarged { disposition, at } => {
                self.leave(|visit| Self::Discharged { visit, at: *at, disposition: *disposition })
            }
            E::EncounterCancelled { at, .. } => self.leave(|visit| Self::Cancelled { visit, at: *at }),
            E::EncounterEnteredInError { .. } => self.leave(|visit| Self::EnteredInError { visit }),
        }
    }
}

impl Encounter {
    /// All that is known of it, if it was ever recorded.
    pub fn visit(&self) -> Option<&Visit> {
        match self {
            Self::NotAdmitted => None,
            Self::Planned { visit }
            | Self::Admitted { visit, .. }
            | Self::Discharged { visit, .. }
            | Self::Cancelled { visit, .. }
            | Self::EnteredInError { visit } => Some(visit),
        }
    }

    /// FHIR R4 Encounter.status.
    pub fn status(&self) -> &'static str {
        match self {
            Self::NotAdmitted => "unknown",
            Self::Planned { .. } => "planned",
            Self::Admitted { stage, .. } => stage.as_str(),
            Self::Discharged { .. } => "finished",
            Self::Cancelled { .. } => "cancelled",
            Self::EnteredInError { .. } => "entered-in-error",
        }
    }

    /// The bed that it holds now. A visit that is planned or over holds none.
    pub fn holds(&self) -> Option<BedId> {
        match self {
            Self::Admitted { visit, .. } => visit.admission.bed_id,
            Self::NotAdmitted
            | Self::Planned { .. }
            | Self::Discharged { .. }
            | Self::Cancelled { .. }
            | Self::EnteredInError { .. } => None,
        }
    }

    /// Whether the patient stays under it: a stay that has begun, and not a visit that comes and goes.
    pub fn is_stay(&self) -> bool {
        match self {
            Self::Admitted { visit, stage } => {
                visit.admission.class.is_stay() && matches!(stage, Stage::InProgress | Stage::OnLeave)
            }
            Self::NotAdmitted
            | Self::Planned { .. }
            | Self::Discharged { .. }
            | Self::Cancelled { .. }
            | Self::EnteredInError { .. } => false,
        }
    }

    /// Whether it keeps the patient in the house as an inpatient: one of that class that is under way, at whatever stage.
    pub fn is_inpatient(&self) -> bool {
        match self {
            Self::Admitted { visit, .. } => visit.admission.class == EncounterClass::Inpatient,
            Self::NotAdmitted
            | Self::Planned { .. }
            | Self::Discharged { .. }
            | Self::Cancelled { .. }
            | Self::EnteredInError { .. } => false,
        }
    }

    /// When the patient died, where it ended so.
    pub fn death(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Discharged { at, disposition: Disposition::Exp, .. } => *at,
            Self::NotAdmitted
            | Self::Planned { .. }
            | Self::Admitted { .. }
            | Self::Discharged { .. }
            | Self::Cancelled { .. }
            | Self::EnteredInError { .. } => None,
        }
    }

    /// Whether something may be charted in it now.
    ///
    /// # Errors
    /// When it has not begun, is over, or was struck out.
    pub fn ensure_open(&self) -> Result<&Admission, EncounterError> {
        self.open().map(|(visit, _)| &visit.admission)
    }

    /// The visit and how far it has come, while it is under way.
    fn open(&self) -> Result<(&Visit, Stage), EncounterError> {
        match self {
            Self::NotAdmitted => Err(EncounterError::NotAdmitted),
            Self::Admitted { visit, stage } => Ok((visit, *stage)),
            Self::Planned { .. } => Err(EncounterError::NotNow("planned")),
            Self::Discharged { .. } => Err(EncounterError::AlreadyDischarged),
            Self::Cancelled { .. } => Err(EncounterError::NotNow("cancelled")),
            Self::EnteredInError { .. } => Err(EncounterError::EnteredInError),
        }
    }

    /// The visit, whether under way or over, where something may still be said of it.
    fn known(&self) -> Result<&Visit, EncounterError> {
        match self {
            Self::Discharged { visit, .. } => Ok(visit),
            other => other.open().map(|(visit, _)| visit),
        }
    }

    /// Whether a time can be that of the next thing that happens in a visit: not before the last, and not to come.
    fn in_order(visit: &Visit, at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), EncounterError> {
        if at < visit.admission.started_at {
            return Err(EncounterError::BeforeAdmission(visit.admission.started_at));
        }
        if at < visit.last_moment() {
            return Err(EncounterError::OutOfOrder(visit.last_moment()));
        }
        if at > now + AHEAD { Err(EncounterError::InTheFuture) } else { Ok(()) }
    }

    fn visit_mut(&mut self) -> Option<&mut Visit> {
        match self {
            Self::NotAdmitted => None,
            Self::Planned { visit }
            | Self::Admitted { visit, .. }
            | Self::Discharged { visit, .. }
            | Self::Cancelled { visit, .. }
            | Self::EnteredInError { visit } => Some(visit),
        }
    }

    fn with(&mut self, change: impl FnOnce(&mut Visit)) {
        if let Some(visit) = self.visit_mut() {
            change(visit);
        }
    }

    /// Comes to a stage. What is over stays over.
    fn enter(&mut self, stage: Stage, at: DateTime<Utc>) {
        *self = match std::mem::take(self) {
            Self::Planned { mut visit } => {
                visit.admission.started_at = at;
                visit.arrive(stage, at);
                Self::Admitted { visit, stage }
            }
            Self::Admitted { mut visit, stage: before } => {
                if before != stage {
                    visit.pass(stage, at);
                }
                Self::Admitted { visit, stage }
            }
            other @ (Self::NotAdmitted
            | Self::Discharged { .. }
            | Self::Cancelled { .. }
            | Self::EnteredInError { .. }) => other,
        };
    }

    /// Goes over into what has no bed and no stage. What was struck out stays so.
    fn leave(&mut self, into: impl FnOnce(Box<Visit>) -> Self) {
        *self = match std::mem::take(self) {
            Self::Planned { visit }
            | Self::Admitted { visit, .. }
            | Self::Discharged { visit, .. }
            | Self::Cancelled { visit, .. } => into(visit),
            other @ (Self::NotAdmitted | Self::EnteredInError { .. }) => other,
        };
    }
}
