//! `GET /cds-services`.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, get};
use healthcare_application::cds_hooks::{Hook, Part};
use serde::Serialize;
use utoipa::ToSchema;

/// The services of this server.
#[derive(Serialize, ToSchema)]
pub struct CdsServices {
    /// One a hook.
    services: Vec<CdsService>,
}

/// A service.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CdsService {
    /// The hook it answers.
    #[schema(example = "order-sign")]
    hook: &'static str,
    /// What people call it.
    title: &'static str,
    /// What it does.
    description: &'static str,
    /// Its part of the path.
    #[schema(example = "order-sign")]
    id: &'static str,
    /// What it would like to be told beforehand: FHIR R4 reads and searches.
    prefetch: BTreeMap<&'static str, &'static str>,
    /// What a client has to bring.
    usage_requirements: &'static str,
}

/// Which decision support there is for other systems, by hook (CDS Hooks 2.0, Discovery). Open to everybody.
#[utoipa::path(tag = "cds-hooks", security(()), responses((status = 200, description = "the services", body = CdsServices)))]
#[get("/cds-services")]
pub async fn discover_cds_services() -> HttpResponse {
    let services = Hook::ALL.into_iter().map(|hook| CdsService {
        hook: hook.name(),
        title: hook.title(),
        description: hook.description(),
        id: hook.name(),
        prefetch: Part::ALL.into_iter().map(|part| (part.key(), part.template())).collect(),
        usage_requirements: Hook::USAGE,
    });
    HttpResponse::Ok().json(CdsServices { services: services.collect() })
}
