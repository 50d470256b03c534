//! `POST /patients/{id}/appointments`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Duration, Utc};
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

/// An appointment.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookAppointment {
    /// Of which type.
    appointment_type: AppointmentTypeId,
    /// When it begins.
    start: DateTime<Utc>,
    /// With whom: of each kind as many resources as the type takes, as `GET /slots` names them.
    #[validate(length(min = 1, max = 10))]
    #[schema(min_items = 1, max_items = 10)]
    resources: Vec<ResourceId>,
    /// Why it is booked over another; for who may.
    overbook: Option<Remark>,
    /// What it is about.
    comment: Option<Remark>,
    /// Only holds the time for so many minutes, to be confirmed.
    #[validate(range(min = 1, max = 1440))]
    #[schema(minimum = 1, maximum = 1440)]
    hold_minutes: Option<u16>,
}

/// Books an appointment, or holds its time. No resource is booked twice: whoever comes second is told all that is in the
/// way (`conflicts`: resource, time, and who where the caller may see it).
#[utoipa::path(tag = "appointments", request_body(content = BookAppointment, example = json!({
    "appointment_type": "01a200e9-e1a0-7404-a112-35c885235611", "start": "2027-01-04T09:00:00+00:00",
    "resources": ["01a200e9-e1a0-7404-a112-35c885235612"], "comment": "Follow-up of the blood pressure"
})), params(("id" = PatientId, Path, description = "the patient"), ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did")), responses(
    (status = 201, description = "booked or held", body = Changed, headers(("ETag" = String), ("Location" = String))),
))]
#[post("/patients/{id}/appointments")]
pub async fn book_appointment(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<BookAppointment>,
) -> Result<HttpResponse, Problem> {
    let BookAppointment { appointment_type, start, resources, overbook, comment, hold_minutes } = command.body;
    let hold = hold_minutes.map(|minutes| Duration::minutes(minutes.into()));
    let cmd = scheduling::BookAppointment { patient: *id, appointment_type, start, resources, overbook, comment, hold };
    let committed = scheduling::book_appointment(&app, &command.call, cmd).await?;
    Ok(Changed::created(committed, "/api/v1/appointments"))
}
