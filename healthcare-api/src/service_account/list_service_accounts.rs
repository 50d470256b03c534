//! `GET /service-accounts`.

use actix_web::{HttpResponse, get, web::Data};
use healthcare_application::{
    App, Permission,
    order::{ByTime, Direction},
    service_account::ServiceAccountView,
};
use healthcare_infrastructure::platform::Platform;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::get_service_account::view;
use crate::{
    http::{Caller, Query, limit},
    problem::Problem,
};

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// In which order; the oldest first if absent.
    #[param(inline)]
    sort: Option<ByTime>,
    /// From `next_cursor` of the page before.
    cursor: Option<Uuid>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// A page of service accounts.
#[derive(Serialize, ToSchema)]
pub struct ServiceAccounts {
    /// By when they were made.
    items: Vec<ServiceAccountView>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<Uuid>,
}

/// The accounts of programs, with their secrets' ends and last uses.
#[utoipa::path(tag = "service accounts", params(Wanted), responses(
    (status = 200, description = "a page", body = ServiceAccounts),
    (status = 400, description = "a parameter cannot be read", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
))]
#[get("/service-accounts")]
pub async fn list_service_accounts(
    app: Data<App>,
    platform: Data<Platform>,
    caller: Caller,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Problem> {
    let Wanted { sort, cursor, limit: asked } = wanted.0;
    let direction = Direction::asked(sort, ByTime::Oldest);
    let limit = limit(asked)?;
    app.authorise(&caller.0, Permission::ManageAccounts, None).await?;
    let mut ids = platform.services.list((cursor, direction), limit + 1).await?;
    let more = ids.len() > usize::from(limit);
    ids.truncate(usize::from(limit));
    let next_cursor = ids.last().filter(|_| more).map(|id| id.0);
    let mut items = Vec::with_capacity(ids.len());
    for id in ids {
        items.push(view(&app, &platform, &caller.0, id).await?);
    }
    Ok(HttpResponse::Ok().json(ServiceAccounts { items, next_cursor }))
}
