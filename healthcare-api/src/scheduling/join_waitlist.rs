//! `POST /patients/{id}/waitlist`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{App, scheduling};
use healthcare_domain::{
    id::{AppointmentTypeId, PatientId, ResourceId},
    scheduling::waitlist::{WaitPriority, Wish},
    text::Remark,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// What somebody waits for.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinWaitlist {
    /// The type of appointment.
    appointment_type: AppointmentTypeId,
    /// How urgent it is.
    priority: WaitPriority,
    /// With this resource; with any if absent.
    resource: Option<ResourceId>,
    /// Not before.
    from: DateTime<Utc>,
    /// Not after.
    until: DateTime<Utc>,
    /// In your words.
    comment: Option<Remark>,
}

/// Puts a patient on the waitlist. What becomes free is offered by priority, then in the order of joining, and held until
/// the offer is over.
#[utoipa::path(tag = "waitlist", request_body(content = JoinWaitlist, example = json!({
    "appointment_type": "01a200e9-e1a0-7404-a112-35c885235611", "priority": "soon",
    "from": "2027-01-04T00:00:00+00:00", "until": "2027-02-01T00:00:00+00:00"
})), params(("id" = PatientId, Path, description = "the patient"), ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did")), responses(
    (status = 201, description = "on the list", body = Changed, headers(("ETag" = String), ("Location" = String))),
))]
#[post("/patients/{id}/waitlist")]
pub async fn join_waitlist(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<JoinWaitlist>,
) -> Result<HttpResponse, Problem> {
    let JoinWaitlist { appointment_type, priority, resource, from, until, comment } = command.body;
    let wish = Wish { appointment_type, priority, resource, from, until, comment };
    Ok(Changed::created(scheduling::join_waitlist(&app, &command.call, *id, wish).await?, "/api/v1/waitlist"))
}
