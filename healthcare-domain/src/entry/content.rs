//! What the simple entries hold.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Content, EntryError};
use crate::{
    StreamType,
    code::CodeableConcept,
    id::{EncounterId, ExternalRecordId, ImmunizationId, OrganizationId, PractitionerId, ProcedureId, ReportId},
    quantity::Quantity,
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
    /// Why it was not done, stopped or put on hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<CodeableConcept>,
    /// Where on the body.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub body_sites: Vec<CodeableConcept>,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<CodeableConcept>,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub complications: Vec<CodeableConcept>,
    /// More, in somebody's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
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
    /// Until when the lot could be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<NaiveDate>,
    /// Who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manufacturer: Option<String>,
    /// Why it was not given (v3 ActReason, e.g. `PATOBJ`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<CodeableConcept>,
    /// Which dose of its series, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dose_number: Option<u16>,
    /// How much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dose: Option<Quantity>,
    /// Where on the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<CodeableConcept>,
    /// How it entered the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<CodeableConcept>,
    /// By whom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub performers: Vec<Reference>,
    /// More, in somebody's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
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
    /// Where the resource became an entry of the record: what of it the entry has no place for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<Beside>,
}

/// What a source told of an entry and the record has no place for. It is kept beside the entry, and told again on export where
/// the entry still says what it said then.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Beside {
    /// The entry.
    pub entry: Uuid,
    /// Elements of the resource, by name, as JSON.
    #[schema(value_type = Vec<Vec<String>>)]
    pub told: Vec<(String, String)>,
    /// The elements that the record made of these, by name, as JSON: whoever changes the entry here is believed.
    #[schema(value_type = Vec<Vec<String>>)]
    pub made: Vec<(String, String)>,
}

/// Names what is kept beside an entry of nobody by that entry.
const BESIDE: &[u8] = b"healthcare-platform:beside";

impl Beside {
    /// The stream of what is kept beside an entry that belongs to nobody. It stands in no patient's record, and is found by the
    /// entry.
    pub fn of_nobody(entry: Uuid) -> ExternalRecordId {
        ExternalRecordId(Uuid::new_v5(&entry, BESIDE))
    }
}

macro_rules! contents {
    ($($content:ty: $id:ty, $stream:ident, $fhir:literal, [$recorded:literal, $amended:literal, $struck:literal]
        $(, $check:path)?;)*) => {$(
        impl Content for $content {
            type Id = $id;
            const STREAM: StreamType = StreamType::$stream;
            const FHIR: &'static str = $fhir;
            fn recorded_kind(&self) -> &'static str { $recorded }
            const AMENDED: &'static str = $amended;
            const STRUCK: &'static str = $struck;
            $(fn check(&self, now: DateTime<Utc>) -> Result<(), EntryError> { $check(self, now) })?
        }
    )*};
}

contents! {
    Procedure: ProcedureId, Procedure, "Procedure",
        ["encounter.procedure.performed", "encounter.procedure.amended", "encounter.procedure.entered-in-error"], Procedure::is_possible;
    Immunization: ImmunizationId, Immunization, "Immunization",
        ["patient.immunized", "patient.immunization.amended", "patient.immunization.entered-in-error"], Immunization::is_possible;
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
