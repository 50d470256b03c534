//! Single sign-on: to the issuer, back with its answer, and out again.

mod backchannel_logout;
mod callback;
mod logout;
mod settings;
mod start;

pub use backchannel_logout::LOGOUT_REFUSED;
pub use settings::{SsoSettingsError, read as read_settings};

use actix_web::{cookie::Cookie, http::StatusCode};
use healthcare_infrastructure::access::oidc::{SingleSignOn, SsoError};

use crate::{problem::Problem, startup::Routes};

/// The routes of single sign-on.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(start::start)
        .service(callback::callback)
        .service(logout::logout)
        .service(backchannel_logout::backchannel_logout);
}

/// What binds an answer of the issuer to the browser that asked. It opens nothing by itself.
const COOKIE: &str = "healthcare_oidc";

/// The cookie; an empty one that is over takes it away.
fn cookie(sso: &SingleSignOn, value: String, seconds: i64) -> Cookie<'static> {
    Cookie::build(COOKIE, value)
        .path("/api/v1/auth/oidc")
        .http_only(true)
        .secure(sso.is_secure())
        // The answer comes by a link from the issuer's page: `Strict` would leave it behind.
        .same_site(actix_web::cookie::SameSite::Lax)
        .max_age(actix_web::cookie::time::Duration::seconds(seconds))
        .finish()
}

/// The single sign-on of this site.
fn configured(sso: &Option<SingleSignOn>) -> Result<&SingleSignOn, Problem> {
    sso.as_ref().ok_or_else(|| {
        Problem::new(StatusCode::NOT_FOUND, "/problems/access/sso-not-configured", "There is no single sign-on here")
    })
}

impl From<SsoError> for Problem {
    fn from(error: SsoError) -> Self {
        match error {
            SsoError::Unavailable(why) => {
                tracing::warn!(why, "single sign-on is not available");
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "/problems/access/sso-unavailable",
                    "Single sign-on cannot be reached",
                )
                .detail("Sign in with your password, or try again later.")
            }
            SsoError::Refused(why) => {
                tracing::warn!(why, "an answer of single sign-on was refused");
                Self::new(StatusCode::UNAUTHORIZED, "/problems/access/sso-refused", "The sign-in was not completed")
                    .detail("Begin it again.")
            }
            SsoError::NoAccount(why) => {
                tracing::warn!(why, "single sign-on knows a person who may not sign in");
                Self::new(StatusCode::FORBIDDEN, "/problems/access/sso-no-account", "You cannot sign in here")
                    .detail("There is no account that may sign in for this person; ask an identity manager.")
            }
            SsoError::SecondFactorNeeded(_) => Self::new(
                StatusCode::FORBIDDEN,
                "/problems/access/sso-second-factor-needed",
                "Your role needs a second factor, and single sign-on tells of none",
            )
            .detail("Show one where you sign in, or sign in here with your password and a code."),
            SsoError::Store(error) => error.into(),
        }
    }
}
