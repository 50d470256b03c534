//! What the simple entries hold.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Content;
use crate::{
    StreamType,
    code::CodeableConcept,
    id::{EncounterId, ExternalRecordId, ImmunizationId, OrganizationId, PractitionerId, ProcedureId, ReportId},
    reference::{Identifier, Reference},
};

/// A procedure performed on a patient (FHIR Procedure).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Procedure {
    /// What the source calls it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// What was done.
    pub code: CodeableConcept,
    /// FHIR event status, e.g. `completed`, `not-done`.
    pub status: String,
    /// When it began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// During which visit.
    pub encounter: Option<EncounterId>,
    /// Why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<CodeableConcept>,
    /// By whom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub performers: Vec<Reference>,
}

/// A vaccine given, or deliberately not given (FHIR Immunization).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Immunization {
    /// What the source calls it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// The vaccine (CVX).
    pub vaccine: CodeableConcept,
    /// `completed`, `not-done`.
    pub status: String,
    /// When it was given.
    pub given_at: Option<DateTime<Utc>>,
    /// During which visit.
    pub encounter: Option<EncounterId>,
    /// Whether this source gave it, or only reports it.
    pub primary_source: Option<bool>,
    /// Lot number, where known.
    pub lot_number: Option<String>,
}

/// A report over observations or images (FHIR DiagnosticReport).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DiagnosticReport {
    /// What the source calls it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// Which service made it: laboratory, radiology, other.
    pub categories: Vec<CodeableConcept>,
    /// Whether it is of the laboratory, of radiology, or another document.
    pub service: ReportService,
    /// What was examined.
    pub code: CodeableConcept,
    /// FHIR status, e.g. `final`, `preliminary`, `amended`.
    pub status: String,
    /// The time the findings are true of.
    pub effective_at: Option<DateTime<Utc>>,
    /// When it was made available.
    pub issued_at: Option<DateTime<Utc>>,
    /// During which visit.
    pub encounter: Option<EncounterId>,
    /// The observations it sums up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<Reference>,
    /// Its conclusion in words.
    pub conclusion: Option<String>,
    /// Attached documents as they came (FHIR Attachment).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    pub presented_form: Vec<serde_json::Value>,
}

/// The service that made a report; it decides the event's name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportService {
    /// The laboratory.
    Laboratory,
    /// Radiology and other imaging.
    Radiology,
    /// Anything else.
    #[default]
    Other,
}

/// A person who provides care (FHIR Practitioner).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Practitioner {
    /// Licence and staff numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// The name to show.
    pub name: String,
    /// Whether they practise now.
    pub active: Option<bool>,
    /// E-mail or telephone at work.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub telecom: Vec<String>,
}

/// A hospital, clinic or payer (FHIR Organization).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Organization {
    /// Its registry numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// Its name.
    pub name: String,
    /// What kind of organisation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<CodeableConcept>,
    /// Whether it still exists.
    pub active: Option<bool>,
}

/// A resource of a type the record has no model for, kept word by word.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExternalRecord {
    /// The FHIR resource type, e.g. `Claim`.
    pub resource_type: String,
    /// The resource as it came.
    #[schema(value_type = Object)]
    pub resource: serde_json::Value,
}

macro_rules! contents {
    ($($content:ty: $id:ty, $stream:ident, $fhir:literal, [$recorded:literal, $amended:literal, $struck:literal];)*) => {$(
        impl Content for $content {
            type Id = $id;
            const STREAM: StreamType = StreamType::$stream;
            const FHIR: &'static str = $fhir;
            fn recorded_kind(&self) -> &'static str { $recorded }
            const AMENDED: &'static str = $amended;
            const STRUCK: &'static str = $struck;
        }
    )*};
}

contents! {
    Procedure: ProcedureId, Procedure, "Procedure",
        ["encounter.procedure.performed", "encounter.procedure.amended", "encounter.procedure.entered-in-error"];
    Immunization: ImmunizationId, Immunization, "Immunization",
        ["patient.immunized", "patient.immunization.amended", "patient.immunization.entered-in-error"];
    Practitioner: PractitionerId, Practitioner, "Practitioner",
        ["practitioner.registered", "practitioner.amended", "practitioner.entered-in-error"];
    Organization: OrganizationId, Organization, "Organization",
        ["organization.registered", "organization.amended", "organization.entered-in-error"];
    ExternalRecord: ExternalRecordId, ExternalRecord, "Basic",
        ["document.stored", "document.amended", "document.entered-in-error"];
}

impl Content for DiagnosticReport {
    type Id = ReportId;
    const STREAM: StreamType = StreamType::Report;
    const FHIR: &'static str = "DiagnosticReport";
    fn recorded_kind(&self) -> &'static str {
        match self.service {
            ReportService::Laboratory => "lab.result.available",
            ReportService::Radiology => "radiology.report.finalized",
            ReportService::Other => "document.stored",
        }
    }
    const AMENDED: &'static str = "document.amended";
    const STRUCK: &'static str = "document.entered-in-error";
}
