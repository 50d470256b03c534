//! `POST /wards`, and what a ward is.

use actix_web::{HttpResponse, post, web::Data};
use healthcare_application::{App, ward};
use healthcare_domain::{code::CodeableConcept, encounter::Demands, ward::WardProfile};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command, bounds::concept},
    problem::Problem,
};

/// What a ward is.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DescribeWard {
    /// What people call it; its staff are assigned to it under this name.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// What it is for.
    #[validate(custom(function = "concept"))]
    specialty: Option<CodeableConcept>,
    /// What has to be there before somebody leaves it.
    #[serde(default)]
    demands: Demands,
    /// Whether a bed is cleaned before the next patient; yes if not said.
    #[serde(default = "yes")]
    #[schema(default = true)]
    cleans_beds: bool,
}

fn yes() -> bool {
    true
}

impl From<DescribeWard> for WardProfile {
    fn from(said: DescribeWard) -> Self {
        let DescribeWard { name, specialty, demands, cleans_beds } = said;
        Self { name, specialty, demands, cleans_beds }
    }
}

/// Opens a ward. It has no rooms yet.
#[utoipa::path(tag = "wards", request_body(content = DescribeWard, example = json!({
    "name": "West", "demands": { "summary": true, "diagnosis": true }
})), params(("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did")), responses(
    (status = 201, description = "open", body = Changed, headers(("ETag" = String), ("Location" = String))),
))]
#[post("/wards")]
pub async fn open_ward(app: Data<App>, command: Command<DescribeWard>) -> Result<HttpResponse, Problem> {
    Ok(Changed::created(ward::open_ward(&app, &command.call, command.body.into()).await?, "/api/v1/wards"))
}
