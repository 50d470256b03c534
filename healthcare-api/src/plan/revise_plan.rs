//! `PATCH /plans/{id}`.

use actix_web::{
    HttpResponse, patch,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{App, plan};
use healthcare_domain::{
    code::CodeableConcept,
    id::{EncounterId, PlanId},
    plan::PlanContent,
    reference::Reference,
    text::Remark,
};
use serde::Deserialize;
use validator::Validate;

use crate::{
    http::{Changed, Command, MergePatch, bounds::concepts},
    problem::Problem,
};

/// What a plan is about, as a patch leaves it.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct Revised {
    #[validate(length(min = 1, max = 200))]
    title: String,
    description: Option<Remark>,
    #[serde(default)]
    #[validate(custom(function = "concepts"))]
    categories: Vec<CodeableConcept>,
    #[serde(default)]
    #[validate(length(max = 50))]
    addresses: Vec<Reference>,
    encounter: Option<EncounterId>,
    starts_at: DateTime<Utc>,
    ends_at: Option<DateTime<Utc>>,
}

/// Describes a plan otherwise, by a merge patch over its title, description, categories, addresses, visit and period.
/// Goals, activities and reviews have ways of their own.
#[utoipa::path(tag = "plans", request_body(content = MergePatch, content_type = "application/merge-patch+json",
    example = json!({ "title": "Type 2 diabetes, intensive" })), params(
    ("id" = PlanId, Path, description = "the plan"),
    ("If-Match" = String, Header, description = "the ETag of the version that was seen"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "revised", body = Changed, headers(("ETag" = String))),
    (status = 428, description = "If-Match is missing", body = Problem, content_type = "application/problem+json"),
))]
#[patch("/plans/{id}")]
pub async fn revise_plan(
    app: Data<App>,
    id: Path<PlanId>,
    command: Command<MergePatch>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: patch } = command;
    let change = |now: &PlanContent| {
        let Revised { title, description, categories, addresses, encounter, starts_at, ends_at } =
            patch.onto(now, &[])?;
        Ok(PlanContent { title, description, categories, addresses, encounter, starts_at, ends_at })
    };
    Ok(Changed::done(plan::revise_plan(&app, &call, *id, change).await?))
}
