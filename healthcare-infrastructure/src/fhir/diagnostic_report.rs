//! FHIR DiagnosticReport.

use healthcare_domain::{
    code::LOINC,
    entry::{DiagnosticReport, ReportService},
};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Reading, Refused,
    datatypes::{CodeableConcept, Identifier, Meta, Period, Reference, concepts, identifiers},
    date_time::FhirDateTime,
    parse::{one_of, resource},
    reference::held,
    said::{EntrySaid, Moments},
};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    #[serde(default)]
    meta: Meta,
    #[serde(default)]
    identifier: Vec<Identifier>,
    status: String,
    #[serde(default)]
    category: Vec<CodeableConcept>,
    code: CodeableConcept,
    encounter: Option<Reference>,
    effective_date_time: Option<FhirDateTime>,
    effective_period: Option<Period>,
    issued: Option<FhirDateTime>,
    #[serde(default)]
    result: Vec<Reference>,
    conclusion: Option<String>,
    #[serde(default)]
    presented_form: Vec<Value>,
}

const STATUSES: [&str; 10] = [
    "registered",
    "partial",
    "preliminary",
    "final",
    "amended",
    "corrected",
    "appended",
    "cancelled",
    "entered-in-error",
    "unknown",
];
/// HL7 v2-0074 sections that image.
const RADIOLOGY: [&str; 9] = ["RAD", "CT", "NMR", "NMS", "RUS", "OUS", "CUS", "XRC", "VUS"];
/// HL7 v2-0074 sections of the laboratory.
const LABORATORY: [&str; 13] =
    ["LAB", "CH", "HM", "MB", "MCB", "MYC", "SR", "IMM", "TX", "BLB", "CP", "GE", "laboratory"];

/// Reads a DiagnosticReport.
///
/// # Errors
/// With the place and the reason, when it is not what FHIR R4 defines or names nothing.
pub fn read(raw: &str, reading: &Reading<'_>) -> Result<EntrySaid<DiagnosticReport>, Refused> {
    let r: Resource = resource(raw)?;
    one_of("status", &r.status, &STATUSES)?;
    let code = r.code.to_domain();
    if code.is_empty() {
        return Err(Refused::at("code", "a report is named by a code or in words"));
    }
    let period = r.effective_period.unwrap_or_default();
    let effective_at = r.effective_date_time.or(period.start).or(period.end).map(|t| t.earliest());
    let times = Moments { clinical: effective_at, known: r.issued, meta: &r.meta, now: reading.now }.times();
    let content = DiagnosticReport {
        identifiers: identifiers(&r.identifier),
        service: service(&r.category),
        categories: concepts(&r.category),
        code,
        effective_at,
        issued_at: r.issued.map(|t| t.earliest()),
        encounter: r.encounter.as_ref().and_then(|e| reading.references.encounter(e)),
        results: r.result.iter().filter_map(|o| held(o, reading.references)).collect(),
        conclusion: r.conclusion,
        presented_form: r.presented_form,
        status: r.status,
    };
    let struck = content.status == "entered-in-error";
    Ok(EntrySaid::once(content, times, struck))
}

/// By the HL7 section, or US Core's LOINC category of radiology.
fn service(categories: &[CodeableConcept]) -> ReportService {
    let any = |codes: &[&str]| categories.iter().any(|c| codes.iter().any(|code| c.has(code)));
    let imaging = |c: &super::datatypes::Coding| {
        c.system.as_deref() == Some(LOINC) && matches!(c.code.as_deref(), Some("LP29684-5" | "18748-4"))
    };
    if any(&LABORATORY) {
        ReportService::Laboratory
    } else if any(&RADIOLOGY) || categories.iter().flat_map(|c| &c.coding).any(imaging) {
        ReportService::Radiology
    } else {
        ReportService::Other
    }
}
