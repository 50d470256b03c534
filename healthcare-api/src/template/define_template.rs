//! `POST /templates`, `PUT /templates/{id}` and `POST /templates/{id}/retire`.

use actix_web::{
    HttpResponse, post, put,
    web::{Data, Path},
};
use healthcare_application::{App, template};
use healthcare_domain::{
    id::TemplateId,
    template::{NoteTemplate, PlanTemplate, TemplateContent},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::{
    http::{Changed, Command, Nothing, bounds},
    problem::Problem,
};

/// What a template holds: the one or the other.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DefineTemplate {
    /// Of a note, or of a plan.
    #[validate(custom(function = "content"))]
    template: TemplateContent,
}

/// Concepts and prompts that are not endless; how many parts there may be is the domain's.
fn content(of: &TemplateContent) -> Result<(), ValidationError> {
    match of {
        TemplateContent::Note(NoteTemplate { note_type, sections, .. }) => {
            bounds::concept(note_type)?;
            for section in sections {
                section.code.iter().try_for_each(bounds::concept)?;
                if section.prompt.as_ref().is_some_and(|prompt| prompt.chars().count() > 2_000) {
                    return Err(
                        ValidationError::new("length").with_message("a prompt has at most 2,000 characters".into())
                    );
                }
            }
            Ok(())
        }
        TemplateContent::Plan(PlanTemplate { categories, goals, activities, review_after_days, .. }) => {
            bounds::concepts(categories)?;
            goals.iter().try_for_each(|goal| bounds::concept(&goal.description))?;
            goals.iter().filter_map(|goal| goal.measure.as_ref()).try_for_each(bounds::concept)?;
            activities.iter().try_for_each(|activity| bounds::concept(&activity.what))?;
            if review_after_days.len() > 50 {
                return Err(ValidationError::new("length").with_message("at most 50 reviews".into()));
            }
            Ok(())
        }
    }
}

/// Makes a template: the sections of a note with their prompts, or the goals and activities of a plan with the days after
/// its beginning on which they are due.
#[utoipa::path(tag = "templates", request_body(content = DefineTemplate, example = json!({ "template": { "note": {
    "title": "Ward round", "note_type": { "coding": [{ "system": "http://loinc.org", "code": "11506-3", "display": "Progress note" }] },
    "sections": [{ "title": "Overnight", "prompt": "Fever, pain, falls?" }, { "title": "Plan", "required": true }]
} } })), params(("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did")), responses(
    (status = 201, description = "made", body = Changed, headers(("ETag" = String), ("Location" = String))),
))]
#[post("/templates")]
pub async fn define_template(app: Data<App>, command: Command<DefineTemplate>) -> Result<HttpResponse, Problem> {
    let committed = template::define_template(&app, &command.call, command.body.template).await?;
    Ok(Changed::created(committed, "/api/v1/templates"))
}

/// Gives a template a new revision. What was made from an earlier one stays as it was made.
#[utoipa::path(tag = "templates", request_body(content = DefineTemplate, example = json!({ "template": { "note": {
    "title": "Ward round", "note_type": { "coding": [{ "system": "http://loinc.org", "code": "11506-3", "display": "Progress note" }] },
    "sections": [{ "title": "Overnight" }, { "title": "Examination" }, { "title": "Plan", "required": true }]
} } })), params(
    ("id" = TemplateId, Path, description = "the template"),
    ("If-Match" = String, Header, description = "the version that was seen"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "revised", body = Changed, headers(("ETag" = String))),
    (status = 428, description = "If-Match is missing", body = Problem, content_type = "application/problem+json"),
))]
#[put("/templates/{id}")]
pub async fn revise_template(
    app: Data<App>,
    id: Path<TemplateId>,
    command: Command<DefineTemplate>,
) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(template::revise_template(&app, &command.call, *id, command.body.template).await?))
}

/// Takes a template out of use.
#[utoipa::path(tag = "templates", request_body = Nothing, params(
    ("id" = TemplateId, Path, description = "the template"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "done", body = Changed, headers(("ETag" = String)))))]
#[post("/templates/{id}/retire")]
pub async fn retire_template(
    app: Data<App>,
    id: Path<TemplateId>,
    command: Command<Nothing>,
) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(template::retire_template(&app, &command.call, *id).await?))
}
