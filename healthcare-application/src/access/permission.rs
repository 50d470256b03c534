//! The things that can be permitted, one for each kind of use case.

use serde::Serialize;

/// One thing a role may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Search patients by name, birth date, identifier.
    ReadDirectory,
    /// Register and update patients.
    RegisterPatient,
    /// Read a patient's chart and its lists.
    ReadChart,
    /// Add, amend, remove allergies.
    ChartAllergy,
    /// Add, resolve problems.
    ChartProblem,
    /// Begin a visit.
    AdmitPatient,
    /// End a visit.
    DischargePatient,
    /// Chart vital signs.
    RecordVitals,
    /// Order medication, and stop it.
    PrescribeMedication,
    /// Stop medication.
    StopMedication,
    /// Report results.
    RecordResult,
    /// Take note of results.
    ViewResult,
    /// Answer alerts.
    AcknowledgeAlert,
    /// Set alarm limits for a patient.
    SetAlarmLimits,
    /// Accept or override suggestions.
    AnswerSuggestion,
    /// Put devices on patients and take them off.
    AssignDevice,
    /// Register devices.
    ManageDevices,
    /// Move patients along their pathway.
    AdvancePathway,
    /// Compute scores without storing.
    ComputeScore,
    /// Follow notifications and vitals live.
    ReadLive,
    /// Send readings.
    SubmitTelemetry,
    /// Import records.
    ImportRecords,
    /// Create and disable accounts.
    ManageAccounts,
    /// Read reports.
    ReadReports,
    /// Read the audit trail.
    ReadAudit,
    /// Read rules and their history.
    ReadRules,
    /// Read the system's own state, replay parked events.
    OperateSystem,
}

impl Permission {
    /// The name it goes by in a refusal.
    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }
}
