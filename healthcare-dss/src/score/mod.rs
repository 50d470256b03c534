//! Clinical scores: exact, versioned, each with its inputs.

pub mod news2;
