//! `POST /appointment-types` and `PUT /appointment-types/{id}`.

use actix_web::{
    HttpResponse, post, put,
    web::{Data, Path},
};
use healthcare_application::{App, scheduling};
use healthcare_domain::{
    code::CodeableConcept,
    id::AppointmentTypeId,
    scheduling::{
        resource::ResourceKind,
        service::{ServiceProfile, VisitKind},
    },
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command, bounds},
    problem::Problem,
};

/// A type of appointment.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DefineAppointmentType {
    /// What people call it.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Why one comes (HL7 v2 table 0276).
    kind: VisitKind,
    /// The service, e.g. in SNOMED CT.
    #[validate(custom(function = "bounds::concept"))]
    service: Option<CodeableConcept>,
    /// How long it lasts.
    #[schema(minimum = 1, maximum = 1440)]
    duration_minutes: u16,
    /// For how long its resources are kept before it.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 240)]
    buffer_before_minutes: u16,
    /// For how long its resources are kept after it.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 240)]
    buffer_after_minutes: u16,
    /// What it takes: a resource for each of these kinds; a kind that is named twice takes two. The first one's hours give the
    /// times it begins at.
    #[validate(length(min = 1, max = 10))]
    #[schema(min_items = 1, max_items = 10)]
    requires: Vec<ResourceKind>,
}

impl DefineAppointmentType {
    fn profile(self) -> ServiceProfile {
        let Self { name, kind, service, duration_minutes, buffer_before_minutes, buffer_after_minutes, requires } =
            self;
        ServiceProfile { name, kind, service, duration_minutes, buffer_before_minutes, buffer_after_minutes, requires }
    }
}

/// Defines a type of appointment: its length, its buffers, what it takes.
#[utoipa::path(tag = "schedules", request_body(content = DefineAppointmentType, example = json!({
    "name": "Consultation", "kind": "ROUTINE", "duration_minutes": 20, "buffer_after_minutes": 5,
    "requires": ["practitioner", "room"]
})), params(("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did")), responses(
    (status = 201, description = "defined", body = Changed, headers(("ETag" = String), ("Location" = String))),
))]
#[post("/appointment-types")]
pub async fn define_appointment_type(
    app: Data<App>,
    command: Command<DefineAppointmentType>,
) -> Result<HttpResponse, Problem> {
    let committed = scheduling::define_appointment_type(&app, &command.call, command.body.profile()).await?;
    Ok(Changed::created(committed, "/api/v1/appointment-types"))
}

/// Makes a type of appointment another for what is booked from now on.
#[utoipa::path(tag = "schedules", request_body(content = DefineAppointmentType, example = json!({
    "name": "Consultation", "kind": "ROUTINE", "duration_minutes": 30, "requires": ["practitioner"]
})), params(
    ("id" = AppointmentTypeId, Path, description = "the appointment type"),
    ("If-Match" = String, Header, description = "the version that was seen"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "revised", body = Changed, headers(("ETag" = String))),
    (status = 428, description = "If-Match is missing", body = Problem, content_type = "application/problem+json"),
))]
#[put("/appointment-types/{id}")]
pub async fn revise_appointment_type(
    app: Data<App>,
    id: Path<AppointmentTypeId>,
    command: Command<DefineAppointmentType>,
) -> Result<HttpResponse, Problem> {
    let committed = scheduling::revise_appointment_type(&app, &command.call, *id, command.body.profile()).await?;
    Ok(Changed::done(committed))
}
