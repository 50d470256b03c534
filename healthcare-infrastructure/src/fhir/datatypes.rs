//! The FHIR R4 datatypes that the mapping reads. Elements it does not know are ignored.

use std::str::FromStr;

use healthcare_domain::{code, patient, quantity, reference};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::date_time::FhirDateTime;

/// FHIR `decimal`, digit by digit as it was written: 7.40 is not 7.4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FhirDecimal(pub Decimal);

impl<'de> Deserialize<'de> for FhirDecimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        Decimal::from_str(raw)
            .or_else(|_| Decimal::from_scientific(raw))
            .map(Self)
            .map_err(|_| serde::de::Error::custom("not a FHIR decimal"))
    }
}

/// FHIR `Coding`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Coding {
    /// The terminology.
    pub system: Option<String>,
    /// The code.
    pub code: Option<String>,
    /// Its name.
    pub display: Option<String>,
}

impl Coding {
    /// The code as the record holds it; a coding without a code says nothing.
    pub fn to_domain(&self) -> Option<code::Coding> {
        let code = self.code.as_deref().map(str::trim).filter(|c| !c.is_empty())?;
        Some(code::Coding {
            system: self.system.clone().unwrap_or_default(),
            code: code.to_owned(),
            display: self.display.clone(),
        })
    }
}

/// FHIR `CodeableConcept`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CodeableConcept {
    /// The codes.
    pub coding: Vec<Coding>,
    /// The words.
    pub text: Option<String>,
}

impl CodeableConcept {
    /// The concept as the record holds it.
    pub fn to_domain(&self) -> code::CodeableConcept {
        let words = || self.coding.iter().find_map(|c| c.display.clone());
        let coding: Vec<_> = self.coding.iter().filter_map(Coding::to_domain).collect();
        let text = self.text.clone().filter(|t| !t.trim().is_empty());
        code::CodeableConcept { text: if coding.is_empty() { text.or_else(words) } else { text }, coding }
    }

    /// Whether any coding is `code`, whatever its system.
    pub fn has(&self, code: &str) -> bool {
        self.coding.iter().any(|c| c.code.as_deref() == Some(code))
    }

    /// The first code.
    pub fn first_code(&self) -> Option<&str> {
        self.coding.iter().find_map(|c| c.code.as_deref())
    }
}

/// Concepts as the record holds them, the empty ones left out.
pub fn concepts(of: &[CodeableConcept]) -> Vec<code::CodeableConcept> {
    of.iter().map(CodeableConcept::to_domain).filter(|c| !c.is_empty()).collect()
}

/// FHIR `Identifier`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Identifier {
    /// `usual`, `official`, `temp`, `secondary`, `old`.
    #[serde(rename = "use")]
    pub usage: Option<String>,
    /// The issuer's namespace.
    pub system: Option<String>,
    /// The value in it.
    pub value: Option<String>,
}

/// Identifiers as the record holds them: those with a value.
pub fn identifiers(of: &[Identifier]) -> Vec<reference::Identifier> {
    of.iter()
        .filter_map(|i| {
            let value = i.value.clone().filter(|v| !v.trim().is_empty())?;
            Some(reference::Identifier { system: i.system.clone().unwrap_or_default(), value })
        })
        .collect()
}

/// FHIR `Reference`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Reference {
    /// `urn:uuid:…`, `Patient/1`, a URL, `#contained` or `Practitioner?identifier=…`.
    pub reference: Option<String>,
    /// The type it points to, where the reference does not say.
    #[serde(rename = "type")]
    pub target: Option<String>,
    /// A logical reference by business identifier.
    pub identifier: Option<ReferenceIdentifier>,
    /// The name to show.
    pub display: Option<String>,
}

/// The identifier of a logical reference.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct ReferenceIdentifier {
    /// The issuer's namespace.
    pub system: Option<String>,
    /// The value in it.
    pub value: Option<String>,
}

/// FHIR `Quantity` (also Age, Duration, SimpleQuantity).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Quantity {
    /// The amount.
    pub value: Option<FhirDecimal>,
    /// `<`, `<=`, `>=`, `>`: the true value lies beyond.
    pub comparator: Option<String>,
    /// The unit in words.
    pub unit: Option<String>,
    /// The unit's code.
    pub code: Option<String>,
}

/// FHIR `Range`: from one quantity to another, both included; open where one is not told.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Range {
    /// The lowest.
    pub low: Option<Quantity>,
    /// The highest.
    pub high: Option<Quantity>,
}

/// FHIR `Ratio`: so much of one to so much of another, e.g. 4 g a day.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Ratio {
    /// So much of the one.
    pub numerator: Option<Quantity>,
    /// To so much of the other.
    pub denominator: Option<Quantity>,
}

impl Quantity {
    /// The unit: its code, else its name, else `1` (UCUM: dimensionless).
    pub fn unit(&self) -> String {
        let said = |text: &Option<String>| text.clone().filter(|t| !t.trim().is_empty());
        said(&self.code).or_else(|| said(&self.unit)).unwrap_or_else(|| "1".into())
    }

    /// The amount as the record holds it; `None` without a value or when only a bound is known.
    pub fn to_domain(&self) -> Option<quantity::Quantity> {
        if self.comparator.is_some() {
            return None;
        }
        Some(quantity::Quantity { value: self.value?.0, unit: self.unit() })
    }

    /// The amount in words, with its comparator.
    pub fn to_words(&self) -> Option<String> {
        let value = self.value?.0;
        let unit = self.unit();
        let unit = if unit == "1" { String::new() } else { format!(" {unit}") };
        Some(format!("{}{value}{unit}", self.comparator.as_deref().unwrap_or("")))
    }
}

/// FHIR `Period`.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub struct Period {
    /// Its beginning.
    pub start: Option<FhirDateTime>,
    /// Its end, inclusive.
    pub end: Option<FhirDateTime>,
}

impl Period {
    /// The period as the record holds it, in days; `None` where it says nothing.
    pub fn to_domain(self) -> Option<patient::Period> {
        let held = patient::Period { start: self.start.map(|t| t.date()), end: self.end.map(|t| t.date()) };
        (!held.is_empty()).then_some(held)
    }
}

/// FHIR `Meta`, as far as it tells a time.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub struct Meta {
    /// When the source last changed the resource.
    #[serde(rename = "lastUpdated")]
    pub last_updated: Option<FhirDateTime>,
}

/// FHIR `HumanName`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct HumanName {
    /// `official`, `usual`, `maiden` …
    #[serde(rename = "use")]
    pub usage: Option<String>,
    /// The whole name.
    pub text: Option<String>,
    /// Family name.
    pub family: Option<String>,
    /// Given names; an entry may be null when only its extension says something.
    pub given: Vec<Option<String>>,
    /// Titles before.
    pub prefix: Vec<Option<String>>,
    /// Titles behind.
    pub suffix: Vec<Option<String>>,
    /// When it was in use.
    pub period: Option<Period>,
}

impl HumanName {
    /// Titles, given names and family name in the order they are spoken.
    pub fn spoken(&self) -> String {
        let parts = [&self.prefix, &self.given].into_iter().flatten().flatten().chain(self.family.iter());
        let spoken = parts.map(|p| p.trim()).filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ");
        if spoken.is_empty() { self.text.clone().unwrap_or_default().trim().to_owned() } else { spoken }
    }
}

/// FHIR `ContactPoint`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ContactPoint {
    /// `phone`, `email` …
    pub system: Option<String>,
    /// The number or address.
    pub value: Option<String>,
    /// `home`, `work` …
    #[serde(rename = "use")]
    pub usage: Option<String>,
    /// In which order to try them, from 1.
    pub rank: Option<u32>,
    /// When it is in use.
    pub period: Option<Period>,
}

/// FHIR `Address`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Address {
    /// `home`, `work`, `old` …
    #[serde(rename = "use")]
    pub usage: Option<String>,
    /// When they live there.
    pub period: Option<Period>,
    /// Street and house.
    pub line: Vec<Option<String>>,
    /// Town.
    pub city: Option<String>,
    /// State.
    pub state: Option<String>,
    /// Postal code.
    #[serde(rename = "postalCode")]
    pub postal_code: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// All of it in words.
    pub text: Option<String>,
}
