//! What operators and integrators need: health, the OpenAPI document, Swagger UI, the token keys.

mod contract;
mod document;
mod health;
mod jwks;

pub use document::{Document, openapi_json, swagger};

use crate::startup::Routes;

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes.service(health::livez).service(health::readyz).service(health::health).service(jwks::jwks);
}
