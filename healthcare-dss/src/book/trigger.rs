//! What has rules judged: the hooks and the events.

/// What happened: a CloudEvents type such as `patient.allergy.added`, or a hook such as `order-sign`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Trigger<'a>(pub &'a str);

impl Trigger<'_> {
    /// Whether it is a hook, such as `order-sign`: events have dots in their names.
    #[must_use]
    pub fn is_hook(&self) -> bool {
        !self.0.contains('.')
    }

    /// Every hook at which rules are judged, in the record and of CDS Hooks.
    pub const HOOKS: [&'static str; 8] = [
        Self::ORDER_SIGN.0,
        Self::PROBLEM_CREATE.0,
        Self::ALLERGY_CREATE.0,
        Self::ENCOUNTER_START.0,
        Self::RESULT_CREATE.0,
        "order-select",
        "patient-view",
        "encounter-discharge",
    ];

    /// Before a prescription is signed; the draft is among the facts.
    pub const ORDER_SIGN: Trigger<'static> = Trigger("order-sign");

    /// Before a problem or a diagnosis is put on record; it stands among the conditions.
    pub const PROBLEM_CREATE: Trigger<'static> = Trigger("problem-list-item-create");

    /// Before an allergy is put on record; it stands among the allergies.
    pub const ALLERGY_CREATE: Trigger<'static> = Trigger("allergyintolerance-create");

    /// Before a stay begins.
    pub const ENCOUNTER_START: Trigger<'static> = Trigger("encounter-start");

    /// Before a result that a person typed is put on record; it alone stands among the observations.
    pub const RESULT_CREATE: Trigger<'static> = Trigger("laboratory-result-create");

    /// Every event of a patient's record: after each of them the patient can be looked at anew. Suggestions are not among
    /// them, for they are what comes of looking.
    pub const EVENTS: [&'static str; 132] = [
        "alert.acknowledged",
        "alert.cleared",
        "alert.escalated",
        "alert.raised",
        "alert.worsened",
        "appointment.booked",
        "appointment.cancelled",
        "appointment.checked-in",
        "appointment.completed",
        "appointment.held",
        "appointment.missed",
        "appointment.released",
        "appointment.rescheduled",
        "breakglass.closed",
        "breakglass.opened",
        "breakglass.reviewed",
        "careteam.member-added",
        "careteam.member-removed",
        "careteam.record-labelled",
        "careteam.referred",
        "document.amended",
        "document.entered-in-error",
        "document.stored",
        "encounter.amended",
        "encounter.arrived",
        "encounter.cancelled",
        "encounter.class-changed",
        "encounter.completed",
        "encounter.diagnosis.added",
        "encounter.diagnosis.ranked",
        "encounter.diagnosis.removed",
        "encounter.entered-in-error",
        "encounter.leave-begun",
        "encounter.leave-ended",
        "encounter.participant-joined",
        "encounter.participant-left",
        "encounter.planned",
        "encounter.procedure.amended",
        "encounter.procedure.entered-in-error",
        "encounter.procedure.performed",
        "encounter.started",
        "encounter.summary-written",
        "encounter.transferred",
        "encounter.triaged",
        "encounter.vitals.entered-in-error",
        "encounter.vitals.recorded",
        "goal.amended",
        "goal.entered-in-error",
        "goal.recorded",
        "lab.result.available",
        "lab.result.viewed",
        "note.amended",
        "note.cosign.requested",
        "note.cosign.withdrawn",
        "note.cosigned",
        "note.draft.changed",
        "note.draft.discarded",
        "note.drafted",
        "note.entered-in-error",
        "note.signed",
        "observation.amended",
        "observation.entered-in-error",
        "observation.recorded",
        "patient.alarm-limits.set",
        "patient.allergy.added",
        "patient.allergy.amended",
        "patient.allergy.entered-in-error",
        "patient.allergy.reactivated",
        "patient.allergy.removed",
        "patient.allergy.verified",
        "patient.consent.amended",
        "patient.consent.entered-in-error",
        "patient.consent.recorded",
        "patient.consent.withdrawn",
        "patient.created",
        "patient.deactivated",
        "patient.duplicate.dismissed",
        "patient.entered-in-error",
        "patient.family-history.amended",
        "patient.family-history.entered-in-error",
        "patient.family-history.recorded",
        "patient.immunization.amended",
        "patient.immunization.entered-in-error",
        "patient.immunized",
        "patient.merged",
        "patient.pathway.advanced",
        "patient.problem.added",
        "patient.problem.amended",
        "patient.problem.entered-in-error",
        "patient.problem.reactivated",
        "patient.problem.resolved",
        "patient.problem.verified",
        "patient.reactivated",
        "patient.score.amended",
        "patient.score.entered-in-error",
        "patient.score.recorded",
        "patient.social-history.amended",
        "patient.social-history.recorded",
        "patient.unmerged",
        "patient.updated",
        "pharmacy.medication.amended",
        "pharmacy.medication.ended",
        "pharmacy.medication.entered-in-error",
        "pharmacy.medication.prescribed",
        "plan.activated",
        "plan.activity.added",
        "plan.activity.assigned",
        "plan.activity.completed",
        "plan.activity.skipped",
        "plan.amended",
        "plan.completed",
        "plan.drafted",
        "plan.entered-in-error",
        "plan.goal.accepted",
        "plan.goal.added",
        "plan.goal.cancelled",
        "plan.goal.met",
        "plan.goal.not-met",
        "plan.held",
        "plan.resumed",
        "plan.review.scheduled",
        "plan.reviewed",
        "plan.revised",
        "plan.revoked",
        "radiology.report.finalized",
        "vitals.score.changed",
        "waitlist.accepted",
        "waitlist.declined",
        "waitlist.expired",
        "waitlist.joined",
        "waitlist.left",
        "waitlist.offered",
    ];

    /// Every trigger that leads to a judgement.
    pub(crate) fn known() -> impl Iterator<Item = &'static str> {
        Self::HOOKS.into_iter().chain(Self::EVENTS)
    }
}

#[cfg(test)]
#[path = "trigger_test.rs"]
mod tests;
