//! The history of the family, and how the patient lives.

mod family;
mod social;

pub use family::{amend_family_history, enter_family_history_in_error, get_family_history, record_family_history};
pub use social::{amend_social_history, enter_social_history_in_error, get_social_history, record_social_history};
