//! Breaking the glass, over REST.

mod close_glass;
mod get_grant;
mod list_grants;
mod open_glass;
mod review_glass;

use actix_web::http::StatusCode;
use healthcare_domain::break_glass::BreakGlassError;

use crate::{problem::DomainProblem, startup::Routes};

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(open_glass::open_glass)
        .service(list_grants::list_grants)
        .service(get_grant::get_grant)
        .service(close_glass::close_glass)
        .service(review_glass::review_glass);
}

impl DomainProblem for BreakGlassError {
    const CONTEXT: &'static str = "break-glass";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Unopened => (StatusCode::NOT_FOUND, "unopened", "There is no such grant"),
            Self::AlreadyOpened => (StatusCode::CONFLICT, "already-opened", "It was opened already"),
            Self::Over => (StatusCode::CONFLICT, "over", "It is over"),
            Self::NotYours => (StatusCode::FORBIDDEN, "not-yours", "It is somebody else's"),
            Self::AlreadyReviewed => (StatusCode::CONFLICT, "already-reviewed", "It was reviewed already"),
            Self::OwnReview => (StatusCode::FORBIDDEN, "own-review", "Nobody reviews their own access"),
            Self::BadLength => (StatusCode::UNPROCESSABLE_ENTITY, "length", "It lasts between a minute and a day"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        None
    }
}
