//! The problem list over the real server.

mod add_problem;
mod amend_problem;
mod reactivate_problem;
