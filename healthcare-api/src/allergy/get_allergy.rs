//! `GET /allergies/{id}`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{App, allergy, view::View};
use healthcare_domain::{allergy::Allergy, id::AllergyId};

use crate::{
    http::{AsOf, Caller, Entity, Query},
    problem::Problem,
};

/// An allergy, or the statement that there is none.
#[utoipa::path(tag = "allergies", params(("id" = AllergyId, Path, description = "the allergy"), AsOf), responses(
    (status = 200, description = "as it stands", body = View<Allergy>, headers(("ETag" = String))),
))]
#[get("/allergies/{id}")]
pub async fn get_allergy(
    app: Data<App>,
    caller: Caller,
    id: Path<AllergyId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    Ok(Entity::answer(allergy::get_allergy(&app, &caller.0, *id, day.0.as_of).await?))
}
