//! Clinical scores: exact, versioned, each with its inputs.

pub mod calculator;
pub mod news2;
