//! Alerts over REST.

mod acknowledge_alert;
mod get_alert;
mod list_alerts;

use actix_web::http::StatusCode;
use healthcare_domain::alert::AlertError;

use crate::{problem::DomainProblem, startup::Routes};

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(list_alerts::list_alerts)
        .service(get_alert::get_alert)
        .service(acknowledge_alert::acknowledge_alert);
}

impl DomainProblem for AlertError {
    const CONTEXT: &'static str = "alert";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Unraised => (StatusCode::NOT_FOUND, "unraised", "There is no such alert"),
            Self::AlreadyRaised => (StatusCode::CONFLICT, "already-raised", "The alert is already raised"),
            Self::AlreadyAcknowledged => {
                (StatusCode::CONFLICT, "already-acknowledged", "Somebody has answered the alert already")
            }
            Self::Cleared => (StatusCode::CONFLICT, "cleared", "The alert is over"),
            Self::NotTheNextRung => (StatusCode::CONFLICT, "not-the-next-rung", "The alert stands at another rung"),
            Self::Latched => (StatusCode::CONFLICT, "latched", "A high alert stays until somebody answers"),
        }
    }
}
