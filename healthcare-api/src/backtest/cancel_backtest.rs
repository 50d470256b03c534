//! `POST /rules/backtests/{id}/cancel`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, backtest};
use uuid::Uuid;

use crate::{
    http::{Changed, Command, Nothing},
    problem::Problem,
};

/// Calls a backtest off that waits or runs.
#[utoipa::path(tag = "rules", request_body = Nothing, params(("id" = Uuid, Path, description = "the backtest")), responses(
    (status = 200, description = "called off", body = Changed),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such backtest", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "it is over", body = Problem, content_type = "application/problem+json"),
))]
#[post("/rules/backtests/{id}/cancel")]
pub async fn cancel_backtest(
    app: Data<App>,
    id: Path<Uuid>,
    command: Command<Nothing>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: Nothing {} } = command;
    Ok(Changed::done(backtest::cancel_backtest(&app, &call, *id).await?))
}
