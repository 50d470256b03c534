//! FHIR MedicationRequest, and MedicationStatement.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    AnyState, code,
    medication::{
        Instruction, Intake, MedicationOrder, MedicationOrderError, MedicationOrderEvent, OrderEnd, Prescription,
    },
};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    Reading, Refused,
    datatypes::{CodeableConcept, Identifier, Meta, Period, Quantity, Reference, concepts, identifiers},
    date_time::FhirDateTime,
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
struct Dosage {
    sequence: Option<i32>,
    text: Option<String>,
    additional_instruction: Vec<CodeableConcept>,
    patient_instruction: Option<String>,
    timing: Option<Timing>,
    as_needed_boolean: Option<bool>,
    as_needed_codeable_concept: Option<CodeableConcept>,
    site: Option<CodeableConcept>,
    route: Option<CodeableConcept>,
    dose_and_rate: Vec<DoseAndRate>,
    max_dose_per_period: Option<Ratio>,
    max_dose_per_administration: Option<Quantity>,
    max_dose_per_lifetime: Option<Quantity>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct DoseAndRate {
    dose_quantity: Option<Quantity>,
    dose_range: Option<DoseRange>,
    rate_quantity: Option<Quantity>,
    rate_range: Option<DoseRange>,
    rate_ratio: Option<Ratio>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct DoseRange {
    low: Option<Quantity>,
    high: Option<Quantity>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Ratio {
    numerator: Option<Quantity>,
    denominator: Option<Quantity>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Timing {
    repeat: Option<Repeat>,
    code: Option<CodeableConcept>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Repeat {
    bounds_period: Option<Period>,
    frequency: Option<u32>,
    period: Option<super::datatypes::FhirDecimal>,
    period_unit: Option<String>,
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

/// FHIR R4, `medication-statement-status`.
pub(super) const STATED: [&str; 8] =
    ["active", "completed", "entered-in-error", "intended", "stopped", "on-hold", "unknown", "not-taken"];

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
    let bounds = || dosage?.timing.as_ref()?.repeat.as_ref()?.bounds_period;
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
        taking: match r.status.as_str() {
            "on-hold" => Intake::OnHold,
            "unknown" => Intake::Unknown,
            _ => Intake::AsOrdered,
        },
        further: further(&r.dosage_instruction),
        details: details(&r.dosage_instruction),
        reported: false,
    };
    Ok(Some(OrderSaid { prescription, times, course }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statement<'a> {
    #[serde(default)]
    meta: Meta,
    #[serde(default, borrow)]
    contained: Vec<&'a RawValue>,
    #[serde(default)]
    identifier: Vec<Identifier>,
    #[serde(default)]
    based_on: Vec<Reference>,
    #[serde(default)]
    derived_from: Vec<Reference>,
    status: String,
    #[serde(default)]
    status_reason: Vec<CodeableConcept>,
    medication_codeable_concept: Option<CodeableConcept>,
    medication_reference: Option<Reference>,
    context: Option<Reference>,
    effective_date_time: Option<FhirDateTime>,
    effective_period: Option<Period>,
    date_asserted: Option<FhirDateTime>,
    #[serde(default)]
    reason_code: Vec<CodeableConcept>,
    #[serde(default)]
    dosage: Vec<Dosage>,
}

/// Reads a MedicationStatement: a drug that somebody says the patient takes or took. `None` where they say that it is not taken, and
/// for a statement about an order that is here itself and runs, which would count the drug twice.
///
/// # Errors
/// With the place and the reason, when it is not what FHIR R4 defines or names no drug.
pub fn read_statement(raw: &str, reading: &Reading<'_>) -> Result<Option<OrderSaid>, Refused> {
    let r: Statement<'_> = resource(raw)?;
    one_of("status", &r.status, &STATED)?;
    let of_an_order = r.based_on.iter().chain(&r.derived_from).any(|of| {
        let kind = of.reference.as_deref().unwrap_or_default();
        let names_one = kind.contains("MedicationRequest/") || kind.starts_with("urn:uuid:");
        names_one && reading.references.is_running_order(of)
    });
    if r.status == "not-taken" || of_an_order {
        return Ok(None);
    }
    let period = r.effective_period.unwrap_or_default();
    let clinical = r.effective_date_time.or(period.start).map(|t| t.earliest());
    let times = Moments { clinical, known: r.date_asserted, meta: &r.meta, now: reading.now }.times();
    let begins = |at: DateTime<Utc>| period.start.is_none_or(|start| start.earliest() <= at);
    let over = period.end.map(|t| t.latest()).filter(|at| begins(*at) && *at <= reading.now);
    let ended = over.filter(|at| *at >= times.occurred_at);
    let why = || r.status_reason.first().map(|c| c.to_domain().label().to_owned()).filter(|w| !w.is_empty());
    let course = match r.status.as_str() {
        "stopped" => Course::Ended(OrderEnd::Stopped, ended, why()),
        "completed" => Course::Ended(OrderEnd::Completed, ended, why()),
        "entered-in-error" => Course::Struck,
        // What its source calls active was, until the end that it tells. What rests goes on after that end.
        "active" | "intended" | "unknown" if over.is_some() => Course::Ended(OrderEnd::Completed, ended, None),
        // What is intended may be taken any time.
        _ => Course::Active,
    };
    let found = named(r.medication_codeable_concept.as_ref(), r.medication_reference.as_ref(), &r.contained, reading)?;
    let dosage = first(&r.dosage);
    let prescription = Prescription {
        identifiers: identifiers(&r.identifier),
        medication: found.ok_or_else(|| Refused::at("medicationReference", UNKNOWN_MEDICATION))?,
        dose: dosage.and_then(dose),
        route: dosage.and_then(route),
        frequency: dosage.and_then(frequency),
        as_needed: dosage.is_some_and(as_needed),
        reasons: concepts(&r.reason_code),
        authored_at: times.occurred_at,
        // Who tells of it did not order it.
        prescriber: None,
        encounter: r.context.as_ref().and_then(|e| reading.references.encounter(e)),
        taking: match r.status.as_str() {
            "on-hold" => Intake::OnHold,
            "unknown" => Intake::Unknown,
            _ => Intake::AsOrdered,
        },
        further: further(&r.dosage),
        details: details(&r.dosage),
        reported: true,
    };
    Ok(Some(OrderSaid { prescription, times, course }))
}

/// When the period ends in which a statement says that a drug is taken.
pub fn period_end(raw: &str) -> Option<DateTime<Utc>> {
    #[derive(Deserialize, Default)]
    #[serde(default, rename_all = "camelCase")]
    struct Taken {
        resource_type: String,
        effective_period: Option<Period>,
    }
    let taken: Taken = serde_json::from_str(raw).ok()?;
    let period = taken.effective_period.filter(|_| taken.resource_type == "MedicationStatement")?;
    period.end.map(|end| end.latest())
}

/// The instruction that stands first of those by which something is given.
fn first(of: &[Dosage]) -> Option<&Dosage> {
    of.iter().find(|one| !gives_nothing(one)).or(of.first())
}

/// Whether its dose is zero, as a scheme of tapering writes its end, and one of the day its noon: nothing is given by it.
fn gives_nothing(of: &Dosage) -> bool {
    told(of).and_then(Quantity::to_domain).is_some_and(|dose| dose.value.is_zero())
}

/// The instructions behind the first.
fn further(of: &[Dosage]) -> Vec<Instruction> {
    let given: Vec<&Dosage> = of.iter().filter(|one| !gives_nothing(one)).collect();
    let one = |pair: &[&Dosage]| match pair {
        [before, one] => Some(Instruction {
            then: one.sequence.is_some() && one.sequence != before.sequence,
            dose: dose(one),
            route: route(one),
            frequency: frequency(one),
            as_needed: as_needed(one),
        }),
        _ => None,
    };
    given.windows(2).filter_map(one).collect()
}

fn route(of: &Dosage) -> Option<code::CodeableConcept> {
    of.route.as_ref().map(CodeableConcept::to_domain).filter(|c| !c.is_empty())
}

fn as_needed(of: &Dosage) -> bool {
    of.as_needed_boolean == Some(true) || of.as_needed_codeable_concept.is_some()
}

/// What else the instructions say, in words, each after the number of its instruction where there are several.
fn details(of: &[Dosage]) -> Vec<String> {
    let numbered = |n: usize, words: String| if of.len() > 1 { format!("{}: {words}", n + 1) } else { words };
    of.iter().enumerate().flat_map(|(n, one)| more(one).into_iter().map(move |words| numbered(n, words))).collect()
}

fn more(of: &Dosage) -> Vec<String> {
    let nothing = gives_nothing(of);
    let text = of.text.as_deref().filter(|text| !text.trim().is_empty() && !nothing).unwrap_or_default();
    let label = |of: &CodeableConcept| Some(of.to_domain().label().to_owned()).filter(|words| !words.is_empty());
    let concept = |of: Option<&CodeableConcept>| of.and_then(label);
    let ratio = |of: &Ratio| {
        Some(format!("{} per {}", of.numerator.as_ref()?.to_words()?, of.denominator.as_ref()?.to_words()?))
    };
    let words = |of: &Option<Quantity>| of.as_ref().and_then(Quantity::to_words);
    let mut said: Vec<Option<String>> = vec![];
    if nothing {
        let when = frequency(of).map(|when| format!(", {when}")).unwrap_or_default();
        said.push(told(of).and_then(Quantity::to_words).map(|dose| dose + &when));
    }
    if let Some(given) = of.dose_and_rate.first() {
        let range = given.dose_range.as_ref().filter(|_| given.dose_quantity.is_none());
        said.push(
            range
                .filter(|range| range.high.is_some())
                .and_then(|range| words(&range.low))
                .map(|low| format!("from {low}")),
        );
        let between = |range: &DoseRange| Some(format!("{} to {}", words(&range.low)?, words(&range.high)?));
        let rate = words(&given.rate_quantity).or_else(|| given.rate_ratio.as_ref().and_then(ratio));
        let rate = rate.or_else(|| given.rate_range.as_ref().and_then(between));
        said.push(rate.map(|rate| format!("at {rate}")));
    }
    said.push(of.max_dose_per_period.as_ref().and_then(ratio).map(|most| format!("max {most}")));
    said.push(words(&of.max_dose_per_administration).map(|most| format!("max {most} at a time")));
    said.push(words(&of.max_dose_per_lifetime).map(|most| format!("max {most} in a lifetime")));
    said.push(concept(of.as_needed_codeable_concept.as_ref()).map(|why| format!("as needed for {why}")));
    said.push(concept(of.site.as_ref()).map(|site| format!("site: {site}")));
    said.extend(of.additional_instruction.iter().map(label));
    said.push(of.patient_instruction.clone());
    // Words tell how often; what the elements say beside them is told too, for the two may differ.
    said.push(timed(of).filter(|_| !text.is_empty()));
    said.into_iter().flatten().filter(|words| !words.trim().is_empty() && !text.contains(words.as_str())).collect()
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

/// The dose at a time; of a range the upper end, where it has one.
fn told(dosage: &Dosage) -> Option<&Quantity> {
    let rate = dosage.dose_and_rate.first()?;
    let range = || rate.dose_range.as_ref().and_then(|range| range.high.as_ref().or(range.low.as_ref()));
    rate.dose_quantity.as_ref().or_else(range)
}

/// The dose at a time for the record; none of zero, which stands in the details.
fn dose(dosage: &Dosage) -> Option<healthcare_domain::quantity::Quantity> {
    told(dosage)?.to_domain().filter(|dose| !dose.value.is_zero())
}

/// How often, in words: the source's, else from its timing.
fn frequency(dosage: &Dosage) -> Option<String> {
    dosage.text.clone().filter(|t| !t.trim().is_empty()).or_else(|| timed(dosage))
}

/// How often, in words made of the timing.
fn timed(dosage: &Dosage) -> Option<String> {
    let timing = dosage.timing.as_ref()?;
    let repeat = || {
        let repeat = timing.repeat.as_ref()?;
        let unit = match repeat.period_unit.as_deref()? {
            "s" => "s",
            "min" => "min",
            "h" => "h",
            "d" => "d",
            "wk" => "wk",
            "mo" => "mo",
            "a" => "a",
            _ => return None,
        };
        Some(format!("{} time(s) every {} {unit}", repeat.frequency.unwrap_or(1), repeat.period?.0))
    };
    let coded = || timing.code.as_ref().map(|c| c.to_domain().label().to_owned()).filter(|c| !c.is_empty());
    repeat().or_else(coded)
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
