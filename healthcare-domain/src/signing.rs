//! Signing against what decision support said: what was set aside stays in the event, with the reason.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    DomainEvent, encounter::EncounterEvent, medication::MedicationOrderEvent, observation::ObservationEvent,
    problem::ProblemEvent, text::Remark,
};

/// A finding of decision support that whoever signs set aside, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// The stable id of the finding.
    #[schema(example = "f-3b1c9f0a5d2e4c17")]
    pub finding: String,
    /// Why it does not hold for this patient.
    pub reason: Remark,
}

/// An override names a finding that the check did not make.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no finding {0} was made; overrides answer findings")]
pub struct UnknownFinding(pub String);

/// Makes sure that every override answers a finding that was made: a stray one would be a reason for nothing.
///
/// # Errors
/// Names the first that answers none.
pub fn ensure_answers(overrides: &[Override], findings: &[String]) -> Result<(), UnknownFinding> {
    match overrides.iter().find(|answer| !findings.contains(&answer.finding)) {
        Some(stray) => Err(UnknownFinding(stray.finding.clone())),
        None => Ok(()),
    }
}

impl DomainEvent {
    /// The findings that were set aside when this was signed.
    pub fn overrides(&self) -> &[Override] {
        match self {
            Self::MedicationOrder(MedicationOrderEvent::MedicationPrescribed { overrides, .. })
            | Self::Problem(
                ProblemEvent::ProblemAdded { overrides, .. }
                | ProblemEvent::ProblemAmended { overrides, .. }
                | ProblemEvent::ProblemVerified { overrides, .. }
                | ProblemEvent::ProblemReactivated { overrides, .. },
            )
            | Self::Observation(ObservationEvent::ObservationRecorded { overrides, .. })
            | Self::Encounter(
                EncounterEvent::PatientAdmitted { overrides, .. }
                | EncounterEvent::EncounterStarted { overrides, .. }
                | EncounterEvent::ClassChanged { overrides, .. },
            ) => overrides,
            // Nothing else is signed against findings.
            _ => &[],
        }
    }

    /// Keeps in the event what was set aside when it was signed. Whether it is one that is signed so.
    pub fn set_aside(&mut self, set_aside: &[Override]) -> bool {
        match self {
            Self::MedicationOrder(MedicationOrderEvent::MedicationPrescribed { overrides, .. })
            | Self::Problem(
                ProblemEvent::ProblemAdded { overrides, .. }
                | ProblemEvent::ProblemAmended { overrides, .. }
                | ProblemEvent::ProblemVerified { overrides, .. }
                | ProblemEvent::ProblemReactivated { overrides, .. },
            )
            | Self::Observation(ObservationEvent::ObservationRecorded { overrides, .. })
            | Self::Encounter(
                EncounterEvent::PatientAdmitted { overrides, .. }
                | EncounterEvent::EncounterStarted { overrides, .. }
                | EncounterEvent::ClassChanged { overrides, .. },
            ) => {
                *overrides = set_aside.to_vec();
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{code::CodeableConcept, problem::Problem};

    fn answer(finding: &str) -> Override {
        Override { finding: finding.into(), reason: Remark::try_from("it is being stopped".to_owned()).unwrap() }
    }

    fn added() -> DomainEvent {
        let problem = Problem {
            identifiers: vec![],
            code: CodeableConcept::words("Asthma"),
            categories: vec![],
            verification: None,
            severity: None,
            onset_at: None,
            encounter: None,
            body_sites: vec![],
            note: None,
        };
        ProblemEvent::ProblemAdded { problem, overrides: vec![] }.into()
    }

    #[test]
    fn given_an_override_of_no_finding_when_signed_then_it_is_named() {
        assert_eq!(ensure_answers(&[], &[]), Ok(()));
        assert_eq!(ensure_answers(&[answer("a")], &["a".into(), "b".into()]), Ok(()));
        let stray = ensure_answers(&[answer("a"), answer("c")], &["a".into()]);
        assert_eq!(stray, Err(UnknownFinding("c".into())));
    }

    #[test]
    fn given_a_signed_event_when_findings_were_set_aside_then_they_stay_in_it_and_in_its_bytes() {
        let mut event = added();
        assert!(event.set_aside(&[answer("a")]));
        assert_eq!(event.overrides(), [answer("a")]);
        let DomainEvent::Problem(event) = event else { panic!("another event") };
        let stored = serde_json::to_string(&event).unwrap();
        assert!(stored.contains("it is being stopped"));
        assert_eq!(serde_json::from_str::<ProblemEvent>(&stored).unwrap(), event);
    }

    #[test]
    fn given_an_event_from_before_overrides_were_kept_when_read_then_it_has_none_and_writes_none() {
        let DomainEvent::Problem(event) = added() else { panic!("another event") };
        let stored = serde_json::to_string(&event).unwrap();
        assert!(!stored.contains("overrides"));
        assert_eq!(serde_json::from_str::<ProblemEvent>(&stored).unwrap(), event);
    }

    #[test]
    fn given_an_event_that_nobody_signs_when_findings_are_set_aside_then_it_says_that_it_takes_none() {
        let mut resolved: DomainEvent =
            ProblemEvent::ProblemResolved { at: None, how: crate::problem::Ending::Resolved }.into();
        assert!(!resolved.set_aside(&[answer("a")]));
        assert!(resolved.overrides().is_empty());
    }
}
