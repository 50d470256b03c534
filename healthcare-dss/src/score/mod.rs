//! Clinical scores: exact, versioned, each with its inputs.

pub mod calculator;
mod derived;
pub mod news2;
mod taken;

pub use derived::egfr_of_creatinine;
pub use taken::{ADULT, Taken, answer_the_same, taken};
