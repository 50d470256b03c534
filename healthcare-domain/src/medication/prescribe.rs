//! Signing an order.

use rust_decimal::Decimal;

use super::{MedicationOrder, MedicationOrderError, MedicationOrderEvent, Override, Prescription};

impl Prescription {
    /// Whether it is an order that somebody could give: it names a drug, and a dose that is told is more than nothing.
    ///
    /// # Errors
    /// When it names no drug, or its dose is zero or less.
    pub fn ensure_possible(&self) -> Result<(), MedicationOrderError> {
        if self.medication.is_empty() {
            return Err(MedicationOrderError::NoMedication);
        }
        let doses = self.dose.iter().chain(self.further.iter().filter_map(|further| further.dose.as_ref()));
        match doses.map(|dose| dose.value).find(|value| *value <= Decimal::ZERO) {
            Some(nothing) => Err(MedicationOrderError::NoDose(nothing)),
            None => Ok(()),
        }
    }
}

impl MedicationOrder {
    /// Signs the order. `findings` are the ids that decision support raised on this very draft.
    ///
    /// # Errors
    /// When it was signed already, is none that anybody could give, or an override answers no finding.
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
        prescription.ensure_possible()?;
        if let Some(stray) = overrides.iter().find(|o| !findings.contains(&o.finding)) {
            return Err(MedicationOrderError::UnknownFinding(stray.finding.clone()));
        }
        Ok(vec![MedicationOrderEvent::MedicationPrescribed { prescription: Box::new(prescription), overrides }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        code::CodeableConcept,
        medication::{Instruction, Intake},
        quantity::Quantity,
    };

    fn of(dose: &str) -> Prescription {
        Prescription {
            identifiers: vec![],
            medication: CodeableConcept::words("amoxicillin"),
            dose: Some(Quantity { value: dose.parse().unwrap(), unit: "mg".into() }),
            route: None,
            frequency: None,
            as_needed: false,
            reasons: vec![],
            authored_at: "2026-11-21T10:00:00Z".parse().unwrap(),
            prescriber: None,
            encounter: None,
            taking: Intake::AsOrdered,
            further: vec![],
            details: vec![],
            reported: false,
        }
    }

    #[test]
    fn nobody_orders_nothing_or_less() {
        let sign = |dose: &str| MedicationOrder::Unordered.prescribe(of(dose), vec![], &[]);
        for dose in ["0", "0.000", "-500"] {
            assert_eq!(sign(dose), Err(MedicationOrderError::NoDose(dose.parse().unwrap())));
        }
        assert!(sign("0.001").is_ok() && sign("500").is_ok());
        let unsaid = Prescription { dose: None, ..of("1") };
        assert!(MedicationOrder::Unordered.prescribe(unsaid, vec![], &[]).is_ok());
        let further = vec![Instruction { dose: of("-1").dose, ..Instruction::default() }];
        let second = MedicationOrder::Unordered.prescribe(Prescription { further, ..of("1") }, vec![], &[]);
        assert_eq!(second, Err(MedicationOrderError::NoDose("-1".parse().unwrap())));
    }
}
