//! Visits and stays.

mod admit_patient;
mod conduct;
mod diagnoses;
mod discharge_patient;
mod get_encounter;
mod inpatient;
mod list_encounters;
mod participants;
mod placing;
mod transfer_patient;
mod write_summary;

pub use admit_patient::{AdmitPatient, Beginning, admit_patient};
pub use conduct::{
    arrive, begin_leave, cancel_encounter, change_class, end_leave, enter_encounter_in_error, start_encounter,
    triage_patient,
};
pub use diagnoses::{AddDiagnosis, Diagnosed, DiagnosisRefused, add_diagnosis, rank_diagnosis, remove_diagnosis};
pub use discharge_patient::{DischargePatient, discharge_patient};
pub use get_encounter::get_encounter;
pub use list_encounters::{list_encounters, list_encounters_known};
pub use participants::{add_participant, remove_participant};
pub use placing::{BedInTheWay, VisitError, WantedPlace};
pub use transfer_patient::{TransferPatient, transfer_patient};
pub use write_summary::write_summary;
