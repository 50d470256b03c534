//! From a proposal, which is data, to the command of the same meaning.

use healthcare_domain::{
    id::{MedicationOrderId, PatientId},
    medication::{MedicationOrder, MedicationOrderError},
    text::Remark,
};
use healthcare_dss::{EventRef, Proposal};

use super::{
    accept_suggestion::AcceptRefused,
    work::{Work, role_named},
};
use crate::{
    App, CommandError,
    access::{Call, Role},
    medication::stopping,
    store::{Change, StoreError},
    transact::Target,
};

/// What a proposal comes to here.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Meant {
    /// The order is stopped.
    Stop(EventRef),
    /// Somebody is asked to do it.
    Ask(Work),
    /// A person does it; why no command can.
    ByHand(&'static str),
}

/// What a proposal means. What needs a hand, an eye or a judgement becomes work of somebody, with the time the rule
/// gives it.
pub(super) fn meant(proposal: &Proposal) -> Meant {
    match proposal {
        Proposal::StopMedication { order, medication: _ } => Meant::Stop(*order),
        Proposal::CancelDraft { draft: _, medication: _ } => {
            Meant::ByHand("a draft is not kept: it ends by not being signed")
        }
        // Tests are ordered where the laboratory takes orders; who takes the suggestion up sees to it.
        Proposal::OrderLaboratory { test: _ }
        | Proposal::RecordAllergyStatus
        | Proposal::RecordPregnancyStatus
        | Proposal::Review { what: _ } => Meant::Ask(Work::of(proposal)),
        // Signs are taken by nurses, whoever takes the suggestion up.
        Proposal::RecordVitalSigns { within_minutes } => {
            Meant::Ask(Work::of(proposal).by(Some(Role::Nurse)).within(*within_minutes))
        }
        Proposal::RequestAssessment { by, within_minutes } => {
            Meant::Ask(Work::of(proposal).by(role_named(by)).within(*within_minutes))
        }
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

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use healthcare_domain::{
        account::RoleName,
        code::{Coding, LOINC},
        id::AccountId,
        party::Party,
    };
    use uuid::Uuid;

    use super::*;

    const ANN: AccountId = AccountId(Uuid::from_u128(1));

    /// Of whom the work of a proposal is asked when Ann takes it up, in which words and within how many minutes.
    fn asked(proposal: &Proposal) -> (Party, String, Option<i64>) {
        let now: DateTime<Utc> = "2026-11-24T09:00:00Z".parse().unwrap();
        let Meant::Ask(work) = meant(proposal) else { panic!("{proposal:?} asks nobody") };
        let activity = work.activity(ANN, now);
        let minutes = activity.scheduled_at.map(|due| (due - now).num_minutes());
        (activity.assigned_to.unwrap(), activity.what.label().to_owned(), minutes)
    }

    fn role(name: &str) -> Party {
        Party::Role(RoleName(name.into()))
    }

    #[test]
    fn what_needs_a_person_becomes_work_of_somebody() {
        let assessment = Proposal::RequestAssessment { by: "doctor".into(), within_minutes: 30 };
        let signs = Proposal::RecordVitalSigns { within_minutes: 60 };
        let lactate = Proposal::OrderLaboratory { test: Coding::new(LOINC, "2524-7", "Lactate") };
        let review = Proposal::Review { what: "The dose".into() };
        let mine = |words: &str| (Party::Account(ANN), words.to_owned(), None);
        assert_eq!(asked(&assessment), (role("doctor"), "Assessment by doctor within 30 minutes".into(), Some(30)));
        assert_eq!(asked(&signs), (role("nurse"), "Record vital signs within 60 minutes".into(), Some(60)));
        assert_eq!(asked(&lactate), mine("Order Lactate"));
        assert_eq!(asked(&review), mine("The dose"));
        assert_eq!(asked(&Proposal::RecordAllergyStatus), mine("Ask for allergies and record the answer"));
        assert_eq!(asked(&Proposal::RecordPregnancyStatus), mine("Ask whether the patient is pregnant"));
    }

    #[test]
    fn a_drug_is_stopped_and_a_draft_ends_by_itself() {
        let order = EventRef { stream: Uuid::from_u128(7), version: 3 };
        let stop = Proposal::StopMedication { order, medication: "Amoxicillin".into() };
        assert_eq!(meant(&stop), Meant::Stop(order));
        let draft = Proposal::CancelDraft { draft: order, medication: "Amoxicillin".into() };
        assert!(matches!(meant(&draft), Meant::ByHand(why) if why.contains("draft")));
    }
}
