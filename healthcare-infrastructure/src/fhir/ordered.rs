//! FHIR MedicationRequest as an order of a drug in a dose, a draft included, and MedicationStatement as a drug that is taken:
//! what decision support looks at, which is another thing than what the record takes in ([`super::medication_request`]).

use chrono::{DateTime, Utc};
use healthcare_domain::code;
use healthcare_dss::{Amount as DoseAmount, DoseFact, Route};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    Reading, Refused,
    datatypes::{CodeableConcept, FhirDecimal, Quantity, Range, Ratio, Reference},
    date_time::FhirDateTime,
    medication_request::{STATUSES, named},
    medication_statement::STATED,
    parse::{one_of, resource},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource<'a> {
    #[serde(default, borrow)]
    contained: Vec<&'a RawValue>,
    status: String,
    intent: String,
    do_not_perform: Option<bool>,
    medication_codeable_concept: Option<CodeableConcept>,
    medication_reference: Option<Reference>,
    #[serde(rename = "subject")]
    _subject: Reference,
    authored_on: Option<FhirDateTime>,
    #[serde(default)]
    dosage_instruction: Vec<Dosage>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Dosage {
    sequence: Option<i32>,
    text: Option<String>,
    timing: Option<Timing>,
    as_needed_boolean: Option<bool>,
    as_needed_codeable_concept: Option<CodeableConcept>,
    route: Option<CodeableConcept>,
    dose_and_rate: Vec<DoseAndRate>,
    max_dose_per_period: Option<Ratio>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct DoseAndRate {
    r#type: Option<CodeableConcept>,
    dose_quantity: Option<Quantity>,
    dose_range: Option<Range>,
    rate_quantity: Option<Quantity>,
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
    frequency: Option<u32>,
    frequency_max: Option<u32>,
    period: Option<FhirDecimal>,
    period_unit: Option<String>,
    time_of_day: Vec<String>,
    when: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statement<'a> {
    #[serde(default, borrow)]
    contained: Vec<&'a RawValue>,
    status: String,
    medication_codeable_concept: Option<CodeableConcept>,
    medication_reference: Option<Reference>,
    #[serde(rename = "subject")]
    _subject: Reference,
    date_asserted: Option<FhirDateTime>,
    #[serde(default)]
    dosage: Vec<Dosage>,
}

/// FHIR R4, `medicationrequest-intent`.
const INTENTS: [&str; 8] =
    ["proposal", "plan", "order", "original-order", "reflex-order", "filler-order", "instance-order", "option"];
/// FHIR R4, `units-of-time`.
const UNITS: [&str; 7] = ["s", "min", "h", "d", "wk", "mo", "a"];

/// An order of a drug.
#[derive(Debug, Clone, PartialEq)]
pub struct Ordered {
    /// The drug; in words where nothing tells what it refers to.
    pub medication: code::CodeableConcept,
    /// By which way, where all instructions say the same.
    pub route: Option<Route>,
    /// How much and how often, as far as the order says.
    pub dose: Option<DoseFact>,
    /// Whether the patient takes it, or may any time: it is active, on hold, or nobody knows.
    pub is_taken: bool,
    /// Whether it asks *not* to give the drug.
    pub forbids: bool,
    /// When it was written.
    pub authored_at: Option<DateTime<Utc>>,
}

/// Reads a MedicationRequest, a draft too.
///
/// # Errors
/// With the place and the reason, when it is not what FHIR R4 defines or names no drug.
pub fn read(raw: &str, reading: &Reading<'_>) -> Result<Ordered, Refused> {
    let r: Resource<'_> = resource(raw)?;
    one_of("status", &r.status, &STATUSES)?;
    one_of("intent", &r.intent, &INTENTS)?;
    let medication =
        drug(r.medication_codeable_concept.as_ref(), r.medication_reference.as_ref(), &r.contained, reading)?;
    let dose = dose("dosageInstruction", &r.dosage_instruction)?;
    let proposed = matches!(r.intent.as_str(), "proposal" | "option");
    Ok(Ordered {
        medication,
        route: route(&r.dosage_instruction),
        dose: Some(dose).filter(|dose| !dose.is_empty()),
        is_taken: matches!(r.status.as_str(), "active" | "on-hold" | "unknown") && !proposed,
        forbids: r.do_not_perform == Some(true),
        authored_at: r.authored_on.map(|at| at.earliest()),
    })
}

/// Reads a MedicationStatement: a drug that somebody says is taken.
///
/// # Errors
/// As [`read`].
pub fn read_statement(raw: &str, reading: &Reading<'_>) -> Result<Ordered, Refused> {
    let r: Statement<'_> = resource(raw)?;
    one_of("status", &r.status, &STATED)?;
    let medication =
        drug(r.medication_codeable_concept.as_ref(), r.medication_reference.as_ref(), &r.contained, reading)?;
    let dose = dose("dosage", &r.dosage)?;
    Ok(Ordered {
        medication,
        route: route(&r.dosage),
        dose: Some(dose).filter(|dose| !dose.is_empty()),
        is_taken: matches!(r.status.as_str(), "active" | "intended" | "on-hold" | "unknown"),
        forbids: false,
        authored_at: r.date_asserted.map(|at| at.earliest()),
    })
}

/// The drug; in words where nothing tells what a reference points to, so that it is told as not checked.
fn drug(
    concept: Option<&CodeableConcept>,
    reference: Option<&Reference>,
    inside: &[&RawValue],
    reading: &Reading<'_>,
) -> Result<code::CodeableConcept, Refused> {
    let refers = || reference.and_then(|to| to.reference.clone());
    Ok(match named(concept, reference, inside, reading)? {
        Some(drug) => drug,
        None => code::CodeableConcept::words(refers().unwrap_or_else(|| "a medication that is not named".to_owned())),
    })
}

/// The way that all instructions of an order name.
fn route(instructions: &[Dosage]) -> Option<Route> {
    let mut named = instructions.iter().map(|one| {
        let way = one.route.as_ref()?.to_domain();
        Route::of_order(&way.coding, way.text.as_deref())
    });
    let first = named.next()??;
    named.all(|other| other == Some(first)).then_some(first)
}

/// The dose of an order. Instructions of one step hold together and are summed; of several steps, one after the other, that
/// which comes to the most a day counts.
fn dose(place: &str, instructions: &[Dosage]) -> Result<DoseFact, Refused> {
    let mut steps: Vec<(Option<i32>, DoseFact)> = vec![];
    for (n, one) in instructions.iter().enumerate() {
        let read = single(&format!("{place}[{n}]"), one)?;
        match steps.iter_mut().find(|(step, _)| *step == one.sequence) {
            Some((_, known)) => *known = known.together(&read),
            None => steps.push((one.sequence, read)),
        }
    }
    Ok(DoseFact::of_steps(steps.into_iter().map(|(_, dose)| dose)))
}

fn single(place: &str, of: &Dosage) -> Result<DoseFact, Refused> {
    let as_needed = of.as_needed_boolean == Some(true) || of.as_needed_codeable_concept.is_some();
    let amount = of_one(&of.dose_and_rate).and_then(amount);
    let words = of.text.as_deref().map(DoseFact::from_words).unwrap_or_default();
    let coded = || {
        let code = of.timing.as_ref()?.code.as_ref()?;
        let words = code.coding.iter().flat_map(|c| [c.code.as_deref(), c.display.as_deref()]).flatten();
        words.chain(code.text.as_deref()).find_map(|words| DoseFact::from_words(words).times_per_day)
    };
    let repeat = of.timing.as_ref().and_then(|timing| timing.repeat.as_ref());
    let times = match repeat {
        Some(repeat) => times_per_day(place, repeat)?,
        None => None,
    };
    let times_per_day = times.or_else(coded).or(words.times_per_day);
    let max_per_day = of.max_dose_per_period.as_ref().and_then(limit).or(words.max_per_day);
    Ok(DoseFact {
        unread: words.unread && times_per_day.is_none() && max_per_day.is_none(),
        amount: amount.or(words.amount),
        times_per_day,
        max_per_day,
        as_needed: as_needed || words.as_needed,
    })
}

/// Of several ways to say the dose, what was ordered rather than what was calculated from it.
fn of_one(several: &[DoseAndRate]) -> Option<&DoseAndRate> {
    let ordered = |one: &&DoseAndRate| one.r#type.as_ref().is_some_and(|kind| kind.has("ordered"));
    several.iter().find(ordered).or_else(|| several.first())
}

/// The dose at a time; of a range the upper end.
fn amount(of: &DoseAndRate) -> Option<DoseAmount> {
    let range = || of.dose_range.as_ref().and_then(|range| range.high.as_ref().or(range.low.as_ref()));
    quantity(of.dose_quantity.as_ref().or_else(range).or(of.rate_quantity.as_ref())?)
}

/// A quantity with its unit as UCUM has it, whichever of code and words tells it.
fn quantity(of: &Quantity) -> Option<DoseAmount> {
    let value = of.value?.0;
    // The code of another terminology (SNOMED CT has one for a tablet) is a number.
    let code = of.code.as_deref().filter(|code| !code.chars().all(|c| c.is_ascii_digit()));
    let unit = code.or(of.unit.as_deref()).map(str::trim).filter(|unit| !unit.is_empty())?;
    DoseFact::of_order(Some((value, unit)), None, false).amount
}

/// The most a day, where a limit is told over hours or days.
fn limit(of: &Ratio) -> Option<DoseAmount> {
    let most = quantity(of.numerator.as_ref()?)?;
    let over = of.denominator.as_ref()?;
    let days = in_days(over.value?.0, &over.unit())?;
    let value = most.value.checked_div(days)?;
    Some(DoseAmount { value, ..most })
}

fn times_per_day(place: &str, of: &Repeat) -> Result<Option<Decimal>, Refused> {
    let place = format!("{place}.timing.repeat.periodUnit");
    if let Some(unit) = &of.period_unit {
        one_of(&place, unit, &UNITS)?;
    }
    let named = u32::try_from(of.time_of_day.len().max(of.when.len())).unwrap_or(u32::MAX);
    let count = of.frequency_max.or(of.frequency).or((named > 0).then_some(named));
    let over = match (of.period, of.period_unit.as_deref()) {
        (Some(period), Some(unit)) => in_days(period.0, unit),
        // Times of the day without a period are of every day.
        (None, None) if named > 0 => Some(Decimal::ONE),
        _ => None,
    };
    let Some(days) = over else { return Ok(None) };
    Ok(Decimal::from(count.unwrap_or(1)).checked_div(days))
}

/// A time in days; none where it is no time at all.
fn in_days(value: Decimal, unit: &str) -> Option<Decimal> {
    let a_day = match unit {
        "s" => Decimal::from(86_400),
        "min" => Decimal::from(1_440),
        "h" | "hour" | "hours" => Decimal::from(24),
        "d" | "day" | "days" => Decimal::ONE,
        "wk" | "week" => Decimal::ONE.checked_div(Decimal::from(7))?,
        "mo" | "month" => Decimal::ONE.checked_div(Decimal::from(30))?,
        "a" => Decimal::ONE.checked_div(Decimal::from(365))?,
        _ => return None,
    };
    value.checked_div(a_day).filter(|days| *days > Decimal::ZERO)
}

#[cfg(test)]
#[path = "ordered_test.rs"]
mod tests;
