//! The roles of the house and what each may do.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Permission;

/// What an account is in the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the system; sees no chart.
    Admin,
    /// Treats.
    Doctor,
    /// Leads a shift; second rung of the ladder.
    SeniorClinician,
    /// Cares.
    Nurse,
    /// Checks and dispenses medication.
    Pharmacist,
    /// Reports laboratory results.
    LabTechnician,
    /// Reports imaging.
    Radiologist,
    /// Registers and admits.
    Receptionist,
    /// Reads reports; pseudonyms only.
    Analyst,
    /// Reads the audit trail.
    Auditor,
    /// Watches over privacy.
    PrivacyOfficer,
    /// Writes rules.
    RuleAuthor,
    /// A bedside device or gateway.
    Device,
    /// A patient, for their own record.
    Patient,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 14] = [
        Self::Admin,
        Self::Doctor,
        Self::SeniorClinician,
        Self::Nurse,
        Self::Pharmacist,
        Self::LabTechnician,
        Self::Radiologist,
        Self::Receptionist,
        Self::Analyst,
        Self::Auditor,
        Self::PrivacyOfficer,
        Self::RuleAuthor,
        Self::Device,
        Self::Patient,
    ];

    /// The name it is stored and signed under.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Doctor => "doctor",
            Self::SeniorClinician => "senior_clinician",
            Self::Nurse => "nurse",
            Self::Pharmacist => "pharmacist",
            Self::LabTechnician => "lab_technician",
            Self::Radiologist => "radiologist",
            Self::Receptionist => "receptionist",
            Self::Analyst => "analyst",
            Self::Auditor => "auditor",
            Self::PrivacyOfficer => "privacy_officer",
            Self::RuleAuthor => "rule_author",
            Self::Device => "device",
            Self::Patient => "patient",
        }
    }

    /// Whether the role may do it.
    pub fn may(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }

    /// Whether who has it shows a second factor to sign in: all of the staff. A device has none to show; a patient may.
    pub const fn needs_second_factor(self) -> bool {
        !matches!(self, Self::Device | Self::Patient)
    }

    /// All a role may do. What is not listed is denied.
    pub fn permissions(self) -> &'static [Permission] {
        use Permission as P;
        match self {
            Self::Admin => &[
                P::ManageAccounts,
                P::ManageDevices,
                P::ImportRecords,
                P::OperateSystem,
                P::ManageSchedules,
                P::ReadSchedules,
                P::ManageWards,
                P::ReadWards,
                P::KeepBeds,
                P::ReadTemplates,
                P::ManageTemplates,
            ],
            Self::Doctor => DOCTOR,
            Self::SeniorClinician => &SENIOR_CLINICIAN,
            Self::Nurse => &[
                P::ReadDirectory,
                P::RegisterPatient,
                P::RecordConsent,
                P::ReadChart,
                P::ChartAllergy,
                P::AdmitPatient,
                P::RecordVitals,
                P::ViewResult,
                P::AcknowledgeAlert,
                P::AssignDevice,
                P::AdvancePathway,
                P::RecordScore,
                P::ComputeScore,
                P::CheckMedications,
                P::ReadLive,
                P::TransferPatient,
                P::ConductEncounter,
                P::RecordProcedure,
                P::RecordImmunization,
                P::ChartHistory,
                P::ReadWards,
                P::KeepBeds,
                P::ManageCareTeam,
                P::BreakGlass,
                P::ReadSchedules,
                P::ReadAppointments,
                P::BookAppointment,
                P::ConductAppointment,
                P::WriteNote,
                P::ManagePlan,
                P::PerformActivity,
                P::ReadTemplates,
                P::ReadInbox,
            ],
            Self::Pharmacist => &[
                P::ReadDirectory,
                P::ReadChart,
                P::ChartAllergy,
                P::StopMedication,
                P::AnswerSuggestion,
                P::BacktestRules,
                P::ReadRuleMetrics,
                P::RecordScore,
                P::ComputeScore,
                P::CheckMedications,
                P::ReadLive,
                P::BreakGlass,
                P::WriteNote,
                P::PerformActivity,
                P::ReadTemplates,
                P::ReadInbox,
            ],
            Self::LabTechnician => &[P::ReadDirectory, P::RecordResult],
            Self::Radiologist => &[P::ReadDirectory, P::ReadChart, P::RecordResult, P::BreakGlass],
            Self::Receptionist => &[
                P::ReadDirectory,
                P::RegisterPatient,
                P::RecordConsent,
                P::MergePatients,
                P::AdmitPatient,
                P::TransferPatient,
                P::ReadWards,
                P::KeepBeds,
                P::ManageSchedules,
                P::ReadSchedules,
                P::ReadAppointments,
                P::BookAppointment,
                P::ConductAppointment,
                P::ReadInbox,
            ],
            Self::Analyst => &[P::ReadReports, P::ReadRuleMetrics],
            Self::Auditor => &[P::ReadAudit],
            Self::PrivacyOfficer => &[
                P::ReadAudit,
                P::ReadDirectory,
                P::MergePatients,
                P::LabelRecord,
                P::ReviewBreakGlass,
                P::ReadLive,
                P::ReadInbox,
            ],
            Self::RuleAuthor => &[
                P::ReadRules,
                P::WriteRules,
                P::ApproveRules,
                P::ComputeScore,
                P::CheckMedications,
                P::BacktestRules,
                P::ReadRuleMetrics,
            ],
            Self::Device => &[P::SubmitTelemetry],
            Self::Patient => &[P::ReadChart, P::ExportRecord, P::ReadAppointments],
        }
    }
}

/// What who treats may do.
const DOCTOR: &[Permission] = {
    use Permission as P;
    &[
        P::ReadDirectory,
        P::RegisterPatient,
        P::RecordConsent,
        P::ReadChart,
        P::ExportRecord,
        P::ChartAllergy,
        P::ChartProblem,
        P::AdmitPatient,
        P::DischargePatient,
        P::RecordVitals,
        P::PrescribeMedication,
        P::ViewResult,
        P::AcknowledgeAlert,
        P::SetAlarmLimits,
        P::AnswerSuggestion,
        P::BacktestRules,
        P::ReadRuleMetrics,
        P::AssignDevice,
        P::AdvancePathway,
        P::RecordScore,
        P::ComputeScore,
        P::CheckMedications,
        P::ReadLive,
        P::TransferPatient,
        P::ConductEncounter,
        P::RecordProcedure,
        P::RecordImmunization,
        P::ChartHistory,
        P::ReadWards,
        P::KeepBeds,
        P::ManageCareTeam,
        P::BreakGlass,
        P::ReadSchedules,
        P::ReadAppointments,
        P::BookAppointment,
        P::OverbookAppointment,
        P::ConductAppointment,
        P::WriteNote,
        P::CosignNote,
        P::ManagePlan,
        P::PerformActivity,
        P::ReadTemplates,
        P::ManageTemplates,
        P::ReadInbox,
    ]
};

/// What who leads a shift may do beside.
const LEADS: [Permission; 2] = [Permission::ReadRules, Permission::ApproveRules];

/// What who leads a shift may do: what a doctor may, and the second look at rules.
const SENIOR_CLINICIAN: [Permission; DOCTOR.len() + LEADS.len()] = {
    let mut all = [Permission::ReadRules; DOCTOR.len() + LEADS.len()];
    let mut nth = 0;
    while nth < all.len() {
        all[nth] = if nth < DOCTOR.len() { DOCTOR[nth] } else { LEADS[nth - DOCTOR.len()] };
        nth += 1;
    }
    all
};

/// The text names no role.
#[derive(Debug, thiserror::Error)]
#[error("no such role")]
pub struct UnknownRole;

impl std::str::FromStr for Role {
    type Err = UnknownRole;
    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
