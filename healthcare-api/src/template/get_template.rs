//! `GET /templates` and `GET /templates/{id}`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{App, order::ByTime, read::Page, template, view::View};
use healthcare_domain::{id::TemplateId, template::TemplateContent};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::{
    http::{AsOf, Caller, Entity, Query, listed, paging},
    problem::Problem,
};

/// What a template is of.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TemplateKind {
    /// Of notes.
    Note,
    /// Of plans.
    Plan,
}

/// Which templates; all that is given must match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedTemplates {
    /// Of notes, or of plans.
    #[param(inline)]
    kind: Option<TemplateKind>,
    /// Only those that can be used, or only those that cannot.
    active: Option<bool>,
    /// In which order; the newest first if absent.
    #[param(inline)]
    sort: Option<ByTime>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// Templates of notes and plans, the newest first if not asked otherwise.
#[utoipa::path(tag = "templates", params(WantedTemplates), responses((status = 200, description = "a page", body = Page)))]
#[get("/templates")]
pub async fn list_templates(
    app: Data<App>,
    caller: Caller,
    wanted: Query<WantedTemplates>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let WantedTemplates { kind, active, sort, cursor, limit } = wanted.0;
    let page = paging(cursor, limit, (sort, ByTime::Newest))?;
    let kind = kind.map(|kind| match kind {
        TemplateKind::Note => "note",
        TemplateKind::Plan => "plan",
    });
    Ok(listed(&request, template::list_templates(&app, &caller.0, (active, kind), page).await?))
}

/// A template, with its revision.
#[utoipa::path(tag = "templates", params(("id" = TemplateId, Path, description = "the template"), AsOf), responses(
    (status = 200, description = "as it stands", body = View<TemplateContent>, headers(("ETag" = String))),
))]
#[get("/templates/{id}")]
pub async fn get_template(
    app: Data<App>,
    caller: Caller,
    id: Path<TemplateId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    Ok(Entity::answer(template::get_template(&app, &caller.0, id.0, day.0.as_of).await?))
}
