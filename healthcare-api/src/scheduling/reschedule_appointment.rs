//! `POST /appointments/{id}/reschedule`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{App, scheduling};
use healthcare_domain::{
    id::{AppointmentId, ResourceId},
    text::Remark,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// Where an appointment moves to.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RescheduleAppointment {
    /// When it begins.
    start: DateTime<Utc>,
    /// With whom; with the same if absent.
    #[validate(length(min = 1, max = 10))]
    #[schema(min_items = 1, max_items = 10)]
    resources: Option<Vec<ResourceId>>,
    /// Why it is booked over another; for who may.
    overbook: Option<Remark>,
    /// How much of its series moves by as much, by the clock on the wall; it alone if absent.
    #[serde(default)]
    scope: scheduling::Scope,
}

/// Moves an appointment, or more of its series, all or nothing. What is in the way is told whole.
#[utoipa::path(tag = "appointments", request_body(content = RescheduleAppointment, example = json!({
    "start": "2027-01-04T10:00:00+00:00"
})), params(("id" = AppointmentId, Path, description = "the appointment"), ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"), ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters")), responses(
    (status = 200, description = "moved", body = Changed, headers(("ETag" = String))),
))]
#[post("/appointments/{id}/reschedule")]
pub async fn reschedule_appointment(
    app: Data<App>,
    id: Path<AppointmentId>,
    command: Command<RescheduleAppointment>,
) -> Result<HttpResponse, Problem> {
    let RescheduleAppointment { start, resources, overbook, scope } = command.body;
    let cmd = scheduling::RescheduleAppointment { appointment: *id, start, resources, overbook, scope };
    Ok(Changed::done(scheduling::reschedule_appointment(&app, &command.call, cmd).await?))
}
