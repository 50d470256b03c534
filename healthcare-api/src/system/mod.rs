//! What operators and integrators need: health, the OpenAPI document, Swagger UI, the token keys.

mod contract;
mod document;
mod health;
mod jwks;
mod known_paths;

pub use document::{Document, Published, openapi_json, swagger};
pub use known_paths::KnownPaths;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this context.
pub fn routes(config: &mut ServiceConfig) {
    config.service(health::livez).service(health::readyz).service(health::health).service(jwks::jwks);
}
