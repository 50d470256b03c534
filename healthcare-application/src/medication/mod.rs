//! Orders of medication, signed with decision support.

mod check_medication;
mod get_medication_order;
mod prescribe_medication;
mod stop_medication;

pub use check_medication::{Checked, check_medication};
pub use get_medication_order::get_medication_order;
pub(crate) use prescribe_medication::judge_draft;
pub use prescribe_medication::{PrescribeMedication, Signing, prescribe_medication};
pub(crate) use stop_medication::stopping;
pub use stop_medication::{StopMedication, stop_medication};
