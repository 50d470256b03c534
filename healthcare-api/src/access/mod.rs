//! Signing in.

mod activate;
mod login;
pub mod oidc;
mod refresh;
mod token;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this context.
pub fn routes(config: &mut ServiceConfig) {
    config.service(login::login).service(refresh::refresh).service(activate::activate).service(token::token);
    config.configure(oidc::routes);
}
