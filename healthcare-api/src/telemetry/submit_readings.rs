//! `POST /telemetry/readings`.

use actix_web::{HttpResponse, post, web::Data};
use healthcare_application::{App, Permission};
use healthcare_telemetry_gateway::{
    ingest::Receipt,
    reading::{Batch, Reading},
    transport::Transport,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError, ValidationErrors};

use crate::{http::Command, problem::Problem};

/// Readings of one request at the most.
const READINGS: usize = 5000;

/// A batch of readings.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct SubmitReadings(Batch);

impl Validate for SubmitReadings {
    fn validate(&self) -> Result<(), ValidationErrors> {
        let mut errors = ValidationErrors::new();
        if self.0.readings.is_empty() || self.0.readings.len() > READINGS {
            errors.add("readings", ValidationError::new("length").with_message("1 to 5000 readings".into()));
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// What became of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub struct Submitted {
    /// Readings that are now stored durably.
    #[schema(example = 7)]
    accepted: u64,
    /// Readings that were stored before.
    #[schema(example = 0)]
    duplicates: u64,
    /// Readings that were not taken, and why.
    refused: Vec<RefusedReading>,
}

/// A reading that was not taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefusedReading {
    /// Its place in the batch, from 0.
    index: usize,
    /// A stable word.
    #[schema(example = "unknown_unit")]
    reason: &'static str,
    /// What to mend.
    #[schema(example = "\"bpm\" is not a unit of heart rate; UCUM \"/min\" is expected")]
    detail: String,
}

/// Takes readings of bedside devices. They are acknowledged when they are durable, and not before; each is taken or
/// refused on its own, and a repeat is counted and changes nothing.
///
/// A token of an account that belongs to a device submits for that device alone; one of a gateway's account, which
/// belongs to none, submits for every device behind it. Where readings travel over a broker, `accepted` counts what
/// it keeps durably; repeats among them are found out later, so that `duplicates` is 0.
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
    app.authorise(&call.actor, Permission::SubmitTelemetry, None).map_err(Problem::from)?;
    let readings: Vec<Reading> = readings;
    let trace = call.traceparent.as_deref();
    let Receipt { accepted, duplicates, refused } =
        transport.submit(&readings, call.actor.device, trace).await.map_err(Problem::from)?;
    let refused = refused
        .into_iter()
        .map(|one| RefusedReading { index: one.index, reason: one.reason.reason(), detail: one.reason.to_string() })
        .collect();
    Ok(HttpResponse::Ok().json(Submitted { accepted, duplicates, refused }))
}
