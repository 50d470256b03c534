//! Patients: registration, demographics, pathway, directory.

mod advance_pathway;
mod directory;
mod find_patients;
mod get_patient;
mod register_patient;
mod update_patient;

pub use advance_pathway::{AdvancePathway, advance_pathway};
pub use directory::directory_entry;
pub use find_patients::find_patients;
pub use get_patient::get_patient;
pub use register_patient::{RegisterError, RegisterPatient, register_patient};
pub use update_patient::{UpdatePatient, update_patient};
