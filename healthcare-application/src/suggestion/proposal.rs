//! From a proposal, which is data, to the command of the same meaning.

use healthcare_domain::{
    id::{MedicationOrderId, PatientId},
    medication::{MedicationOrder, MedicationOrderError},
    text::Remark,
};
use healthcare_dss::{EventRef, Proposal};

use super::accept_suggestion::AcceptRefused;
use crate::{
    App, CommandError,
    access::Call,
    medication::stopping,
    store::{Change, StoreError},
    transact::Target,
};

/// What a proposal comes to here.
pub(super) enum Meant {
    /// The order is stopped.
    Stop(EventRef),
    /// A person does it; why no command can.
    ByHand(&'static str),
}

/// What a proposal means. Everything that needs what only a person can say, see or decide stays with that person.
pub(super) fn meant(proposal: &Proposal) -> Meant {
    match proposal {
        Proposal::StopMedication { order, medication: _ } => Meant::Stop(*order),
        Proposal::CancelDraft { draft: _, medication: _ } => {
            Meant::ByHand("a draft is not kept: it ends by not being signed")
        }
        Proposal::OrderLaboratory { test: _ } => {
            Meant::ByHand("laboratory orders are not written here: order the test where your laboratory takes orders")
        }
        Proposal::RecordAllergyStatus => Meant::ByHand("the patient is to be asked; then record what they answer"),
        Proposal::RecordPregnancyStatus => Meant::ByHand("the patient is to be asked; then record what they answer"),
        Proposal::RecordVitalSigns { within_minutes: _ } => Meant::ByHand("vital signs are to be measured first"),
        Proposal::RequestAssessment { by: _, within_minutes: _ } => {
            Meant::ByHand("whoever takes it up assesses the patient or calls who does")
        }
        Proposal::Review { what: _ } => Meant::ByHand("it asks for a judgement"),
    }
}

/// Stops the order that a proposal names, with the permission that stopping needs. The order has to be the one that
/// was judged: one that was changed since may be another drug.
pub(super) async fn stop(
    app: &App,
    call: &Call,
    patient: PatientId,
    (place, order): (u16, EventRef),
    reason: &Remark,
) -> Result<Change, CommandError<AcceptRefused>> {
    let refused = |why: MedicationOrderError| CommandError::Refused(AcceptRefused::Medication { proposal: place, why });
    let now = app.clock.now();
    let permit = app.authorise(call, stopping(call.actor.role), Some(patient)).await?;
    let sealed = app.load::<MedicationOrder>(MedicationOrderId(order.stream)).await?;
    if sealed.patient().is_some_and(|of| of != patient) {
        return Err(StoreError::Damaged("a suggestion proposes to stop another patient's order".into()).into());
    }
    let loaded = sealed.open(&permit).await?;
    let events = loaded.state.stop(reason.clone(), now).map_err(refused)?;
    if loaded.version != order.version {
        return Err(CommandError::Refused(AcceptRefused::ChangedSince { proposal: place }));
    }
    let target = Target::of(MedicationOrderId(order.stream), patient, now);
    Ok(app.change::<MedicationOrder>(&target, &loaded, events))
}
