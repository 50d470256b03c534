//! FHIR R4, in and out ([`write`]). In: each resource of the subset becomes what it says ([`Said`]), and that becomes domain events.
//!
//! Pure: no clock, no database. Elements for which an entry has no place are kept beside it ([`beside`]); wrong ones are refused by
//! their JSON path. A reason never repeats what an element held, for it may be personal.

pub mod allergy_intolerance;
pub mod appointment;
pub mod beside;
pub mod care_plan;
pub mod composition;
pub mod condition;
pub mod consent;
pub mod datatypes;
pub mod date_time;
pub mod diagnostic_report;
pub mod document_reference;
mod dosage;
pub mod encounter;
pub mod encounter_course;
pub mod external;
pub mod family_member_history;
pub mod form;
pub mod goal;
pub mod immunization;
mod json;
pub mod medication;
pub mod medication_request;
pub mod medication_statement;
pub mod narrative;
pub mod observation;
pub mod observation_value;
pub mod ordered;
pub mod organization;
pub mod parse;
pub mod patient;
pub mod practitioner;
pub mod procedure;
pub mod reference;
pub mod resource_types;
pub mod said;
pub mod subject;
pub mod write;

#[cfg(test)]
mod tests;

pub use parse::Refused;
pub use reference::{Resolver, Target};
pub use said::{Dated, Import, Said, Times};

use chrono::{DateTime, Utc};

/// What a resource is read with.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// Who resolves its references.
    pub references: &'a dyn Resolver,
    /// The time of the import.
    pub now: DateTime<Utc>,
}

/// How a resource is taken in.
#[derive(Debug, Clone, PartialEq)]
pub enum Taken {
    /// As events of the domain.
    Understood(Said),
    /// Word by word, because the record has no model for it.
    Whole(Said),
}

/// Reads a resource of any type. `raw` is its JSON.
///
/// # Errors
/// With the place and the reason, when it is not what FHIR R4 defines.
pub fn read(resource_type: &str, raw: &str, reading: &Reading<'_>) -> Result<Taken, Refused> {
    // What may turn the meaning of a resource round is not passed over (FHIR R4, Extensibility): it is kept, and taken for nothing.
    if beside::is_modified(raw) {
        return match resource_type {
            "Patient" => {
                Err(Refused::at("modifierExtension", "it changes who is meant in a way that is not understood"))
            }
            _ => external::read(resource_type, raw, reading).map(Said::ExternalRecord).map(Taken::Whole),
        };
    }
    form::ensure_one_of_each(raw)?;
    let understood = match resource_type {
        "Patient" => Some(Said::Patient(patient::read(raw, reading)?)),
        "Practitioner" => Some(Said::Practitioner(practitioner::read(raw, reading)?)),
        "Organization" => Some(Said::Organization(organization::read(raw, reading)?)),
        "Consent" => consent::read(raw, reading)?.map(Said::Consent),
        "Encounter" => encounter::read(raw, reading)?.map(Said::Encounter),
        "Appointment" => appointment::read(raw, reading)?.map(Said::Appointment),
        "Condition" => Some(Said::Problem(condition::read(raw, reading)?)),
        "AllergyIntolerance" => Some(Said::Allergy(allergy_intolerance::read(raw, reading)?)),
        "MedicationRequest" => medication_request::read(raw, reading)?.map(Said::MedicationOrder),
        "MedicationStatement" => medication_statement::read(raw, reading)?.map(Said::MedicationOrder),
        "Observation" => observation::read(raw, reading)?.map(Said::Observation),
        "Procedure" => Some(Said::Procedure(procedure::read(raw, reading)?)),
        "Immunization" => Some(Said::Immunization(immunization::read(raw, reading)?)),
        "FamilyMemberHistory" => family_member_history::read(raw, reading)?.map(Said::FamilyHistory),
        "CarePlan" => Some(Said::Plan(care_plan::PlanSaid(care_plan::read(raw, reading)?))),
        "Goal" => Some(Said::Goal(goal::read(raw, reading)?)),
        "Composition" => composition::read(raw, reading)?.map(Said::Note),
        "DocumentReference" => document_reference::read(raw, reading)?.map(Said::Note),
        "DiagnosticReport" => Some(Said::Report(diagnostic_report::read(raw, reading)?)),
        _ => None,
    };
    match understood {
        Some(said) => Ok(Taken::Understood(said)),
        None => external::read(resource_type, raw, reading).map(Said::ExternalRecord).map(Taken::Whole),
    }
}
