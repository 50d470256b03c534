//! Backtests over REST.

mod cancel_backtest;
mod get_backtest;
mod list_backtest_patients;
mod list_backtests;
mod run_backtest;

use actix_web::http::StatusCode;
use healthcare_application::backtest::BacktestRefused;

use crate::{problem::DomainProblem, startup::Routes};

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(run_backtest::run_backtest)
        .service(list_backtests::list_backtests)
        .service(get_backtest::get_backtest)
        .service(list_backtest_patients::list_backtest_patients)
        .service(cancel_backtest::cancel_backtest);
}

impl DomainProblem for BacktestRefused {
    const CONTEXT: &'static str = "backtest";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NoSuchVersion { .. } => {
                (StatusCode::UNPROCESSABLE_ENTITY, "no-such-version", "There is no such version of the rule")
            }
            Self::Malformed { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "malformed", "The rule cannot be judged"),
            Self::Time => (StatusCode::UNPROCESSABLE_ENTITY, "time", "The time cannot be tried"),
            Self::Busy => (StatusCode::CONFLICT, "busy", "Too many backtests wait already"),
            Self::Over => (StatusCode::CONFLICT, "over", "The backtest is over"),
            Self::Unknown => (StatusCode::NOT_FOUND, "unknown", "There is no such backtest"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::NoSuchVersion { which, .. } | Self::Malformed { which, .. } => {
                Some(if *which == "baseline" { "/baseline" } else { "/candidate" })
            }
            Self::Time => Some("/from"),
            Self::Busy | Self::Over | Self::Unknown => None,
        }
    }
}
