//! Signing an order.

use super::{MedicationOrder, MedicationOrderError, MedicationOrderEvent, Override, Prescription};

impl MedicationOrder {
    /// Signs the order. `findings` are the ids that decision support raised on this very draft.
    ///
    /// # Errors
    /// When it was signed already, names no drug, or an override answers no finding.
    pub fn prescribe(
        &self,
        prescription: Prescription,
        overrides: Vec<Override>,
        findings: &[String],
    ) -> Result<Vec<MedicationOrderEvent>, MedicationOrderError> {
        match self {
            Self::Unordered => {}
            Self::Active { .. } => return Err(MedicationOrderError::AlreadyOrdered),
            Self::Ended { .. } | Self::EnteredInError { .. } => return Err(MedicationOrderError::NotActive),
        }
        if prescription.medication.is_empty() {
            return Err(MedicationOrderError::NoMedication);
        }
        if let Some(stray) = overrides.iter().find(|o| !findings.contains(&o.finding)) {
            return Err(MedicationOrderError::UnknownFinding(stray.finding.clone()));
        }
        Ok(vec![MedicationOrderEvent::MedicationPrescribed { prescription: Box::new(prescription), overrides }])
    }
}
