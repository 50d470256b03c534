//! Backtests: a rule that nobody was shown, judged over the hospital's own history as it was known at the time.

mod alerted;
mod cancel_backtest;
mod get_backtest;
mod list_backtest_patients;
mod list_backtests;
mod model;
mod report;
mod request_backtest;
mod sample;
mod simulate;
mod timeline;
mod trial;

pub use alerted::{Alerted, AlertedList, AlertedPaging, AlertedPlace, ShownAlerted};
pub use cancel_backtest::cancel_backtest;
pub use get_backtest::get_backtest;
pub use list_backtest_patients::list_backtest_patients;
pub use list_backtests::list_backtests;
pub use model::{
    Backtest, BacktestFilter, BacktestList, BacktestModel, BacktestState, JudgedLive, Progress, RequestedBacktest,
    StoredBacktest, TrialRequest,
};
pub use report::{Against, Counts, Followed, Tally};
pub use request_backtest::{BacktestRefused, RequestBacktest, RuleSource, request_backtest};
pub use sample::{Change, KeptSample, NotShown, Sample, ShownSample};
pub use simulate::{Firing, simulate};
pub use timeline::{FACT_STREAMS, RUN_IN_DAYS, wanted_events};
pub use trial::{PatientOutcome, Trial, try_patient};
