//! `GET /rules/backtests/{id}`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{
    App,
    backtest::{self, Backtest},
};
use uuid::Uuid;

use crate::{http::Caller, problem::Problem};

/// A backtest: where it stands, how far it is, and what came of it. Of the moments that were picked, those of patients
/// whose chart the caller may read are shown whole, with the tree of conditions; of the others a pseudonym and a day.
#[utoipa::path(tag = "rules", params(("id" = Uuid, Path, description = "the backtest")), responses(
    (status = 200, description = "the backtest", body = Backtest),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such backtest", body = Problem, content_type = "application/problem+json"),
))]
#[get("/rules/backtests/{id}")]
pub async fn get_backtest(app: Data<App>, caller: Caller, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(backtest::get_backtest(&app, &caller.0, *id).await?))
}
