//! The list of medications as it is sent.

use chrono::{DateTime, Utc};
use healthcare_application::check::{MedicationList, nth_source};
use healthcare_domain::code::{Coding, LOINC, RXNORM};
use healthcare_dss::{
    AllergyFact, AllergyKnowledge, ConditionFact, EventRef, Facts, MedicationFact, ObservationFact, PatientFacts, Sex,
    knowledge::Knowledge, number,
};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationErrors};

use super::given::{GivenCodes, GivenConcept, GivenDose, GivenRxcui, fits};
use crate::problem::Problem;

/// Medications, and what is known of whoever takes them. What is left out is not known.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Medications {
    /// At most 50; each is held against every other.
    #[schema(max_items = 50)]
    medications: Vec<GivenMedication>,
    /// Allergies; an empty list says that there are none, left out that nobody asked.
    #[schema(max_items = 100)]
    allergies: Option<Vec<GivenConcept>>,
    /// Active conditions.
    #[serde(default)]
    #[schema(max_items = 100)]
    conditions: Vec<GivenConcept>,
    /// Age in years; of infants with decimals.
    #[serde(default, deserialize_with = "number::optional")]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 150, example = 72)]
    age: Option<Decimal>,
    /// Sex.
    sex: Option<GivenSex>,
    /// Body weight in kilograms.
    #[serde(default, deserialize_with = "number::optional")]
    #[schema(value_type = Option<f64>, minimum = 0.2, maximum = 700, example = 70)]
    weight_kg: Option<Decimal>,
    /// Estimated glomerular filtration rate, mL/min/1.73 m².
    #[serde(default, deserialize_with = "number::optional")]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 300, example = 55)]
    egfr: Option<Decimal>,
    /// Whether they are pregnant.
    pregnant: Option<bool>,
    /// Whether they breastfeed.
    lactating: Option<bool>,
}

/// Sex.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum GivenSex {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Neither.
    Other,
    /// Not known.
    Unknown,
}

/// A medication: by RxCUI (of an ingredient, a brand or a product), by name, or by codes; at least one of them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenMedication {
    /// RxNorm's number.
    rxcui: Option<GivenRxcui>,
    /// The name of the drug or of the product.
    #[schema(example = "warfarin 5 MG Oral Tablet")]
    name: Option<String>,
    /// Codes.
    code: Option<GivenCodes>,
    /// How much, how often.
    dose: Option<GivenDose>,
}

impl Validate for Medications {
    // Each part is read, and refused with its place, where it becomes a fact.
    fn validate(&self) -> Result<(), ValidationErrors> {
        Ok(())
    }
}

impl Medications {
    /// The list as it is judged.
    ///
    /// # Errors
    /// With the place of the first thing that cannot be.
    pub(super) fn into_list(self, at: DateTime<Utc>, knowledge: &Knowledge) -> Result<MedicationList, Problem> {
        let Self { medications, allergies, conditions, age, sex, weight_kg, egfr, pregnant, lactating } = self;
        at_most("/medications", medications.len(), 50)?;
        at_most("/allergies", allergies.as_ref().map_or(0, Vec::len), 100)?;
        at_most("/conditions", conditions.len(), 100)?;
        within("/age", age, Decimal::ZERO, Decimal::from(150))?;
        within("/weight_kg", weight_kg, Decimal::new(2, 1), Decimal::from(700))?;
        within("/egfr", egfr, Decimal::ZERO, Decimal::from(300))?;
        let mut sources = (medications.len()..).map(nth_source);
        let mut source = move || sources.next().unwrap_or(EventRef { stream: uuid::Uuid::nil(), version: 1 });
        let medications = medications
            .into_iter()
            .enumerate()
            .map(|(nth, medication)| medication.read(nth, at))
            .collect::<Result<Vec<_>, _>>()?;
        let allergies = match allergies {
            None => AllergyKnowledge::NotAsked,
            Some(none) if none.is_empty() => AllergyKnowledge::NoneKnown { source: source() },
            Some(some) => AllergyKnowledge::Known(
                some.into_iter()
                    .enumerate()
                    .map(|(nth, given)| {
                        let (codings, text) =
                            given.read().map_err(|why| cannot_be(format!("/allergies/{nth}"), why))?;
                        Ok(AllergyFact { codings, text, kind: None, criticality: None, source: source(), at })
                    })
                    .collect::<Result<_, Problem>>()?,
            ),
        };
        let (mut known, mut unknown_conditions) = (vec![], vec![]);
        for (nth, given) in conditions.into_iter().enumerate() {
            let (mut codings, text) = given.read().map_err(|why| cannot_be(format!("/conditions/{nth}"), why))?;
            codings.extend(text.iter().flat_map(|words| knowledge.conditions_named(words)));
            if !knowledge.knows_condition(&codings) {
                let named = codings.first().map(|coding| coding.display.clone().unwrap_or(coding.code.clone()));
                unknown_conditions.extend(text.or(named));
            }
            known.push(ConditionFact { codings, source: source(), at });
        }
        let observations = egfr.map(|value| ObservationFact {
            code: Coding::new(LOINC, "98979-8", "eGFR, CKD-EPI 2021"),
            value,
            bound: None,
            unit: "mL/min/{1.73_m2}".into(),
            source: source(),
            at,
        });
        let patient = PatientFacts {
            age_years: age.and_then(|years| years.floor().to_u16()),
            age_months: age
                .and_then(|years| (years * Decimal::from(12)).floor().to_u16())
                .filter(|months| *months < 18 * 12),
            age_days: None,
            sex: sex.and_then(GivenSex::known),
            pregnant,
            lactating,
            weight_kg,
        };
        let facts = Facts {
            at,
            patient,
            earlier_ages: vec![],
            allergies,
            medications,
            conditions: known,
            observations: observations.into_iter().collect(),
            scores: vec![],
            draft: None,
            proposed: None,
        };
        Ok(MedicationList { facts, unknown_conditions })
    }
}

impl GivenSex {
    fn known(self) -> Option<Sex> {
        match self {
            Self::Female => Some(Sex::Female),
            Self::Male => Some(Sex::Male),
            Self::Other => Some(Sex::Other),
            Self::Unknown => None,
        }
    }
}

impl GivenMedication {
    fn read(self, nth: usize, at: DateTime<Utc>) -> Result<MedicationFact, Problem> {
        let Self { rxcui, name, code, dose } = self;
        let place = |field: &str| format!("/medications/{nth}{field}");
        let mut codings = match code {
            Some(codes) => codes.read().map_err(|why| cannot_be(place("/code"), why))?,
            None => vec![],
        };
        if let Some(rxcui) = rxcui {
            let code = rxcui.read().map_err(|why| cannot_be(place("/rxcui"), why))?;
            codings.insert(0, Coding { system: RXNORM.into(), code, display: None });
        }
        if let Some(name) = &name {
            fits(name).map_err(|why| cannot_be(place("/name"), why))?;
        }
        if codings.is_empty() && name.is_none() {
            return Err(cannot_be(place(""), "a medication has an `rxcui`, a `name` or a `code`"));
        }
        let dose = dose.map(|dose| dose.read().map_err(|why| cannot_be(place("/dose"), why))).transpose()?;
        let dose = dose.filter(|dose| !dose.is_empty());
        Ok(MedicationFact { codings, text: name, route: None, dose, source: nth_source(nth), at })
    }
}

fn at_most(pointer: &str, given: usize, most: usize) -> Result<(), Problem> {
    if given > most { Err(cannot_be(pointer.to_owned(), &format!("at most {most}"))) } else { Ok(()) }
}

fn within(pointer: &str, value: Option<Decimal>, least: Decimal, most: Decimal) -> Result<(), Problem> {
    match value {
        Some(value) if value < least || value > most => {
            Err(cannot_be(pointer.to_owned(), &format!("it lies between {least} and {most}")))
        }
        _ => Ok(()),
    }
}

fn cannot_be(pointer: String, why: &str) -> Problem {
    Problem::new(
        actix_web::http::StatusCode::UNPROCESSABLE_ENTITY,
        "/problems/request/invalid",
        "The request is not of the expected shape",
    )
    .at(pointer, why)
}
