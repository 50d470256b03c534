//! `GET /consents/{id}`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{App, consent, view::View};
use healthcare_domain::{consent::ConsentContent, id::ConsentId};

use crate::{
    http::{AsOf, Caller, Entity, Query},
    problem::Problem,
};

/// What was consented to, or refused, and whether it was withdrawn.
#[utoipa::path(tag = "consents", params(("id" = ConsentId, Path, description = "the consent"), AsOf), responses(
    (status = 200, description = "as it stands", body = View<ConsentContent>, headers(("ETag" = String))),
))]
#[get("/consents/{id}")]
pub async fn get_consent(
    app: Data<App>,
    caller: Caller,
    id: Path<ConsentId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    Ok(Entity::answer(consent::get_consent(&app, &caller.0, *id, day.0.as_of).await?))
}
