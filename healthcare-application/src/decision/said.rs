//! What a row says to a rule, read once: a backtest looks at the same rows again and again.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    allergy::{self, Allergy, Statement, Verification},
    code::{CodeableConcept, Coding, LOINC, SNOMED},
    encounter::EncounterClass,
    entry::Immunization,
    medication::Prescription,
    observation::{Observation, ObservationValue},
    patient::Demographics,
    problem::Problem,
    quantity::Quantity,
    vitals::VitalSign,
};
use healthcare_dss::{
    AllergyFact, AllergyKind, Bound, ConditionFact, Criticality, DoseFact, EventRef, MedicationFact, ObservationFact,
    Route, knowledge::Knowledge,
};
use rust_decimal::Decimal;

use super::body::weight;
use crate::{
    entry::{content_of, demographics_of},
    score::{Charted, charted},
    store::StoreError,
    view::{Kind, Row},
};

/// LOINC: the total of the Glasgow Coma Scale. It is read under whichever heading it came.
pub const GCS: &str = "9269-2";

/// What a row says.
#[derive(Debug, Clone)]
pub(crate) enum Said {
    /// Who the patient is.
    Person(Box<Demographics>),
    /// What they take.
    Takes(MedicationFact),
    /// What they have, and whether it says that they are pregnant.
    Has {
        /// The condition.
        fact: ConditionFact,
        /// Whether it is one of pregnancy.
        pregnant: bool,
    },
    /// What a laboratory found.
    Measured {
        /// The numbers.
        facts: Vec<ObservationFact>,
        /// The weight in kilograms that came as one of its results, and when it was taken.
        weighed: Option<(DateTime<Utc>, Decimal)>,
    },
    /// What was charted at the bedside.
    Charted {
        /// The signs.
        signs: Vec<Charted>,
        /// The numbers that are no vital signs of ours and that a rule speaks of, such as a Glasgow Coma Scale.
        others: Vec<ObservationFact>,
        /// The weight in kilograms, and when it was taken.
        weighed: Option<(DateTime<Utc>, Decimal)>,
    },
    /// What they are allergic to.
    Allergic(AllergyFact),
    /// That they have no allergies to drugs.
    Denies(EventRef),
    /// Nothing to a rule.
    Nothing,
}

impl Said {
    /// Reads a row.
    ///
    /// # Errors
    /// When it is damaged.
    pub(crate) fn of(knowledge: &Knowledge, row: &Row) -> Result<Self, StoreError> {
        let condition_of = |fact: Option<ConditionFact>, pregnant| match fact {
            Some(fact) => Self::Has { fact, pregnant },
            None => Self::Nothing,
        };
        Ok(match row.kind {
            Kind::Patient => Self::Person(Box::new(demographics_of(row)?)),
            Kind::Medication if row.active => Self::Takes(medication(&content_of(row)?, source(row), row.at)),
            Kind::Problem if row.active => {
                let fact = condition(knowledge, content_of(row)?, row);
                let pregnant = fact.as_ref().is_some_and(|fact| knowledge.says_pregnant(&fact.codings));
                condition_of(fact, pregnant)
            }
            Kind::Laboratory => {
                Self::Measured { facts: numbers(&content_of(row)?, source(row)), weighed: weight(row)? }
            }
            Kind::Vital => {
                Self::Charted { signs: charted(row)?, others: others(knowledge, row)?, weighed: weight(row)? }
            }
            // A survey or an examination: of these the consciousness alone is read.
            Kind::Observation if row.code.as_deref() == Some(GCS) => {
                Self::Charted { signs: vec![], others: others(knowledge, row)?, weighed: None }
            }
            Kind::Encounter if row.active => condition_of(stay(row)?, false),
            Kind::Immunization => condition_of(vaccinated(row)?, false),
            Kind::Allergy if row.active => allergy(row)?,
            // The rest says nothing to a rule.
            _ => Self::Nothing,
        })
    }
}

/// An order as a rule sees it.
pub fn medication(prescription: &Prescription, source: EventRef, at: DateTime<Utc>) -> MedicationFact {
    let concept = &prescription.medication;
    let dose = dose(prescription);
    let dose = (!dose.is_empty()).then_some(dose);
    let route = prescription.route.as_ref().and_then(|way| Route::of_order(&way.coding, way.text.as_deref()));
    MedicationFact { codings: concept.coding.clone(), text: concept.text.clone(), route, dose, source, at }
}

/// The dose of an order, all its instructions counted.
fn dose(of: &Prescription) -> DoseFact {
    let amount = of.dose.as_ref().map(|dose| (dose.value, dose.unit.as_str()));
    let first = DoseFact::of_order(amount, of.frequency.as_deref(), of.as_needed);
    let further = of.further.iter().map(|one| {
        let amount = one.dose.as_ref().map(|dose| (dose.value, dose.unit.as_str()));
        (one.then, DoseFact::of_order(amount, one.frequency.as_deref(), one.as_needed))
    });
    DoseFact::of_instructions(std::iter::once((false, first)).chain(further))
}

fn source(row: &Row) -> EventRef {
    EventRef { stream: row.id, version: row.version }
}

/// "Nobody asked", "there are none" and "there are some" are three answers. What was refuted is no allergy, and that
/// none to food is known says nothing of drugs.
fn allergy(row: &Row) -> Result<Said, StoreError> {
    let allergy: Allergy = content_of(row)?;
    Ok(match (allergy.statement, allergy.verification) {
        (_, Verification::Refuted) => Said::Nothing,
        (Statement::NoneKnown, _) if allergy.denies_drug_allergies() => Said::Denies(source(row)),
        (Statement::NoneKnown, _) => Said::Nothing,
        (Statement::Allergic, _) => Said::Allergic(AllergyFact {
            codings: allergy.substance.coding,
            text: allergy.substance.text,
            kind: allergy.mechanism.map(|mechanism| match mechanism {
                allergy::Mechanism::Allergy => AllergyKind::Allergy,
                allergy::Mechanism::Intolerance => AllergyKind::Intolerance,
            }),
            criticality: allergy.criticality.map(|criticality| match criticality {
                allergy::Criticality::Low => Criticality::Low,
                allergy::Criticality::High => Criticality::High,
                allergy::Criticality::UnableToAssess => Criticality::UnableToAssess,
            }),
            source: source(row),
            at: row.at,
        }),
    })
}

/// That a patient stays in hospital is a fact as a condition is (SNOMED CT 32485007), since they are seen.
fn stay(row: &Row) -> Result<Option<ConditionFact>, StoreError> {
    #[derive(serde::Deserialize)]
    struct Visit {
        class: EncounterClass,
        status: String,
    }
    let visit: Visit = content_of(row)?;
    let begun = !matches!(visit.status.as_str(), "planned" | "arrived" | "triaged");
    let codings = || vec![Coding::new(SNOMED, "32485007", "Hospital admission")];
    let stays = visit.class.is_stay() && begun;
    Ok(stays.then(|| ConditionFact { codings: codings(), source: source(row), at: row.at }))
}

/// A vaccine that was given, since it was; by its codes alone.
fn vaccinated(row: &Row) -> Result<Option<ConditionFact>, StoreError> {
    #[derive(serde::Deserialize)]
    struct Given {
        content: Immunization,
    }
    let Given { content } = content_of(row)?;
    let given = content.given_at.filter(|_| content.status == "completed" && !content.vaccine.coding.is_empty());
    Ok(given.map(|at| ConditionFact { codings: content.vaccine.coding, source: source(row), at }))
}

/// What was refuted or struck out is no condition.
fn condition(knowledge: &Knowledge, problem: Problem, row: &Row) -> Option<ConditionFact> {
    let codings = condition_codings(knowledge, &problem.code);
    problem.holds().then(|| ConditionFact { codings, source: source(row), at: row.at })
}

/// The codes of a condition. Where none of them means anything to a rule, what its words mean stands beside them: a
/// problem that was written down and not coded is held against drugs all the same.
pub(crate) fn condition_codings(knowledge: &Knowledge, concept: &CodeableConcept) -> Vec<Coding> {
    let mut codings = concept.coding.clone();
    if !knowledge.knows_condition(&codings) {
        let displays = concept.coding.iter().filter_map(|coding| coding.display.as_deref());
        let named: Vec<Coding> = concept
            .text
            .as_deref()
            .into_iter()
            .chain(displays)
            .flat_map(|words| knowledge.conditions_named(words))
            .collect();
        for coding in named {
            if !codings.contains(&coding) {
                codings.push(coding);
            }
        }
    }
    codings
}

/// The numbers of an observation that came from elsewhere which are no vital signs of ours, as far as a rule could speak of
/// them. What is one is read with the signs, within the limits of a living body.
fn others(knowledge: &Knowledge, row: &Row) -> Result<Vec<ObservationFact>, StoreError> {
    if row.item > 0 {
        return Ok(vec![]);
    }
    let mut facts = numbers(&content_of(row)?, source(row));
    facts.retain(|fact| VitalSign::from_loinc(&fact.code.code).is_none() && knowledge.knows_measurement(&fact.code));
    Ok(facts)
}

/// The numbers of a result, under its LOINC codes; those of a cancelled one are none.
pub fn numbers(result: &Observation, source: EventRef) -> Vec<ObservationFact> {
    if matches!(result.status.as_str(), "cancelled" | "entered-in-error" | "unknown" | "registered") {
        return vec![];
    }
    let whole = (&result.code, &result.value);
    let parts = result.components.iter().map(|part| (&part.code, &part.value));
    let numbers = std::iter::once(whole).chain(parts).filter_map(|(code, value)| match value {
        Some(ObservationValue::Quantity(quantity)) => Some((code, None, quantity.clone())),
        Some(ObservationValue::Text(words)) => bounded(words).map(|(bound, quantity)| (code, Some(bound), quantity)),
        // FHIR has a whole number without a unit, too: of a scale that is all there is to say.
        Some(ObservationValue::Other(value)) if code.code_in(LOINC) == Some(GCS) => {
            let value = Decimal::from(value.get("valueInteger")?.as_i64()?);
            Some((code, None, Quantity { value, unit: "1".to_owned() }))
        }
        _ => None,
    });
    numbers
        .filter_map(|(code, bound, Quantity { value, unit })| {
            let code = code.coding.iter().find(|coding| coding.system == LOINC)?.clone();
            Some(ObservationFact { code, value, bound, unit, source, at: result.effective_at })
        })
        .collect()
}

/// A result of which only a bound is known is on record in words, such as `>9 mmol/L` or `<0.01`.
fn bounded(words: &str) -> Option<(Bound, Quantity)> {
    let (bound, rest) = Bound::read(words)?;
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let (number, unit) = rest.split_at_checked(end)?;
    let unit = Some(unit.trim()).filter(|unit| !unit.is_empty()).unwrap_or("1");
    Some((bound, Quantity { value: number.parse().ok()?, unit: unit.to_owned() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_in_words_is_read_and_other_words_are_not() {
        let read = |words: &str| bounded(words).map(|(bound, of)| (bound, of.value.to_string(), of.unit));
        for (words, expected) in [
            (">9 mmol/L", Some((Bound::Above, "9", "mmol/L"))),
            ("<=0.01 10*9/L", Some((Bound::AtMost, "0.01", "10*9/L"))),
            (" \u{2265} 90mL/min", Some((Bound::AtLeast, "90", "mL/min"))),
            ("<15", Some((Bound::Below, "15", "1"))),
            ("9 mmol/L", None),
            ("> nine", None),
            (">", None),
            ("not > 9", None),
        ] {
            let expected = expected.map(|(bound, value, unit)| (bound, value.to_owned(), unit.to_owned()));
            assert_eq!(read(words), expected, "{words}");
        }
    }
}
