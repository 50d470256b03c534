//! The problem list.

mod add_problem;
mod amend_problem;
mod enter_problem_in_error;
mod resolve_problem;

pub use add_problem::{AddProblem, add_problem};
pub use amend_problem::amend_problem;
pub use enter_problem_in_error::{EnterProblemInError, enter_problem_in_error};
pub use resolve_problem::{ResolveProblem, resolve_problem};
