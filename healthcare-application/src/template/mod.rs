//! Templates of notes and plans. They hold nothing of a patient.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    account::RoleName,
    id::TemplateId,
    template::{PlanTemplate, Template, TemplateContent, TemplateError, TemplateEvent},
};
use uuid::Uuid;

use crate::{
    App, CommandError, QueryError,
    access::{Call, Permission, Role},
    entry::get_entry,
    read::{Page, Paging},
    scheduling::OfNobody,
    store::Committed,
    transact::{Target, transact},
    view::{Kind, Row},
};

type Changed = Result<Committed, CommandError<TemplateError>>;

/// Makes a template.
///
/// # Errors
/// When the caller may not, it cannot be, it names a role that may not do what is asked, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn define_template(app: &App, call: &Call, content: TemplateContent) -> Changed {
    ensure_roles(&content)?;
    let id = TemplateId(app.clock.new_id());
    decide(app, call, id, |template| template.define(content.clone())).await
}

/// Gives a template a new revision. What was made from it stays as it was made.
///
/// # Errors
/// As [`define_template`], and when there is none, it is retired or of another kind, or the version is stale.
#[tracing::instrument(skip_all, fields(template.id = %id))]
pub async fn revise_template(app: &App, call: &Call, id: TemplateId, content: TemplateContent) -> Changed {
    ensure_roles(&content)?;
    decide(app, call, id, |template| template.revise(content.clone())).await
}

/// Takes a template out of use.
///
/// # Errors
/// When the caller may not, it is not in use, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(template.id = %id))]
pub async fn retire_template(app: &App, call: &Call, id: TemplateId) -> Changed {
    decide(app, call, id, Template::retire).await
}

/// A page of templates; `kind` is `note` or `plan`.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn list_templates(
    app: &App,
    call: &Call,
    (active, kind): (Option<bool>, Option<&str>),
    page: Paging,
) -> Result<Page, QueryError> {
    let permit = app.authorise(call, Permission::ReadTemplates, None).await?;
    let filter = OfNobody { active, code: kind, name: None };
    Ok(app.read.of_nobody(&permit, Kind::Template, &filter, &page).await?)
}

/// A template.
///
/// # Errors
/// When the caller may not, there is none, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(template.id = %id))]
pub async fn get_template(app: &App, call: &Call, id: Uuid, as_of: Option<DateTime<Utc>>) -> Result<Row, QueryError> {
    get_entry(app, call, Permission::ReadTemplates, (Kind::Template, id), as_of).await
}

/// The roles a plan's template names can do what is asked of them.
fn ensure_roles(content: &TemplateContent) -> Result<(), CommandError<TemplateError>> {
    let TemplateContent::Plan(PlanTemplate { activities, .. }) = content else { return Ok(()) };
    let may = |role: &RoleName| role.0.parse::<Role>().is_ok_and(|role| role.may(Permission::PerformActivity));
    if activities.iter().filter_map(|activity| activity.role.as_ref()).all(may) {
        Ok(())
    } else {
        Err(CommandError::Refused(TemplateError::NoSuchRole))
    }
}

async fn decide(
    app: &App,
    call: &Call,
    id: TemplateId,
    decide: impl Fn(&Template) -> Result<Vec<TemplateEvent>, TemplateError> + Send,
) -> Changed {
    let permit = app.authorise(call, Permission::ManageTemplates, None).await?;
    let target = Target { id, patient: None, occurred_at: app.clock.now(), touches_safety: false };
    transact(app, &permit, call, target, decide).await
}
