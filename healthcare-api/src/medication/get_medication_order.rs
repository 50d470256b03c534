//! `GET /medication-orders/{id}`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{App, medication, view::View};
use healthcare_domain::{id::MedicationOrderId, medication::Prescription};

use crate::{
    http::{AsOf, Caller, Entity, Query},
    problem::Problem,
};

/// An order of medication: what was prescribed, with which findings overridden and why, and how it ended.
#[utoipa::path(tag = "medication", params(("id" = MedicationOrderId, Path, description = "the order"), AsOf), responses(
    (status = 200, description = "as it stands", body = View<Prescription>, headers(("ETag" = String))),
))]
#[get("/medication-orders/{id}")]
pub async fn get_medication_order(
    app: Data<App>,
    caller: Caller,
    id: Path<MedicationOrderId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    Ok(Entity::answer(medication::get_medication_order(&app, &caller.0, *id, day.0.as_of).await?))
}
