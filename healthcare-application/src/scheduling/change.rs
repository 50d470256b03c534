//! What becomes of an appointment: a hold taken or given back, the patient there, seen, or not; called off.

use healthcare_domain::{
    id::AppointmentId,
    scheduling::{
        appointment::{Appointment, AppointmentError, AppointmentEvent},
        cancellation::CancellationReason,
    },
    text::Remark,
};

use super::facts::{ATTEMPTS, BookingError, Facts, somebody_was_faster};
use crate::{
    App, CommandError,
    access::{Call, Permission},
    entry::{Touches, transact_entry},
    store::Committed,
    transact::{Target, replay, transact_from},
};

type Changed = Result<Committed, CommandError<AppointmentError>>;

/// Takes a time that is held, unless its resources closed since.
///
/// # Errors
/// When the caller may not, it is not held or no longer, it is closed by now, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(appointment.id = %id))]
pub async fn confirm_hold(app: &App, call: &Call, id: AppointmentId) -> Result<Committed, BookingError> {
    let sealed = app.load::<Appointment>(id).await?;
    let permit = app.authorise(call, Permission::BookAppointment, sealed.patient()).await?;
    let mut loaded = sealed.open(&permit).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    let mut attempt = 0;
    loop {
        attempt += 1;
        let (facts, conflicts) = Facts::of_held(app, &permit, (id, &loaded.state)).await?;
        let now = app.clock.now();
        let target = Target { id, patient: loaded.patient, occurred_at: now, touches_safety: false };
        let decide = |state: &Appointment| state.confirm(None, &conflicts, now);
        match transact_from(app, &permit, call, target, loaded, decide).await {
            Ok(committed) => return Ok(committed),
            Err(CommandError::Refused(AppointmentError::Conflicts(all))) => {
                return Err(facts.told(app, call, &permit, all).await?);
            }
            Err(error) if somebody_was_faster(&error) && attempt < ATTEMPTS => {}
            Err(error) => return Err(error.into()),
        }
        loaded = app.load::<Appointment>(id).await?.open(&permit).await?;
    }
}

/// Gives back a time that is held.
///
/// # Errors
/// When the caller may not, it is not held, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(appointment.id = %id))]
pub async fn release_hold(app: &App, call: &Call, id: AppointmentId) -> Changed {
    let now = app.clock.now();
    decide(app, call, Permission::BookAppointment, id, |state| state.release(None, now)).await
}

/// Calls an appointment off.
///
/// # Errors
/// When the caller may not, it is over, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(appointment.id = %id))]
pub async fn cancel_appointment(
    app: &App,
    call: &Call,
    id: AppointmentId,
    (reason, note): (CancellationReason, Option<Remark>),
) -> Changed {
    let now = app.clock.now();
    decide(app, call, Permission::BookAppointment, id, |state| state.cancel(reason, note.clone(), now)).await
}

/// Notes that the patient is there.
///
/// # Errors
/// When the caller may not, it is not booked or not today, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(appointment.id = %id))]
pub async fn check_in(app: &App, call: &Call, id: AppointmentId) -> Changed {
    let now = app.clock.now();
    decide(app, call, Permission::ConductAppointment, id, |state| state.check_in(now)).await
}

/// Notes that it took place.
///
/// # Errors
/// When the caller may not, the patient has not checked in, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(appointment.id = %id))]
pub async fn complete_appointment(app: &App, call: &Call, id: AppointmentId) -> Changed {
    let now = app.clock.now();
    decide(app, call, Permission::ConductAppointment, id, |state| state.complete(now)).await
}

/// Notes that the patient did not come.
///
/// # Errors
/// When the caller may not, it has not begun, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(appointment.id = %id))]
pub async fn miss_appointment(app: &App, call: &Call, id: AppointmentId) -> Changed {
    let now = app.clock.now();
    decide(app, call, Permission::ConductAppointment, id, |state| state.miss(now)).await
}

async fn decide(
    app: &App,
    call: &Call,
    permission: Permission,
    id: AppointmentId,
    decide: impl Fn(&Appointment) -> Result<Vec<AppointmentEvent>, AppointmentError> + Send,
) -> Changed {
    transact_entry(app, call, permission, id, (app.clock.now(), Touches::Nothing), decide).await
}
