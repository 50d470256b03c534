//! What rules come to: counted as it happens, in the transaction of what happened.

mod firing;
mod metrics;
mod shown;

pub(crate) use firing::statements;
pub(crate) use shown::{ShownLog, shown_to};
