//! `PUT /encounters/{id}/summary`.

use actix_web::{
    HttpResponse, put,
    web::{Data, Path},
};
use healthcare_application::{App, encounter};
use healthcare_domain::{
    code::CodeableConcept,
    encounter::{DischargeSummary, FollowUp},
    id::EncounterId,
    text::Remark,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command, bounds::concept},
    problem::Problem,
};

/// The summary of a stay, for whoever goes on caring.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteSummary {
    /// What happened.
    course: Remark,
    /// How the patient is as they leave.
    #[validate(custom(function = "concept"))]
    condition: Option<CodeableConcept>,
    /// What was changed in their medication, and why.
    medication: Option<Remark>,
    /// What the patient was told to do.
    instructions: Option<Remark>,
    /// What is to follow.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    follow_up: Vec<FollowUp>,
}

impl From<WriteSummary> for DischargeSummary {
    fn from(said: WriteSummary) -> Self {
        let WriteSummary { course, condition, medication, instructions, follow_up } = said;
        Self { course, condition, medication, instructions, follow_up }
    }
}

/// Writes the discharge summary, or writes it anew; also after the discharge, when results have come. What it said before
/// stays in the history.
#[utoipa::path(tag = "encounters", request_body(content = WriteSummary, example = json!({
    "course": "Community-acquired pneumonia, treated with amoxicillin.", "instructions": "Finish the tablets.",
    "follow_up": [{ "what": "Chest X-ray with the family doctor", "by": "2027-01-15" }]
})), params(
    ("id" = EncounterId, Path, description = "the encounter"),
    ("If-Match" = String, Header, description = "the version that was seen"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "written", body = Changed, headers(("ETag" = String))),
    (status = 428, description = "If-Match is missing", body = Problem, content_type = "application/problem+json"),
))]
#[put("/encounters/{id}/summary")]
pub async fn write_summary(
    app: Data<App>,
    id: Path<EncounterId>,
    command: Command<WriteSummary>,
) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(encounter::write_summary(&app, &command.call, *id, command.body.into()).await?))
}
