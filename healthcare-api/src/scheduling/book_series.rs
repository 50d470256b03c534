//! `POST /patients/{id}/appointment-series`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{App, scheduling};
use healthcare_domain::{
    id::{AppointmentTypeId, PatientId, ResourceId},
    text::Remark,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// Appointments that recur.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookSeries {
    /// Of which type.
    appointment_type: AppointmentTypeId,
    /// When the first begins; the others begin at the same time by the clock on the wall.
    start: DateTime<Utc>,
    /// Days between two of them.
    #[validate(range(min = 1, max = 366))]
    #[schema(minimum = 1, maximum = 366)]
    every_days: u16,
    /// How many there are.
    #[validate(range(min = 2, max = 60))]
    #[schema(minimum = 2, maximum = 60)]
    count: u16,
    /// With whom.
    #[validate(length(min = 1, max = 10))]
    #[schema(min_items = 1, max_items = 10)]
    resources: Vec<ResourceId>,
    /// What they are about.
    comment: Option<Remark>,
}

/// Books a series, all of it or nothing: what is in the way of any of them is told. The answer names the appointments.
#[utoipa::path(tag = "appointments", request_body(content = BookSeries, example = json!({
    "appointment_type": "01a200e9-e1a0-7404-a112-35c885235611", "start": "2027-01-04T09:00:00+00:00",
    "every_days": 7, "count": 6, "resources": ["01a200e9-e1a0-7404-a112-35c885235612"]
})), params(("id" = PatientId, Path, description = "the patient"), ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did")), responses(
    (status = 200, description = "booked", body = Changed),
))]
#[post("/patients/{id}/appointment-series")]
pub async fn book_series(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<BookSeries>,
) -> Result<HttpResponse, Problem> {
    let BookSeries { appointment_type, start, every_days, count, resources, comment } = command.body;
    let cmd = scheduling::BookSeries { patient: *id, appointment_type, start, every_days, count, resources, comment };
    Ok(Changed::done(scheduling::book_series(&app, &command.call, cmd).await?))
}
