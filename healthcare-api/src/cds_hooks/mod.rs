//! CDS Hooks 2.0 over HTTP: the services at the root, as the standard has them, and the clients under `/api/v1`.

mod body;
mod call_service;
mod client;
mod cors;
mod discover;
mod give_feedback;
mod problem;
mod settings;

pub use cors::cors;
pub use settings::{CdsHooksConfig, CdsHooksConfigError, ClientPolicy, Origins};

/// The services, at the root of the host.
pub fn services(routes: &mut Routes<'_>) {
    routes
        .service(discover::discover_cds_services)
        .service(call_service::call_cds_service)
        .service(give_feedback::give_cds_feedback);
}

use crate::startup::Routes;

/// The clients, kept by administrators.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(client::list_cds_clients)
        .service(client::register_cds_client)
        .service(client::get_cds_client)
        .service(client::change_cds_client)
        .service(client::remove_cds_client);
}
