//! Registrations of one person: merging their rows, and finding who may be one.

mod decided;
mod finder;

pub use decided::{decided, holds};
pub use finder::DuplicateFinder;
