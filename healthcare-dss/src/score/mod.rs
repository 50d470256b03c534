//! Clinical scores: exact, versioned, each with its inputs.

pub mod calculator;
pub mod news2;
mod taken;

pub use taken::{ADULT, Taken, answer_the_same, taken};
