//! What a database is for: a hospital's record, or a demonstration that may be emptied.

mod demonstration;
mod reset;

pub use demonstration::{Demonstration, MarkError, demonstration, furnished, mark_demonstration};
pub use reset::{ResetError, empty_demonstration};
