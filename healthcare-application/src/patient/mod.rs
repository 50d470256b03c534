//! Patients: registration, demographics, whether a record is in use, pathways, directory.

mod advance_pathway;
mod change_standing;
mod directory;
mod find_patients;
mod get_patient;
mod list_pathways;
mod policy;
mod register_patient;
mod update_patient;

pub use advance_pathway::{AdvancePathway, advance_pathway, follow_pathways};
pub use change_standing::{ChangeStanding, deactivate_patient, enter_patient_in_error, reactivate_patient};
pub use directory::directory_entry;
pub use find_patients::find_patients;
pub use get_patient::get_patient;
pub use list_pathways::list_pathways;
pub use policy::PatientPolicy;
pub use register_patient::{RegisterError, RegisterPatient, register_patient};
pub use update_patient::{UpdatePatient, update_patient};
