//! `POST /telemetry/readings`.

use actix_web::{HttpResponse, post, web::Data};
use healthcare_application::{App, Permission};
use healthcare_telemetry_gateway::{
    reading::Batch,
    submitted::{SubmitReadings, Submitted},
    transport::Transport,
};

use crate::{http::Command, problem::Problem};

/// Takes readings of bedside devices. They are acknowledged when they are durable, and not before; each is taken or
/// refused on its own, and a repeat is counted and changes nothing.
///
/// A token of an account that belongs to a device submits for that device alone; one of a gateway's account, which
/// belongs to none, submits for every device behind it. Where readings travel over a broker, `accepted` counts what
/// it keeps durably, and `duplicates` repeats within the batch: a repeat of an earlier one is found out later.
#[utoipa::path(tag = "telemetry", request_body = Batch, responses(
    (status = 200, description = "what became of each", body = Submitted),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the body has another shape", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "nothing is acknowledged: send it again as it is", body = Problem, content_type = "application/problem+json"),
))]
#[post("/telemetry/readings")]
pub async fn submit_readings(
    app: Data<App>,
    transport: Data<Transport>,
    command: Command<SubmitReadings>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: SubmitReadings(Batch { readings }) } = command;
    app.authorise(&call, Permission::SubmitTelemetry, None).await.map_err(Problem::from)?;
    let trace = call.traceparent.as_deref();
    let receipt = transport.submit(&readings, call.actor.device, trace).await.map_err(Problem::from)?;
    Ok(HttpResponse::Ok().json(Submitted::from(receipt)))
}
