//! FHIR Dosage: how a drug is taken, as orders and statements have it.

use healthcare_domain::{code, medication::Instruction};
use serde::Deserialize;

use super::datatypes::{CodeableConcept, FhirDecimal, Period, Quantity, Range, Ratio};

/// One instruction.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Dosage {
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
    dose_range: Option<Range>,
    rate_quantity: Option<Quantity>,
    rate_range: Option<Range>,
    rate_ratio: Option<Ratio>,
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
    period: Option<FhirDecimal>,
    period_unit: Option<String>,
}

/// The instruction that stands first of those by which something is given.
pub(super) fn first(of: &[Dosage]) -> Option<&Dosage> {
    of.iter().find(|one| !gives_nothing(one)).or(of.first())
}

/// Whether its dose is zero, as a scheme of tapering writes its end, and one of the day its noon: nothing is given by it.
fn gives_nothing(of: &Dosage) -> bool {
    told(of).and_then(Quantity::to_domain).is_some_and(|dose| dose.value.is_zero())
}

/// The instructions behind the first.
pub(super) fn further(of: &[Dosage]) -> Vec<Instruction> {
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

/// From when until when it is taken, by its timing.
pub(super) fn bounds(of: &Dosage) -> Option<Period> {
    of.timing.as_ref()?.repeat.as_ref()?.bounds_period
}

/// By which way.
pub(super) fn route(of: &Dosage) -> Option<code::CodeableConcept> {
    of.route.as_ref().map(CodeableConcept::to_domain).filter(|c| !c.is_empty())
}

/// Whether only when needed.
pub(super) fn as_needed(of: &Dosage) -> bool {
    of.as_needed_boolean == Some(true) || of.as_needed_codeable_concept.is_some()
}

/// What else the instructions say, in words, each after the number of its instruction where there are several.
pub(super) fn details(of: &[Dosage]) -> Vec<String> {
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
        let between = |range: &Range| Some(format!("{} to {}", words(&range.low)?, words(&range.high)?));
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

/// The dose at a time; of a range the upper end, where it has one.
fn told(dosage: &Dosage) -> Option<&Quantity> {
    let rate = dosage.dose_and_rate.first()?;
    let range = || rate.dose_range.as_ref().and_then(|range| range.high.as_ref().or(range.low.as_ref()));
    rate.dose_quantity.as_ref().or_else(range)
}

/// The dose at a time for the record; none of zero, which stands in the details.
pub(super) fn dose(dosage: &Dosage) -> Option<healthcare_domain::quantity::Quantity> {
    told(dosage)?.to_domain().filter(|dose| !dose.value.is_zero())
}

/// How often, in words: the source's, else from its timing.
pub(super) fn frequency(dosage: &Dosage) -> Option<String> {
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
