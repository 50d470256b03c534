//! `POST /cds-services/{id}`.

use actix_web::{HttpResponse, post, web::Data};
use healthcare_application::cds_hooks::Card;
use healthcare_infrastructure::cds_hooks::CdsHooks;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::FromClient;
use crate::problem::Problem;

/// A call of CDS Hooks 2.0, as the standard has it. What it does not know is let be.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what `cds_hooks::request` reads with its places")]
pub struct CdsRequest {
    /// The hook that the service answers.
    #[schema(example = "order-sign")]
    hook: String,
    /// This call.
    hook_instance: Uuid,
    /// The base of the client's FHIR server; asked only where it is registered for the client.
    fhir_server: Option<String>,
    /// The token for it: `access_token`, `token_type` (`Bearer`), `expires_in`, `scope`, `subject`.
    #[schema(value_type = Option<Object>)]
    fhir_authorization: Option<serde_json::Value>,
    /// What the hook is about: `userId`, `patientId`, and as the hook has it `encounterId`, `draftOrders`, `selections`,
    /// `allergyIntolerance`, `conditions`.
    #[schema(value_type = Object)]
    context: serde_json::Value,
    /// FHIR R4 resources by the keys of the service's templates; null where there is nothing.
    #[schema(value_type = Option<Object>)]
    prefetch: Option<serde_json::Value>,
}

/// What decision support says.
#[derive(Serialize, ToSchema)]
pub struct CdsCards {
    /// The gravest first; none where there is nothing to say.
    cards: Vec<Card>,
}

/// Judges what a clinician is about to do, or a patient's record, by the rules in force, and answers with cards (CDS Hooks
/// 2.0, Calling a CDS Service). Every draft order is judged against active medications and the other drafts. Nothing of it
/// enters our record.
#[utoipa::path(tag = "cds-hooks", security(("cds_client" = [])), request_body = CdsRequest,
    params(("id" = String, Path, description = "the service, as the discovery lists it")), responses(
    (status = 200, description = "cards, the gravest first", body = CdsCards),
    (status = 400, description = "it is not what CDS Hooks or FHIR R4 define, and where", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "the client is not known by its token", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is no such service", body = Problem, content_type = "application/problem+json"),
    (status = 408, description = "the body did not come in time", body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "too little is known of the patient to judge", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "too many requests", body = Problem, content_type = "application/problem+json"),
    (status = 500, description = "decision support is unavailable: nothing was judged", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "the record cannot be reached: nothing was judged", body = Problem, content_type = "application/problem+json"),
))]
#[post("/cds-services/{id}")]
pub async fn call_cds_service(hooks: Data<CdsHooks>, from: FromClient) -> Result<HttpResponse, Problem> {
    let FromClient { hook, client, call, body } = from;
    let cards = hooks.answer(&client, hook, &body, &call).await?;
    Ok(HttpResponse::Ok().json(CdsCards { cards }))
}
