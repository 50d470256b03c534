//! The read models' tables as sea-orm entities. A test holds them against the catalogue.

pub mod alert;
mod catalogue;
pub mod entry;
pub mod patient;
pub mod patient_identifier;
pub mod patient_pathway;
pub mod patient_phone;
pub mod patient_sound;
pub mod patient_word;

pub use catalogue::differences;
