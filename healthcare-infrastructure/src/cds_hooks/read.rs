//! From FHIR R4 resources to facts.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use healthcare_application::{
    cds_hooks::Origin,
    decision::{numbers, patient_facts},
    score::{Charted, signs_of},
};
use healthcare_domain::{
    allergy::{self, Mechanism, Statement, Verification},
    code::CodeableConcept,
    id::EncounterId,
    partial_date::PartialDate,
    scheduling::zone::Zone,
};
use healthcare_dss::{
    AllergyFact, AllergyKind, ConditionFact, Criticality, EventRef, MedicationFact, ObservationFact, PatientFacts,
};
use uuid::Uuid;

use super::{malformed::Malformed, resources::Placed};
use crate::fhir::{
    Reading, Resolver, allergy_intolerance, condition, datatypes::Reference, medication, observation, ordered, patient,
};

/// What resources are read with: the time, and the drugs that are resources of their own.
pub struct Reader {
    now: DateTime<Utc>,
    drugs: Drugs,
}

/// Drugs by their reference.
#[derive(Default)]
struct Drugs(HashMap<String, CodeableConcept>);

impl Resolver for Drugs {
    fn encounter(&self, _: &Reference) -> Option<EncounterId> {
        None
    }
    fn stream(&self, _: &Reference) -> Option<Uuid> {
        None
    }
    fn is_running_order(&self, _: &Reference) -> bool {
        false
    }
    fn medication(&self, reference: &Reference) -> Option<CodeableConcept> {
        let text = reference.reference.as_deref()?;
        let text = text.split_once("/_history/").map_or(text, |(before, _)| before);
        // Absolute or relative: it is the same server's.
        let (before, id) = text.rsplit_once('/')?;
        let kind = before.rsplit('/').next()?;
        self.0.get(&format!("{kind}/{id}")).cloned()
    }
}

/// An order, with what it takes to tell it from others.
pub struct Medication {
    /// The order.
    pub fact: MedicationFact,
    /// Whether the patient takes it.
    pub is_taken: bool,
    /// Whether it asks not to give the drug.
    pub forbids: bool,
}

/// What an Observation says.
#[derive(Default)]
pub struct Measured {
    /// Its numbers.
    pub numbers: Vec<ObservationFact>,
    /// Its vital signs, as a score reads them.
    pub signs: Vec<Charted>,
}

/// What an AllergyIntolerance says.
pub enum AllergySaid {
    /// There is this one.
    Known(Box<AllergyFact>),
    /// There is none to drugs.
    NoneKnown(EventRef),
    /// It counts for nothing: refuted, resolved, entered in error, or none to food.
    Nothing,
}

impl Reader {
    /// A reader that knows the drugs among these resources.
    ///
    /// # Errors
    /// When a Medication is malformed.
    pub fn new<'a>(now: DateTime<Utc>, all: impl Iterator<Item = &'a Placed<'a>>) -> Result<Self, Malformed> {
        let mut drugs = Drugs::default();
        // What a modifier changes names no drug: an order that refers to it is told as not checked.
        for placed in all.filter(|placed| placed.kind == "Medication" && !placed.is_modified()) {
            let read =
                medication::read(placed.raw.get()).map_err(|refused| Malformed::within(&placed.pointer, &refused))?;
            if let (Some(reference), Some(drug)) = (placed.reference(), read) {
                drugs.0.insert(reference, drug);
            }
        }
        Ok(Self { now, drugs })
    }

    fn reading(&self) -> Reading<'_> {
        Reading { references: &self.drugs, now: self.now }
    }

    fn of<T>(placed: &Placed<'_>, read: Result<T, crate::fhir::Refused>) -> Result<T, Malformed> {
        read.map_err(|refused| Malformed::within(&placed.pointer, &refused))
    }

    /// A MedicationRequest, or a MedicationStatement.
    pub fn medication(&self, placed: &Placed<'_>) -> Result<Medication, Malformed> {
        let read = if placed.kind == "MedicationStatement" { ordered::read_statement } else { ordered::read };
        let order = Self::of(placed, read(placed.raw.get(), &self.reading()))?;
        let fact = MedicationFact {
            codings: order.medication.coding,
            text: order.medication.text,
            route: order.route,
            dose: order.dose,
            source: Origin::source(&placed.pointer),
            at: order.authored_at.unwrap_or(self.now),
        };
        Ok(Medication { fact, is_taken: order.is_taken, forbids: order.forbids })
    }

    /// A Patient, and when they were born.
    pub fn patient(&self, placed: &Placed<'_>) -> Result<(PatientFacts, Option<PartialDate>), Malformed> {
        let said = Self::of(placed, patient::read(placed.raw.get(), &self.reading()))?;
        // Their age is counted in the days of the site where they are judged.
        Ok((patient_facts(&said.demographics, self.now, Zone::UTC), said.demographics.birth_date))
    }

    /// A Condition that holds; none where it is over or never was.
    pub fn condition(&self, placed: &Placed<'_>) -> Result<Option<ConditionFact>, Malformed> {
        let said = Self::of(placed, condition::read(placed.raw.get(), &self.reading()))?;
        let holds = matches!(said.standing, condition::Standing::Active(_)) && said.problem.holds();
        Ok(holds.then(|| ConditionFact {
            codings: said.problem.code.coding,
            source: Origin::source(&placed.pointer),
            at: said.times.occurred_at.min(self.now),
        }))
    }

    /// An AllergyIntolerance.
    pub fn allergy(&self, placed: &Placed<'_>) -> Result<AllergySaid, Malformed> {
        let said = Self::of(placed, allergy_intolerance::read(placed.raw.get(), &self.reading()))?;
        let (known, source) = (said.allergy, Origin::source(&placed.pointer));
        if said.standing != allergy_intolerance::Standing::Active || known.verification == Verification::Refuted {
            return Ok(AllergySaid::Nothing);
        }
        Ok(match known.statement {
            Statement::NoneKnown if known.denies_drug_allergies() => AllergySaid::NoneKnown(source),
            Statement::NoneKnown => AllergySaid::Nothing,
            Statement::Allergic => AllergySaid::Known(Box::new(AllergyFact {
                codings: known.substance.coding,
                text: known.substance.text,
                kind: known.mechanism.map(|mechanism| match mechanism {
                    Mechanism::Allergy => AllergyKind::Allergy,
                    Mechanism::Intolerance => AllergyKind::Intolerance,
                }),
                criticality: known.criticality.map(|criticality| match criticality {
                    allergy::Criticality::Low => Criticality::Low,
                    allergy::Criticality::High => Criticality::High,
                    allergy::Criticality::UnableToAssess => Criticality::UnableToAssess,
                }),
                source,
                at: said.times.occurred_at.min(self.now),
            })),
        })
    }

    /// The numbers of an Observation, and the vital signs in it.
    pub fn observation(&self, placed: &Placed<'_>) -> Result<Measured, Malformed> {
        let said = Self::of(placed, observation::read(placed.raw.get(), &self.reading()))?;
        let Some(said) = said.filter(|said| !said.struck) else { return Ok(Measured::default()) };
        let (source, at) = (Origin::source(&placed.pointer), said.observation.effective_at);
        let signs = signs_of(&said.observation).into_iter().map(|what| Charted { what, at, source }).collect();
        Ok(Measured { numbers: numbers(&said.observation, source), signs })
    }
}
