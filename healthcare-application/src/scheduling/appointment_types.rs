//! Types of appointment: defined, revised, retired.

use healthcare_domain::{
    id::AppointmentTypeId,
    scheduling::service::{AppointmentType, AppointmentTypeError, AppointmentTypeEvent, ServiceProfile},
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::{Target, transact},
};

type Changed = Result<Committed, CommandError<AppointmentTypeError>>;

/// Defines a type of appointment.
///
/// # Errors
/// When the caller may not, it cannot be, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn define_appointment_type(app: &App, call: &Call, profile: ServiceProfile) -> Changed {
    let id = AppointmentTypeId(app.clock.new_id());
    decide(app, call, id, |state| state.define(profile.clone())).await
}

/// Makes a type of appointment another for what is booked from now on.
///
/// # Errors
/// When the caller may not, there is no such type, it cannot be, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn revise_appointment_type(
    app: &App,
    call: &Call,
    id: AppointmentTypeId,
    profile: ServiceProfile,
) -> Changed {
    decide(app, call, id, |state| state.revise(profile.clone())).await
}

/// Offers a type of appointment no longer.
///
/// # Errors
/// When the caller may not, there is no such type, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn retire_appointment_type(app: &App, call: &Call, id: AppointmentTypeId) -> Changed {
    decide(app, call, id, AppointmentType::retire).await
}

async fn decide(
    app: &App,
    call: &Call,
    id: AppointmentTypeId,
    decide: impl Fn(&AppointmentType) -> Result<Vec<AppointmentTypeEvent>, AppointmentTypeError> + Send,
) -> Changed {
    let permit = app.authorise(call, Permission::ManageSchedules, None).await?;
    let target = Target { id, patient: None, occurred_at: app.clock.now(), touches_safety: false };
    transact(app, &permit, call, target, decide).await
}
