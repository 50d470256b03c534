//! `POST /encounters/{id}/transfer`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{
    App,
    encounter::{self, WantedPlace},
};
use healthcare_domain::id::{BedId, EncounterId};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// Where the patient goes on.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "ward": "Ward 2", "bed": "4B" }))]
pub struct TransferPatient {
    /// The ward, one of the house where it has any; with `bed_id` it need not be said.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    ward: Option<String>,
    /// The room.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    room: Option<String>,
    /// The bed by name; in a ward that has beds in the configuration of the house, one of those.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    bed: Option<String>,
    /// The bed by identity, instead.
    bed_id: Option<BedId>,
    /// Now, if not said.
    at: Option<DateTime<Utc>>,
}

/// Moves a patient to another ward, room or bed. From then on the staff of that ward care for them; the bed they lay in is
/// to be cleaned, and the one they go to is theirs. One that is not free is refused, with which it is and why.
#[utoipa::path(tag = "encounters", request_body = TransferPatient, params(
    ("id" = EncounterId, Path, description = "the encounter"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "done", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not, or there is no care relationship", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such encounter", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "it has ended already, or the bed is not free", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the body has another shape or cannot be true", body = Problem, content_type = "application/problem+json"),
))]
#[post("/encounters/{id}/transfer")]
pub async fn transfer_patient(
    app: Data<App>,
    id: Path<EncounterId>,
    command: Command<TransferPatient>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: TransferPatient { ward, room, bed, bed_id, at } } = command;
    let place = WantedPlace { ward, room, bed, bed_id };
    let cmd = encounter::TransferPatient { encounter: *id, place, at };
    Ok(Changed::done(encounter::transfer_patient(&app, &call, cmd).await?))
}
