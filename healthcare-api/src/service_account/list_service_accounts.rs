//! `GET /service-accounts`.

use actix_web::{HttpResponse, get, web::Data};
use healthcare_application::{
    App, Permission, Role,
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

/// Which accounts; all that is given must match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Only those that may sign in, or only those that may not.
    #[param(inline)]
    status: Option<Status>,
    /// In the bounds of this role.
    #[param(inline)]
    role: Option<Role>,
    /// In which order; the oldest first if absent.
    #[param(inline)]
    sort: Option<ByTime>,
    /// From `next_cursor` of the page before.
    cursor: Option<Uuid>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// Whether an account may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It may.
    Enabled,
    /// It may not.
    Disabled,
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
    let Wanted { status, role, sort, cursor, limit: asked } = wanted.0;
    let direction = Direction::asked(sort, ByTime::Oldest);
    let limit = limit(asked)?;
    app.authorise(&caller.0, Permission::ManageAccounts, None).await?;
    let is_meant = |account: &ServiceAccountView| {
        status.is_none_or(|status| (account.status == "enabled") == (status == Status::Enabled))
            && role.is_none_or(|role| account.role == role.as_str())
    };
    // What an account is stands in its stream alone: they are read in their order until the page is full.
    let (mut items, mut behind, mut is_full) = (vec![], cursor, false);
    while !is_full {
        let ids = platform.services.list((behind, direction), limit + 1).await?;
        let is_last = ids.len() <= usize::from(limit);
        for id in ids {
            let account = view(&app, &platform, &caller.0, id).await?;
            behind = Some(id.0);
            is_full = is_meant(&account) && items.len() == usize::from(limit);
            if is_full {
                break;
            }
            items.extend(is_meant(&account).then_some(account));
        }
        if is_last {
            break;
        }
    }
    let next_cursor = items.last().filter(|_| is_full).map(|last: &ServiceAccountView| last.id.0);
    Ok(HttpResponse::Ok().json(ServiceAccounts { items, next_cursor }))
}
