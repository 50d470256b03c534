//! `POST /appointments/{id}/cancel`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, scheduling};
use healthcare_domain::{id::AppointmentId, scheduling::cancellation::CancellationReason, text::Remark};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// Why an appointment is called off.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelAppointment {
    /// The reason (FHIR R4 value set `appointment-cancellation-reason`).
    reason: CancellationReason,
    /// In your words.
    note: Option<Remark>,
    /// How much of its series is called off with it; it alone if absent.
    #[serde(default)]
    scope: scheduling::Scope,
}

/// Calls an appointment off, or more of its series, all or nothing. What becomes free is offered to who waits.
#[utoipa::path(tag = "appointments", request_body(content = CancelAppointment, example = json!({
    "reason": "pat-lt", "note": "No bus on Sundays."
})), params(("id" = AppointmentId, Path, description = "the appointment"), ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"), ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters")), responses(
    (status = 200, description = "called off", body = Changed, headers(("ETag" = String))),
))]
#[post("/appointments/{id}/cancel")]
pub async fn cancel_appointment(
    app: Data<App>,
    id: Path<AppointmentId>,
    command: Command<CancelAppointment>,
) -> Result<HttpResponse, Problem> {
    let CancelAppointment { reason, note, scope } = command.body;
    let why = (reason, note);
    let committed = match scope {
        scheduling::Scope::One => scheduling::cancel_appointment(&app, &command.call, *id, why).await?,
        scope @ (scheduling::Scope::Following | scheduling::Scope::All) => {
            scheduling::cancel_series(&app, &command.call, (*id, scope), why).await?
        }
    };
    Ok(Changed::done(committed))
}
