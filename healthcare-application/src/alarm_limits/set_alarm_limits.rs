//! Sets alarm limits for one patient.

use healthcare_domain::{
    alarm_limits::{AlarmLimits, AlarmLimitsError, PatientLimits},
    id::AlarmLimitsId,
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::{Target, transact},
};

/// Sets the limits of one vital sign for a patient, in place of the site's, as the caller, who answers for them.
///
/// # Errors
/// When the caller may not, there is no such patient, the version is stale, the limits cannot be set so, or the record
/// cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %limits.patient))]
pub async fn set_alarm_limits(
    app: &App,
    call: &Call,
    limits: PatientLimits,
) -> Result<Committed, CommandError<AlarmLimitsError>> {
    let permit = app.authorise(call, Permission::SetAlarmLimits, Some(limits.patient)).await?;
    app.ensure_patient(limits.patient).await?;
    let (by, now) = (call.actor.account, app.clock.now());
    let target = Target::of(AlarmLimitsId::of(limits.patient, limits.sign.loinc()), limits.patient, now);
    transact(app, &permit, call, target, |held: &AlarmLimits| held.set(limits.clone(), by, now)).await
}
