//! What is asked of decision support by another system, once it is read.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use healthcare_domain::{partial_date::PartialDate, quantity::Quantity};
use healthcare_dss::{
    AllergyFact, AllergyKnowledge, ConditionFact, EventRef, Facts, MedicationFact, ObservationFact, PatientFacts,
    ScoreFact, knowledge::Knowledge, score::egfr_of_creatinine,
};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Hook, Part};
use crate::{
    decision::{self, Lifetime, Reading},
    score::{Applies, Charted},
};

/// A question: what is about to be done, and what is known of the patient.
#[derive(Debug, Clone)]
pub struct Ask {
    /// At which point of the work.
    pub hook: Hook,
    /// The patient, by the client's FHIR id.
    pub patient: String,
    /// Orders that are not signed yet.
    pub drafts: Vec<Draft>,
    /// Allergies that are about to be recorded.
    pub new_allergies: Vec<AllergyFact>,
    /// Problems that are about to be recorded.
    pub new_conditions: Vec<ConditionFact>,
    /// What is known.
    pub given: Given,
    /// Which resource of the client's a fact stands for, by the stream of its source.
    pub origins: HashMap<Uuid, Origin>,
}

/// A draft of an order of a medication.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What is ordered.
    pub fact: MedicationFact,
    /// Whether it is asked about; the other drafts of the session count as what the patient will take.
    pub asked: bool,
}

/// The resource a fact stands for.
#[derive(Debug, Clone)]
pub struct Origin {
    /// `MedicationRequest/123`; none where the resource has no id.
    pub reference: Option<String>,
    /// The resource as it came, for what would change it.
    pub resource: Option<serde_json::Value>,
}

/// What is known of a patient, part by part: what nobody gave is another thing than what there is nothing of.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// Age and sex.
    pub patient: Option<PatientFacts>,
    /// When they were born, as far as who told of them knows.
    pub born: Option<PartialDate>,
    /// What they are allergic to.
    pub allergies: Option<AllergyKnowledge>,
    /// What they take.
    pub medications: Option<Vec<MedicationFact>>,
    /// What they have.
    pub conditions: Option<Vec<ConditionFact>>,
    /// Laboratory results.
    pub laboratory: Option<Vec<ObservationFact>>,
    /// Vital signs.
    pub vitals: Option<Vec<ObservationFact>>,
    /// The vital signs among them as a score reads them, with those that are no numbers.
    pub signs: Vec<Charted>,
    /// Scores of our own record.
    pub scores: Vec<ScoreFact>,
    /// Parts of which only the beginning was given.
    pub cut: Vec<Part>,
    /// Resources that were not taken, for a modifier changes what they mean in a way that is not understood: the client's names
    /// for them, or their types.
    pub modified: Vec<String>,
}

impl Ask {
    /// Whether there is anything to judge: orders of other things than drugs, and what denies an allergy, are not judged. What
    /// was not taken is told of.
    pub fn asks_something(&self) -> bool {
        if !self.given.modified.is_empty() {
            return true;
        }
        match self.hook {
            Hook::OrderSelect | Hook::OrderSign => self.drafts.iter().any(|draft| draft.asked),
            Hook::AllergyIntoleranceCreate => !self.new_allergies.is_empty(),
            Hook::ProblemListItemCreate => !self.new_conditions.is_empty(),
            Hook::PatientView | Hook::EncounterStart | Hook::EncounterDischarge => true,
        }
    }

    /// Whether enough is known to judge at all: of a draft, what it is to be taken with; of a record, something.
    pub fn can_be_judged(&self) -> bool {
        match self.hook {
            Hook::OrderSelect | Hook::OrderSign | Hook::AllergyIntoleranceCreate | Hook::ProblemListItemCreate => {
                self.given.has(Part::Medications)
            }
            Hook::PatientView | Hook::EncounterStart | Hook::EncounterDischarge => {
                Part::ALL.into_iter().any(|part| self.given.has(part))
            }
        }
    }
}

impl Given {
    /// The parts that nobody gave.
    pub fn missing(&self) -> Vec<Part> {
        Part::ALL.into_iter().filter(|part| !self.has(*part)).collect()
    }

    /// Whether a part was given, even if there is nothing of it.
    pub fn has(&self, part: Part) -> bool {
        match part {
            Part::Patient => self.patient.is_some(),
            Part::Medications => self.medications.is_some(),
            Part::Allergies => self.allergies.is_some(),
            Part::Conditions => self.conditions.is_some(),
            Part::Laboratory => self.laboratory.is_some(),
            Part::Vitals => self.vitals.is_some(),
        }
    }

    /// There is nothing of a part, unless something of it is known: it was looked for.
    pub fn nothing_of(&mut self, part: Part) {
        match part {
            // Everybody has an age.
            Part::Patient => {}
            Part::Medications => {
                self.medications.get_or_insert_default();
            }
            Part::Allergies => {
                self.allergies.get_or_insert(AllergyKnowledge::NotAsked);
            }
            Part::Conditions => {
                self.conditions.get_or_insert_default();
            }
            Part::Laboratory => {
                self.laboratory.get_or_insert_default();
            }
            Part::Vitals => {
                self.vitals.get_or_insert_default();
            }
        }
    }

    /// Takes from `other` the parts that are missing here.
    pub fn fill(&mut self, other: Self) {
        let Self {
            patient,
            born,
            allergies,
            medications,
            conditions,
            laboratory,
            vitals,
            signs,
            scores,
            cut,
            modified,
        } = other;
        let missing = self.missing();
        if self.patient.is_none() {
            (self.patient, self.born) = (patient, born);
        }
        self.allergies = self.allergies.take().or(allergies);
        self.medications = self.medications.take().or(medications);
        self.conditions = self.conditions.take().or(conditions);
        self.laboratory = self.laboratory.take().or(laboratory);
        if self.vitals.is_none() {
            self.vitals = vitals;
            self.signs.extend(signs);
        }
        self.scores.extend(scores);
        self.cut.extend(cut.into_iter().filter(|part| missing.contains(part)));
        self.modified.extend(modified);
    }

    /// What rules look at, at a moment: with NEWS2 of the vital signs, and with the eGFR of a creatinine that came without.
    pub fn facts(&self, reading: Reading<'_>, at: DateTime<Utc>) -> Facts {
        let Reading { knowledge, zone } = reading;
        let results = [&self.laboratory, &self.vitals];
        let mut seen = HashSet::new();
        let mut observations: Vec<ObservationFact> = results.into_iter().flatten().flatten().cloned().collect();
        observations.retain(|one| seen.insert((one.source, one.code.code.clone(), one.at, one.value)));
        let patient = self.patient.unwrap_or_default();
        let lifetime = self.born.map(|born| Lifetime { born, zone });
        let patient = lifetime.map_or(patient, |lifetime| lifetime.of(patient, at));
        let scores = self.scores_at(knowledge, lifetime, at);
        let measured = observations.iter().map(|one| one.at).chain(scores.iter().map(|one| one.at));
        let earlier_ages = lifetime.map(|lifetime| lifetime.earlier(at, measured)).unwrap_or_default();
        let mut facts = Facts {
            at,
            patient: PatientFacts { weight_kg: patient.weight_kg.or_else(|| weight(&observations, at)), ..patient },
            earlier_ages,
            allergies: self.allergies.clone().unwrap_or(AllergyKnowledge::NotAsked),
            medications: self.medications.clone().unwrap_or_default(),
            conditions: self.conditions.clone().unwrap_or_default(),
            observations,
            scores,
            draft: None,
            proposed: None,
        };
        facts.observations.extend(egfr_of_creatinine(knowledge, &facts));
        facts
    }

    /// The scores of our own record, and NEWS2 of the signs as the record computes it where the age is known. One of which something is missing does
    /// not take the place of ours.
    fn scores_at(&self, knowledge: &Knowledge, lifetime: Option<Lifetime>, at: DateTime<Utc>) -> Vec<ScoreFact> {
        // How large the body is, is no part of it, and does not date it; and it is made for adults, who have an age.
        let counts = |sign: &&Charted| sign.at <= at && !sign.is_of_the_body() && lifetime.is_some();
        let mut signs: Vec<Charted> = self.signs.iter().filter(counts).cloned().collect();
        signs.sort_by_key(|sign| sign.at);
        let mut conditions = self.conditions.iter().flatten();
        let pregnant = conditions.any(|one| knowledge.says_pregnant(&one.codings)).then_some(true);
        let computed = decision::news2_of(&signs, Applies { lifetime, pregnant }, at);
        let has_own = self.scores.iter().any(|one| one.name == "news2");
        let counts = !has_own || computed.iter().all(|one| one.complete);
        let computed = computed.into_iter().filter(|_| counts);
        self.scores.iter().cloned().chain(computed).chain(decision::mentation_of(&signs, at)).collect()
    }
}

/// The weight last measured until a moment, in kilograms.
fn weight(of: &[ObservationFact], at: DateTime<Utc>) -> Option<Decimal> {
    let weights = of
        .iter()
        .filter(|one| decision::WEIGHT.contains(&one.code.code.as_str()) && one.bound.is_none() && one.at <= at);
    let newest = weights.max_by_key(|one| (one.at, one.source))?;
    decision::kilograms(&Quantity { value: newest.value, unit: newest.unit.clone() })
}

impl Origin {
    /// The source of a fact that stands for the resource of a client's at a place.
    pub fn source(place: &str) -> EventRef {
        /// The namespace of such sources: they name no event of ours.
        const NAMESPACE: Uuid = Uuid::from_u128(0x31f4_0d5e_8a55_4c02_9a37_6d2b_9e0c_4f66);
        EventRef { stream: Uuid::new_v5(&NAMESPACE, place.as_bytes()), version: 1 }
    }
}
