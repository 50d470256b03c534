//! Ends an order.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    id::MedicationOrderId,
    medication::{MedicationOrder, MedicationOrderError},
    text::Remark,
};

use crate::{
    App, CommandError,
    access::{Call, Permission, Role},
    entry::{Touches, transact_entry},
    store::Committed,
};

/// Stop a medication.
#[derive(Debug, Clone)]
pub struct StopMedication {
    /// Which order.
    pub order: MedicationOrderId,
    /// Why.
    pub reason: Remark,
    /// When; now if not said.
    pub at: Option<DateTime<Utc>>,
}

/// Stops a medication. Who may prescribe may stop, and so may who checks prescriptions.
///
/// # Errors
/// When the caller may not, the order is not active or was written later, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(order.id = %cmd.order))]
pub async fn stop_medication(
    app: &App,
    call: &Call,
    cmd: StopMedication,
) -> Result<Committed, CommandError<MedicationOrderError>> {
    let at = cmd.at.unwrap_or_else(|| app.clock.now());
    let permission = stopping(call.actor.role);
    let decide = |order: &MedicationOrder| order.stop(cmd.reason.clone(), at);
    transact_entry(app, call, permission, cmd.order, (at, Touches::Safety), decide).await
}

/// The permission by which a role stops medication.
pub(crate) fn stopping(role: Role) -> Permission {
    if role.may(Permission::PrescribeMedication) { Permission::PrescribeMedication } else { Permission::StopMedication }
}
