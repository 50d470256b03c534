//! Ending an order.

use chrono::{DateTime, Utc};

use super::{MedicationOrder, MedicationOrderError, MedicationOrderEvent, OrderEnd};
use crate::text::Remark;

impl MedicationOrder {
    /// Stops the order before its time.
    ///
    /// # Errors
    /// When it is not active, or would end before it was written.
    pub fn stop(&self, reason: Remark, at: DateTime<Utc>) -> Result<Vec<MedicationOrderEvent>, MedicationOrderError> {
        match self {
            Self::Unordered => Err(MedicationOrderError::Unordered),
            Self::Active { prescription, .. } if at < prescription.authored_at => {
                Err(MedicationOrderError::EndedBeforeAuthored)
            }
            Self::Active { prescription, .. } => Ok(vec![MedicationOrderEvent::MedicationEnded {
                how: OrderEnd::Stopped,
                at: Some(at),
                reason: Some(reason),
                reported: prescription.reported,
            }]),
            Self::Ended { .. } | Self::EnteredInError { .. } => Err(MedicationOrderError::NotActive),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Event, EventSourced,
        code::CodeableConcept,
        medication::{Intake, Override, Prescription},
    };

    fn amoxicillin() -> Prescription {
        Prescription {
            identifiers: vec![],
            medication: CodeableConcept::words("Amoxicillin 500 MG Oral Capsule"),
            dose: None,
            route: None,
            frequency: None,
            as_needed: false,
            reasons: vec![],
            authored_at: "2026-11-21T09:00:00Z".parse().unwrap(),
            prescriber: None,
            encounter: None,
            taking: Intake::AsOrdered,
            further: vec![],
            details: vec![],
            reported: false,
        }
    }

    fn reason() -> Remark {
        Remark::try_from("rash".to_owned()).unwrap()
    }

    #[test]
    fn an_order_stops_once() {
        let mut order =
            MedicationOrder::fold(&MedicationOrder::Unordered.prescribe(amoxicillin(), vec![], &[]).unwrap());
        let at = "2026-11-21T10:00:00Z".parse().unwrap();
        for event in order.stop(reason(), at).unwrap() {
            order.apply(&event);
        }
        assert_eq!(order.stop(reason(), at), Err(MedicationOrderError::NotActive));
    }

    #[test]
    fn an_override_answers_a_finding() {
        let stray = Override { finding: "f-1".into(), reason: reason() };
        assert_eq!(
            MedicationOrder::Unordered.prescribe(amoxicillin(), vec![stray], &["f-2".into()]),
            Err(MedicationOrderError::UnknownFinding("f-1".into()))
        );
    }

    #[test]
    fn what_ends_of_a_drug_that_was_reported_is_no_order() {
        for (reported, resource) in [(true, "MedicationStatement"), (false, "MedicationRequest")] {
            let drug = Prescription { reported, ..amoxicillin() };
            let order = MedicationOrder::fold(&MedicationOrder::Unordered.prescribe(drug, vec![], &[]).unwrap());
            let ended = order.stop(reason(), "2026-11-21T10:00:00Z".parse().unwrap()).unwrap();
            assert_eq!(ended.iter().map(Event::fhir_type).collect::<Vec<_>>(), [resource]);
        }
    }
}
