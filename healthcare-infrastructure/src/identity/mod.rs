//! Registrations of one person: merging their rows, and finding who may be one.

mod decided;
mod doubt;
mod finder;
mod keys;
mod link;
mod look;
mod pairs;

pub use decided::{ALERTS_OF, claims, decided, holds};
pub use finder::DuplicateFinder;
pub use keys::{refresh_keys, renew_keys};
