//! Laboratory results and other observations.

mod get_observation;
mod mark_result_viewed;
mod record_laboratory_result;

pub use get_observation::get_observation;
pub use mark_result_viewed::{MarkResultViewed, mark_result_viewed};
pub use record_laboratory_result::{RecordLaboratoryResult, record_laboratory_result};
