//! The things that can be permitted, one for each kind of use case.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One thing a role may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
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
    /// Whether a program may have it as a scope. What a person answers for with a licence, and what keeps accounts, is
    /// not given to one.
    pub const fn is_for_programs(self) -> bool {
        matches!(
            self,
            Self::ReadDirectory
                | Self::RegisterPatient
                | Self::ReadChart
                | Self::AdmitPatient
                | Self::DischargePatient
                | Self::RecordVitals
                | Self::RecordResult
                | Self::AssignDevice
                | Self::ManageDevices
                | Self::ComputeScore
                | Self::SubmitTelemetry
                | Self::ImportRecords
                | Self::ReadReports
                | Self::ReadAudit
                | Self::ReadRules
        )
    }

    /// The name it goes by in a refusal, and as a scope.
    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

/// The text names no permission.
#[derive(Debug, thiserror::Error)]
#[error("no such permission")]
pub struct UnknownPermission;

impl std::str::FromStr for Permission {
    type Err = UnknownPermission;
    fn from_str(text: &str) -> Result<Self, UnknownPermission> {
        serde_json::from_value(text.into()).map_err(|_| UnknownPermission)
    }
}
