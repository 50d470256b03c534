//! `GET /waitlist/{id}`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{App, scheduling, view::View};
use healthcare_domain::{id::WaitlistEntryId, scheduling::waitlist::Wish};

use crate::{
    http::{AsOf, Caller, Entity, Query},
    problem::Problem,
};

/// A wish on the waitlist: what somebody waits for, what they are offered (`offer`), what they got (`appointment`).
#[utoipa::path(tag = "waitlist", params(("id" = WaitlistEntryId, Path, description = "the waitlist entry"), AsOf), responses(
    (status = 200, description = "as it stands", body = View<Wish>, headers(("ETag" = String))),
))]
#[get("/waitlist/{id}")]
pub async fn get_wish(
    app: Data<App>,
    caller: Caller,
    id: Path<WaitlistEntryId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    Ok(Entity::answer(scheduling::get_wish(&app, &caller.0, *id, day.0.as_of).await?))
}
