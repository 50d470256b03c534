//! The problem list.

mod add_problem;
mod resolve_problem;

pub use add_problem::{AddProblem, add_problem};
pub use resolve_problem::{ResolveProblem, resolve_problem};
