//! Clinical scores over REST.

mod compute_news2;
mod compute_score;
mod list_scores;
mod record_score;

use actix_web::http::StatusCode;
use healthcare_dss::score::news2::{InputError, Parameter};

use crate::{problem::DomainProblem, startup::Routes};

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(list_scores::list_scores)
        .service(compute_news2::compute_news2)
        .service(compute_score::compute_score)
        .service(record_score::record_score)
        .service(record_score::get_recorded_score)
        .service(record_score::enter_score_in_error);
}

impl DomainProblem for InputError {
    const CONTEXT: &'static str = "score";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        let cannot_be = StatusCode::UNPROCESSABLE_ENTITY;
        match self {
            Self::OutOfRange { .. } => (cannot_be, "out-of-range", "A value is outside of what can be charted"),
            Self::FromTheFuture { .. } => (cannot_be, "from-the-future", "A reading lies after the score"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        let (Self::OutOfRange { parameter, .. } | Self::FromTheFuture { parameter }) = self;
        Some(match parameter {
            Parameter::RespiratoryRate => "/respiratory_rate",
            Parameter::Spo2 => "/spo2",
            Parameter::Oxygen => "/on_oxygen",
            Parameter::SystolicBp => "/systolic_bp",
            Parameter::Pulse => "/pulse",
            Parameter::Consciousness => "/consciousness",
            Parameter::Temperature => "/temperature",
        })
    }
}
