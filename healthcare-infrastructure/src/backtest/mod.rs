//! Backtests as they are kept, and the worker that runs them.

mod history;
mod kept;
mod worker;

pub use worker::BacktestWorker;
