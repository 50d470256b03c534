//! FHIR MedicationRequest, and what an order comes to from whatever tells of one.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    AnyState, code,
    medication::{Intake, MedicationOrder, MedicationOrderError, MedicationOrderEvent, OrderEnd, Prescription},
};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    Reading, Refused,
    datatypes::{CodeableConcept, Identifier, Meta, Period, Reference, concepts, identifiers},
    date_time::FhirDateTime,
    dosage::{Dosage, as_needed, bounds, details, dose, first, frequency, further, route},
    medication,
    parse::{one_of, resource},
    reference::held,
    said::{Dated, Import, Moments, Taking, Times, remark},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource<'a> {
    #[serde(default)]
    meta: Meta,
    #[serde(default, borrow)]
    contained: Vec<&'a RawValue>,
    #[serde(default)]
    identifier: Vec<Identifier>,
    status: String,
    #[serde(default)]
    intent: String,
    status_reason: Option<CodeableConcept>,
    do_not_perform: Option<bool>,
    medication_codeable_concept: Option<CodeableConcept>,
    medication_reference: Option<Reference>,
    encounter: Option<Reference>,
    authored_on: Option<FhirDateTime>,
    requester: Option<Reference>,
    #[serde(default)]
    reason_code: Vec<CodeableConcept>,
    #[serde(default)]
    dosage_instruction: Vec<Dosage>,
    dispense_request: Option<DispenseRequest>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct DispenseRequest {
    validity_period: Option<Period>,
}

/// How an order stands at its source.
#[derive(Debug, Clone, PartialEq)]
pub enum Course {
    /// The patient is to take it (on hold counts too: it may go on any time).
    Active,
    /// It ended.
    Ended(OrderEnd, Option<DateTime<Utc>>, Option<String>),
    /// It never was.
    Struck,
}

/// What a MedicationRequest resource says.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderSaid {
    /// The order.
    pub prescription: Prescription,
    /// The times of its writing.
    pub times: Times,
    /// How it stands.
    pub course: Course,
}

/// FHIR R4, `medicationrequest-status`.
pub(super) const STATUSES: [&str; 8] =
    ["active", "on-hold", "cancelled", "completed", "entered-in-error", "stopped", "draft", "unknown"];

/// Reads a MedicationRequest. `None` for a draft, for what is only proposed, and for the request *not* to give a drug: none is an
/// order. What is planned is one: so US Core says what a patient takes at home.
///
/// # Errors
/// With the place and the reason, when it is not what FHIR R4 defines or names no drug.
pub fn read(raw: &str, reading: &Reading<'_>) -> Result<Option<OrderSaid>, Refused> {
    let r: Resource<'_> = resource(raw)?;
    one_of("status", &r.status, &STATUSES)?;
    let not_ordered = matches!(r.intent.as_str(), "proposal" | "option");
    if r.status == "draft" || not_ordered || r.do_not_perform == Some(true) {
        return Ok(None);
    }
    let dosage = first(&r.dosage_instruction);
    let bounds = || dosage.and_then(bounds);
    let validity = || r.dispense_request.as_ref()?.validity_period;
    let clinical = r.authored_on.or_else(|| bounds()?.start).or_else(|| validity()?.start).map(|t| t.earliest());
    let times = Moments { clinical, known: r.authored_on, meta: &r.meta, now: reading.now }.times();
    let ended = || bounds().and_then(|p| p.end).or_else(|| validity()?.end).map(|t| t.latest());
    let ended = || ended().filter(|at| *at >= times.occurred_at && *at <= reading.now);
    let why = || r.status_reason.as_ref().map(|c| c.to_domain().label().to_owned()).filter(|w| !w.is_empty());
    let course = match r.status.as_str() {
        "stopped" => Course::Ended(OrderEnd::Stopped, ended(), why()),
        "completed" => Course::Ended(OrderEnd::Completed, ended(), why()),
        "cancelled" => Course::Ended(OrderEnd::Cancelled, None, why()),
        "entered-in-error" => Course::Struck,
        // `unknown` is taken as running: a check that counts it errs on the safe side.
        _ => Course::Active,
    };
    let prescription = Prescription {
        identifiers: identifiers(&r.identifier),
        medication: drug(&r, reading)?,
        dose: dosage.and_then(dose),
        route: dosage.and_then(route),
        frequency: dosage.and_then(frequency),
        as_needed: dosage.is_some_and(as_needed),
        reasons: concepts(&r.reason_code),
        authored_at: times.occurred_at,
        prescriber: r.requester.as_ref().and_then(|p| held(p, reading.references)),
        encounter: r.encounter.as_ref().and_then(|e| reading.references.encounter(e)),
        taking: intake(&r.status),
        further: further(&r.dosage_instruction),
        details: details(&r.dosage_instruction),
        reported: false,
    };
    Ok(Some(OrderSaid { prescription, times, course }))
}

/// Whether it is taken, as a status of an order or a statement tells.
pub(super) fn intake(status: &str) -> Intake {
    match status {
        "on-hold" => Intake::OnHold,
        "unknown" => Intake::Unknown,
        _ => Intake::AsOrdered,
    }
}

/// The drug of an order for the record, which has to be named.
fn drug(r: &Resource<'_>, reading: &Reading<'_>) -> Result<code::CodeableConcept, Refused> {
    let found = named(r.medication_codeable_concept.as_ref(), r.medication_reference.as_ref(), &r.contained, reading)?;
    found.ok_or_else(|| Refused::at("medicationReference", UNKNOWN_MEDICATION))
}

/// The drug: coded here, contained here, or a resource of its own. `None` when it is referred to and nobody knows it.
///
/// # Errors
/// When it is neither named nor referred to.
pub(super) fn named(
    concept: Option<&CodeableConcept>,
    reference: Option<&Reference>,
    inside: &[&RawValue],
    reading: &Reading<'_>,
) -> Result<Option<code::CodeableConcept>, Refused> {
    if let Some(concept) = concept.map(CodeableConcept::to_domain).filter(|c| !c.is_empty()) {
        return Ok(Some(concept));
    }
    let Some(reference) = reference else {
        return Err(Refused::at("medication[x]", "an order names its medication by a code, in words or by reference"));
    };
    let found = match reference.reference.as_deref().and_then(|text| text.strip_prefix('#')) {
        Some(id) => contained(inside, id)?,
        None => reading.references.medication(reference),
    };
    let in_words = || reference.display.clone().filter(|d| !d.trim().is_empty()).map(code::CodeableConcept::words);
    Ok(found.or_else(in_words))
}

/// The reason given when a drug is referred to that nobody has named yet; it may still come.
pub const UNKNOWN_MEDICATION: &str = "the medication it refers to is not known";

fn contained(contained: &[&RawValue], id: &str) -> Result<Option<code::CodeableConcept>, Refused> {
    #[derive(Deserialize)]
    struct Named {
        id: Option<String>,
    }
    for (n, raw) in contained.iter().enumerate() {
        let named: Named = resource(raw.get())?;
        if named.id.as_deref() == Some(id) {
            let inside = |r: Refused| Refused::at(format!("contained[{n}].{}", r.place), r.reason);
            return medication::read(raw.get()).map_err(inside);
        }
    }
    Ok(None)
}

impl OrderSaid {
    /// Whether its source says again that a drug is taken of which it had told the end: nobody here stopped it.
    pub fn goes_on(&self, state: &AnyState) -> bool {
        let completed = |order: &MedicationOrder| matches!(order, MedicationOrder::Ended { how, .. } if *how == OrderEnd::Completed);
        let was_over = matches!(state, AnyState::MedicationOrder(order) if completed(order));
        was_over && self.prescription.reported && self.course == Course::Active
    }

    /// The events that bring `state` to it.
    pub(super) fn decide(&self, state: &MedicationOrder, import: &Import) -> Result<Vec<Dated>, Refused> {
        let mut taking = Taking::from(state);
        let reported = self.prescription.reported;
        match state {
            MedicationOrder::Unordered => {
                // What was signed elsewhere was checked elsewhere; here it becomes a fact that later checks count.
                let events = state.prescribe(self.prescription.clone(), vec![], &[]).map_err(refused)?;
                taking.take(events, self.times);
            }
            MedicationOrder::EnteredInError { prescription } => {
                let same = **prescription == self.prescription && self.course == Course::Struck;
                return if same { Ok(vec![]) } else { Err(refused(MedicationOrderError::NotActive)) };
            }
            MedicationOrder::Active { prescription, .. } | MedicationOrder::Ended { prescription, .. } => {
                // What is corrected at its source is held against the same as what is new. What cannot be does not keep alive
                // what ended there: then the end is taken alone.
                let possible = self.prescription.ensure_possible();
                let ends = matches!(state, MedicationOrder::Active { .. }) && self.course != Course::Active;
                if **prescription != self.prescription && !(ends && possible.is_err()) {
                    possible.map_err(refused)?;
                    let prescription = Box::new(self.prescription.clone());
                    let amended = MedicationOrderEvent::PrescriptionAmended { prescription };
                    taking.take(vec![amended], import.correction(self.times));
                }
            }
        }
        let fresh = *state == MedicationOrder::Unordered;
        match (&self.course, &taking.state) {
            (Course::Ended(how, at, why), MedicationOrder::Active { .. }) => {
                let reason = why.as_deref().and_then(|w| remark(w).ok());
                let ended = MedicationOrderEvent::MedicationEnded { how: *how, at: *at, reason, reported };
                let ended_when = self.times.then(*at, import.now);
                let times = if fresh || at.is_some() { ended_when } else { import.correction(ended_when) };
                taking.take(vec![ended], times);
            }
            (Course::Struck, _) => {
                let reason = remark("marked as entered in error by its source")?;
                let struck = MedicationOrderEvent::MedicationOrderEnteredInError { reason, reported };
                taking.take(vec![struck], if fresh { self.times } else { import.correction(self.times) });
            }
            // It was stopped here: what the source still believes does not start it again.
            (Course::Active, MedicationOrder::Ended { .. }) => return Err(refused(MedicationOrderError::NotActive)),
            (Course::Active | Course::Ended(..), _) => {}
        }
        Ok(taking.events)
    }
}

fn refused(error: MedicationOrderError) -> Refused {
    let place = match error {
        MedicationOrderError::NoMedication => "medication[x]",
        MedicationOrderError::NoDose(_) => "dosageInstruction",
        _ => "",
    };
    Refused::at(place, error.to_string())
}
