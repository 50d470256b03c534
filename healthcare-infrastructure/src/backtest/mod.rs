//! Backtests as they are kept, and the worker that runs them.

mod alerted;
mod history;
mod kept;
mod samples;
mod worker;

pub(crate) use samples::read as read_samples;
pub use worker::BacktestWorker;
