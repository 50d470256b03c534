//! Signing in, and what the owner of a session does with it.

mod activate;
mod calendar_feeds;
mod change_password;
mod end_session;
mod enrol_second_factor;
mod list_sessions;
mod login;
mod logout;
pub mod oidc;
mod refresh;
mod renew_recovery_codes;
mod step_up;
mod token;

pub use enrol_second_factor::SecondFactor;
pub use list_sessions::Sessions;
pub use token::SCOPE_REFUSED;

use healthcare_infrastructure::access::{OwnError, PasswordError};

use crate::{problem::Problem, startup::Routes};

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(login::login)
        .service(refresh::refresh)
        .service(activate::activate)
        .service(logout::logout)
        .service(step_up::step_up)
        .service(change_password::change_password)
        .service(enrol_second_factor::enrol_second_factor)
        .service(renew_recovery_codes::renew_recovery_codes)
        .service(list_sessions::list_sessions)
        .service(end_session::end_session)
        .service(calendar_feeds::open_calendar_feed)
        .service(calendar_feeds::list_calendar_feeds)
        .service(calendar_feeds::close_calendar_feed)
        .service(token::token);
    routes.configure(oidc::routes);
}

impl From<OwnError> for Problem {
    fn from(error: OwnError) -> Self {
        let conflict = actix_web::http::StatusCode::CONFLICT;
        match error {
            // Not 401: the bearer token is good, what was shown beside it is not.
            OwnError::Refused => Self::new(
                actix_web::http::StatusCode::FORBIDDEN,
                "/problems/access/not-confirmed",
                "The password or code is wrong",
            ),
            OwnError::Password(error) => password_problem("/new_password", error),
            OwnError::HasSecondFactor => {
                Self::new(conflict, "/problems/access/has-second-factor", "There is a second factor already")
            }
            OwnError::NoSecondFactor => {
                Self::new(conflict, "/problems/access/no-second-factor", "There is no second factor")
            }
            OwnError::Throttled(seconds) => Self::throttled(seconds),
            OwnError::Store(error) => error.into(),
        }
    }
}

/// Why a password is not taken.
pub(crate) fn password_problem(pointer: &str, error: PasswordError) -> Problem {
    match error {
        PasswordError::Busy(_) => Problem::throttled(1),
        PasswordError::Store(error) => error.into(),
        error @ (PasswordError::Length(_) | PasswordError::Common | PasswordError::Context) => {
            Problem::password_not_taken(pointer, error.to_string())
        }
    }
}
