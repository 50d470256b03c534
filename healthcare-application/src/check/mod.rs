//! Checks of what a caller brings: nothing of it is stored, and no patient is named.

mod check_medications;

pub use check_medications::{
    CheckedMedication, MedicationFinding, MedicationFindings, MedicationList, check_medications, nth_source,
};
