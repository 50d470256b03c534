//! Codes and doses as callers write them: in short, or in full.

use healthcare_domain::{
    by_name,
    code::{CodeableConcept, Coding, ICD10CM, LOINC, RXNORM, SNOMED},
};
use healthcare_dss::{Amount, DoseFact, number};
use rust_decimal::Decimal;
use serde::Deserialize;
use utoipa::ToSchema;

/// A name, `system|code`, a coding, or a concept of several codings and a text.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged, expecting = "a name, `system|code`, a coding {system, code, display}, or {coding: [...], text}")]
#[schema(example = "http://snomed.info/sct|91936005")]
pub enum GivenConcept {
    /// A name such as `penicillin`, or a code such as `http://snomed.info/sct|91936005`, `snomed|91936005`,
    /// `icd10cm|E11.9`, `rxnorm|723`.
    Words(String),
    /// One code.
    Coding(#[serde(deserialize_with = "by_name::deserialize")] Coding),
    /// Several codes of one thing.
    Concept(#[serde(deserialize_with = "by_name::deserialize")] CodeableConcept),
}

/// An RxCUI as a string or a number.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged, expecting = "an RxCUI as a string or a whole number")]
#[schema(example = "11289")]
pub enum GivenRxcui {
    /// As a string.
    Text(String),
    /// As a number.
    Number(u32),
}

/// One code or several.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged, expecting = "a coding {system, code, display} or a list of them")]
pub enum GivenCodes {
    /// One.
    One(#[serde(deserialize_with = "by_name::deserialize")] Coding),
    /// Several.
    Several(#[serde(deserialize_with = "by_name::deserialize")] Vec<Coding>),
}

/// A dose in words, or in parts.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged, expecting = "a dose in words such as `500 mg twice daily`, or {value, unit, frequency, ...}")]
pub enum GivenDose {
    /// Such as `500 mg twice daily` or `1-2 tablets every 4 to 6 hours as needed, max 8 a day`.
    Words(String),
    /// In parts.
    Parts(#[serde(deserialize_with = "by_name::deserialize")] DoseParts),
}

/// A dose in parts.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DoseParts {
    /// How much at a time.
    #[serde(default, deserialize_with = "number::optional")]
    #[schema(value_type = Option<f64>, example = 500)]
    value: Option<Decimal>,
    /// The UCUM unit of it.
    #[schema(example = "mg")]
    unit: Option<String>,
    /// How often, in words.
    #[schema(example = "twice daily")]
    frequency: Option<String>,
    /// How often a day, in numbers.
    #[serde(default, deserialize_with = "number::optional")]
    #[schema(value_type = Option<f64>, example = 2)]
    times_per_day: Option<Decimal>,
    /// The most a day.
    max_per_day: Option<GivenAmount>,
    /// Only when needed.
    #[serde(default)]
    as_needed: bool,
}

/// An amount.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenAmount {
    /// How much.
    #[serde(deserialize_with = "number::decimal")]
    #[schema(value_type = f64, example = 4)]
    value: Decimal,
    /// The UCUM unit.
    #[schema(example = "g")]
    unit: String,
}

/// The longest text that is read.
pub(super) const LONG: usize = 500;
/// The largest amount, and the most doses a day, that are read.
const MOST: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);

impl GivenConcept {
    /// Codes and words; what is wrong otherwise.
    pub(super) fn read(self) -> Result<(Vec<Coding>, Option<String>), &'static str> {
        match self {
            Self::Words(words) => {
                fits(&words)?;
                Ok(match coded(&words) {
                    Some(coding) => (vec![coding], None),
                    None => (vec![], Some(words)),
                })
            }
            Self::Coding(coding) => Ok((codings(vec![coding])?, None)),
            Self::Concept(CodeableConcept { coding, text }) => {
                if let Some(text) = &text {
                    fits(text)?;
                }
                let codings = codings(coding)?;
                if codings.is_empty() && text.is_none() {
                    return Err("it has neither a code nor a text");
                }
                Ok((codings, text))
            }
        }
    }
}

impl GivenRxcui {
    /// The RxCUI; what is wrong otherwise.
    pub(super) fn read(self) -> Result<String, &'static str> {
        let code = match self {
            Self::Text(text) => text.trim().to_owned(),
            Self::Number(number) => number.to_string(),
        };
        let is_rxcui = (1..=8).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit());
        if is_rxcui { Ok(code) } else { Err("an RxCUI is a number of up to 8 digits") }
    }
}

impl GivenCodes {
    /// The codes; what is wrong otherwise.
    pub(super) fn read(self) -> Result<Vec<Coding>, &'static str> {
        match self {
            Self::One(one) => codings(vec![one]),
            Self::Several(several) => codings(several),
        }
    }
}

impl GivenDose {
    /// The dose; what is wrong otherwise.
    pub(super) fn read(self) -> Result<DoseFact, &'static str> {
        match self {
            Self::Words(words) => {
                fits(&words)?;
                if is_nothing_or_less(&words) {
                    return Err("a dose is more than nothing");
                }
                Ok(DoseFact::from_words(&words))
            }
            Self::Parts(DoseParts { value, unit, frequency, times_per_day, max_per_day, as_needed }) => {
                for text in [&unit, &frequency].into_iter().flatten() {
                    fits(text)?;
                }
                let numbers = [value, times_per_day, max_per_day.as_ref().map(|most| most.value)];
                if numbers.into_iter().flatten().any(|number| number <= Decimal::ZERO || number > MOST) {
                    return Err("amounts and frequencies are above 0, and at most 1,000,000,000");
                }
                if value.is_some() && unit.is_none() {
                    return Err("an amount has a unit");
                }
                let mut dose = DoseFact::of_order(value.zip(unit.as_deref()), frequency.as_deref(), as_needed);
                dose.times_per_day = times_per_day.or(dose.times_per_day);
                if let Some(GivenAmount { value, unit }) = max_per_day {
                    fits(&unit)?;
                    dose.max_per_day = Some(Amount::new(value, &unit));
                }
                Ok(dose)
            }
        }
    }
}

pub(super) fn fits(text: &str) -> Result<(), &'static str> {
    if text.trim().is_empty() {
        return Err("it is empty");
    }
    if text.chars().count() > LONG { Err("it is longer than 500 characters") } else { Ok(()) }
}

/// Whether a dose in words begins with numbers that are no dose: one with a minus, or zeros alone. `0-0-1` and `0 0 1` are none
/// at noon, `0 bis 2` are up to two; and a hyphen before a blank is the dash of a list.
fn is_nothing_or_less(words: &str) -> bool {
    let words = words.trim_start();
    let listed = words.strip_prefix('-').filter(|rest| rest.starts_with(char::is_whitespace));
    let words = listed.map_or(words, str::trim_start);
    let unsigned = words.trim_start_matches(['-', '\u{2212}']).trim_start();
    let numbers = leading_numbers(unsigned);
    let zero = numbers.iter().all(|number| !number.contains(|c: char| ('1'..='9').contains(&c)));
    !numbers.is_empty() && (unsigned.len() < words.len() || zero)
}

/// The numbers that a dose in words begins with: one, those of a range, or those of a day's course.
fn leading_numbers(words: &str) -> Vec<&str> {
    const BETWEEN: [&str; 12] = ["-", "\u{2013}", "\u{2014}", "/", "to", "or", "bis", "oder", "à", "a", "ou", "o"];
    let (mut numbers, mut rest) = (vec![], words);
    loop {
        let after = rest.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ','));
        let number = rest.strip_suffix(after).filter(|number| number.contains(|c: char| c.is_ascii_digit()));
        let Some(number) = number else { return numbers };
        numbers.push(number);
        rest = after.trim_start();
        let joined = BETWEEN.iter().find_map(|word| rest.strip_prefix(word).map(str::trim_start));
        rest = joined.filter(|next| next.starts_with(|c: char| c.is_ascii_digit() || c == '.')).unwrap_or(rest);
    }
}

fn codings(codings: Vec<Coding>) -> Result<Vec<Coding>, &'static str> {
    if codings.len() > 50 {
        return Err("at most 50 codes");
    }
    for Coding { system, code, display } in &codings {
        fits(code)?;
        fits(system)?;
        if let Some(display) = display {
            fits(display)?;
        }
    }
    Ok(codings)
}

/// `system|code`, the system as a URI or in short.
fn coded(words: &str) -> Option<Coding> {
    let (system, code) = words.trim().split_once('|')?;
    let (code, display) = match code.split_once('|') {
        Some((code, display)) => (code, Some(display.trim().to_owned())),
        None => (code, None),
    };
    let system = match system.trim().to_ascii_lowercase().as_str() {
        "snomed" | "sct" | "snomedct" | "snomed-ct" => SNOMED,
        "icd10cm" | "icd-10-cm" | "icd10" | "icd-10" => ICD10CM,
        "rxnorm" | "rxcui" => RXNORM,
        "loinc" => LOINC,
        _ => system.trim(),
    };
    let code = code.trim();
    (!system.is_empty() && !code.is_empty()).then(|| Coding { system: system.into(), code: code.into(), display })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dose_in_words_is_more_than_nothing() {
        for none in [
            "-500 mg daily",
            "0 mg daily",
            " 0.00 g",
            "\u{2212}5 mg",
            "\u{2212} 5 mg",
            "- 0 mg",
            "0-0 mg",
            "0 0 0",
            "-.5 g",
        ] {
            assert!(is_nothing_or_less(none), "{none}");
        }
        let dashed = ["- 500 mg", "- as needed", "  - 1 tablet", "\u{2013} 500 mg"];
        let ranges =
            ["0-0-1 tablets", "0 0 1 tablets", "0 to 2 tablets", "0 bis 2", "0-2", "0 \u{2013} 2 tablets", "0 or 1"];
        let single = ["500 mg daily", "0.5 mg", ".5 mg", "0,5 mg", "1/2 tablet", "one"];
        for dose in dashed.into_iter().chain(ranges).chain(single) {
            assert!(!is_nothing_or_less(dose), "{dose}");
        }
    }

    #[test]
    fn a_dash_of_a_list_is_no_minus() {
        let read = |words: &str| GivenDose::Words(words.to_owned()).read();
        assert_eq!(read("- 500 mg").unwrap().amount, Some(Amount::new(500.into(), "mg")));
        assert!(read("-500 mg").is_err());
    }
}
