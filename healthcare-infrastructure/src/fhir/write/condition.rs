//! FHIR Condition.

use healthcare_domain::problem::ProblemRecord;

use super::{
    Of,
    element::{Element, coded, concept, concepts, identifiers, moment, refers, remarks},
};

const CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/condition-clinical";
const VERIFICATION: &str = "http://terminology.hl7.org/CodeSystem/condition-ver-status";

/// A problem of the list, or a diagnosis of a visit.
pub fn write(state: &ProblemRecord, of: &Of) -> Option<Element> {
    let (problem, status, ended) = match state {
        ProblemRecord::Unrecorded => return None,
        ProblemRecord::Active(problem, how) => (problem, Some(how.as_str()), None),
        ProblemRecord::Resolved(problem, at, how) => (problem, Some(how.as_str()), *at),
        // FHIR con-5: what was entered in error has no clinical status.
        ProblemRecord::EnteredInError(problem) => (problem, None, None),
    };
    // What its source refuted is struck out here, and stays refuted elsewhere.
    let verification = match (status, problem.verification.as_deref()) {
        (None, Some("refuted")) => Some("refuted"),
        (None, _) => Some("entered-in-error"),
        (Some(_), said) => said,
    };
    Some(
        of.resource("Condition")
            .with("identifier", identifiers(&problem.identifiers))
            .with("clinicalStatus", status.map(|code| coded(CLINICAL, code)))
            .with("verificationStatus", verification.map(|code| coded(VERIFICATION, code)))
            .with("category", concepts(&problem.categories))
            .with("severity", problem.severity.as_ref().map(concept))
            .with("code", concept(&problem.code))
            .with("bodySite", concepts(&problem.body_sites))
            .with("subject", of.subject())
            .with("encounter", problem.encounter.map(refers))
            .with("onsetDateTime", problem.onset_at.map(moment))
            .with("abatementDateTime", ended.map(moment))
            .with("recordedDate", of.known_at.map(moment))
            .with("note", remarks(problem.note.as_deref())),
    )
}
