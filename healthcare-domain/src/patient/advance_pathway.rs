//! The monitoring pathway, walked a step at a time.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Patient, PatientError, PatientEvent};

/// The stages of the monitoring pathway, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PathwayStage {
    /// Agreed to take part.
    Enrolled,
    /// Was given a device.
    Device,
    /// Was shown how it works.
    Welcome,
    /// Sends readings.
    Monitored,
    /// Was reviewed by a clinician.
    Reviewed,
}

impl PathwayStage {
    /// The stages in order.
    pub const ALL: [Self; 5] = [Self::Enrolled, Self::Device, Self::Welcome, Self::Monitored, Self::Reviewed];

    /// What comes after `stage`; the first stage after none.
    pub fn after(stage: Option<Self>) -> Option<Self> {
        match stage {
            None => Some(Self::Enrolled),
            Some(now) => Self::ALL.into_iter().find(|next| *next > now),
        }
    }
}

impl Patient {
    /// Moves the patient to the next stage of the pathway.
    ///
    /// # Errors
    /// When nobody is registered, or `stage` is not the next one.
    pub fn advance_pathway(&self, stage: PathwayStage, at: DateTime<Utc>) -> Result<Vec<PatientEvent>, PatientError> {
        let Self::Registered { pathway, .. } = self else { return Err(PatientError::Unregistered) };
        let from = pathway.map(|(stage, _)| stage);
        let next = PathwayStage::after(from);
        if next == Some(stage) {
            Ok(vec![PatientEvent::PathwayAdvanced { stage, at }])
        } else {
            Err(PatientError::NotTheNextStage { from, next })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EventSourced, patient::Demographics};

    #[test]
    fn the_pathway_is_walked_in_order_and_no_stage_twice() {
        let at = "2026-11-21T10:00:00Z".parse().unwrap();
        let mut patient =
            Patient::fold(&[PatientEvent::PatientRegistered { demographics: Box::new(Demographics::default()) }]);
        assert!(patient.advance_pathway(PathwayStage::Monitored, at).is_err());
        for stage in PathwayStage::ALL {
            for event in patient.advance_pathway(stage, at).unwrap() {
                patient.apply(&event);
            }
            assert!(patient.advance_pathway(stage, at).is_err());
        }
    }
}
