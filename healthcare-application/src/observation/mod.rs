//! Laboratory results and other observations.

mod mark_result_viewed;
mod record_laboratory_result;

pub use mark_result_viewed::{MarkResultViewed, mark_result_viewed};
pub use record_laboratory_result::{RecordLaboratoryResult, record_laboratory_result};
