//! Visits and stays.

mod admit_patient;
mod discharge_patient;
mod get_encounter;
mod transfer_patient;

pub use admit_patient::{AdmitPatient, admit_patient};
pub use discharge_patient::{DischargePatient, discharge_patient};
pub use get_encounter::get_encounter;
pub use transfer_patient::{TransferPatient, transfer_patient};
