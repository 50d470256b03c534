//! The problem list.

mod add_problem;
mod amend_problem;
mod enter_problem_in_error;
mod get_problem;
mod reactivate_problem;
mod resolve_problem;
mod signed;
mod verify_problem;

pub use add_problem::{AddProblem, add_problem};
pub use amend_problem::amend_problem;
pub use enter_problem_in_error::{EnterProblemInError, enter_problem_in_error};
pub use get_problem::get_problem;
pub use reactivate_problem::{ReactivateProblem, reactivate_problem};
pub use resolve_problem::{ResolveProblem, resolve_problem};
pub use verify_problem::{VerifyProblem, verify_problem};
