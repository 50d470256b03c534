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
    /// Record what a patient consented to, and that they took it back.
    RecordConsent,
    /// Merge registrations of one person, take a merge back, and tell people apart who look like one.
    MergePatients,
    /// Read a patient's chart and its lists.
    ReadChart,
    /// Take a patient's whole record elsewhere.
    ExportRecord,
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
    /// Check a list of medications without storing.
    CheckMedications,
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
    /// Try rules on the hospital's own history.
    BacktestRules,
    /// Read what rules come to: how often they fire, and what is made of it.
    ReadRuleMetrics,
    /// Draft rules, revise drafts, try and test them.
    WriteRules,
    /// Approve what somebody else wrote: the shadow, coming into force, rolling back, retiring.
    ApproveRules,
    /// Read the system's own state, replay parked events.
    OperateSystem,
    /// Move a patient to another ward.
    TransferPatient,
    /// Triage, begin to see, send on leave, change the class, strike out a visit.
    ConductEncounter,
    /// Record procedures performed, and amend them.
    RecordProcedure,
    /// Record immunisations, and amend them.
    RecordImmunization,
    /// Record the history of the family, and how the patient lives.
    ChartHistory,
    /// Open and close wards, put beds up and take them away.
    ManageWards,
    /// See wards, and which beds are free: whose the others are is not shown.
    ReadWards,
    /// Clean, block and unblock beds.
    KeepBeds,
    /// Take people and wards into a patient's care team, refer, and let go.
    ManageCareTeam,
    /// Decide how closely a record is kept.
    LabelRecord,
    /// Open a record without a care relationship, in an emergency.
    BreakGlass,
    /// Review those who did.
    ReviewBreakGlass,
    /// Add resources and appointment types, set hours and closures.
    ManageSchedules,
    /// See hours and look for free slots: whose the others are is not shown.
    ReadSchedules,
    /// See appointments and the waitlist.
    ReadAppointments,
    /// Hold, book, move and cancel appointments; keep the waitlist.
    BookAppointment,
    /// Book over what is booked, with a reason.
    OverbookAppointment,
    /// Check patients in, complete appointments, note who did not come.
    ConductAppointment,
    /// Write, sign and amend notes.
    WriteNote,
    /// Co-sign notes.
    CosignNote,
    /// Make plans and follow them: goals, activities, reviews.
    ManagePlan,
    /// Do what a plan asks for, or note why not.
    PerformActivity,
    /// Compute a score for a patient and put it on record.
    RecordScore,
    /// See the templates of notes and plans.
    ReadTemplates,
    /// Make, revise and retire templates.
    ManageTemplates,
    /// See what waits for oneself.
    ReadInbox,
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
                | Self::CheckMedications
                | Self::SubmitTelemetry
                | Self::ImportRecords
                | Self::ReadReports
                | Self::ReadAudit
                | Self::ReadRules
                | Self::ReadRuleMetrics
                | Self::ReadSchedules
                | Self::ReadWards
                | Self::ReadAppointments
                | Self::BookAppointment
        )
    }

    /// Whether it needs an active care relationship with the patient it concerns. Without one: what makes the record
    /// known or begins a relationship (registration, what is signed at the desk, admission), what devices send, and what watches over privacy.
    pub const fn needs_relationship(self) -> bool {
        match self {
            Self::ReadDirectory
            | Self::RegisterPatient
            | Self::RecordConsent
            | Self::MergePatients
            | Self::AdmitPatient
            | Self::SubmitTelemetry
            | Self::ImportRecords
            | Self::ManageAccounts
            | Self::ManageDevices
            | Self::ReadReports
            | Self::ReadAudit
            | Self::ReadRules
            | Self::BacktestRules
            | Self::ReadRuleMetrics
            | Self::WriteRules
            | Self::ApproveRules
            | Self::OperateSystem
            | Self::ComputeScore
            | Self::CheckMedications
            | Self::LabelRecord
            | Self::BreakGlass
            | Self::ReviewBreakGlass
            | Self::ManageSchedules
            | Self::ReadSchedules
            | Self::ManageWards
            | Self::ReadWards
            | Self::KeepBeds
            | Self::BookAppointment
            | Self::OverbookAppointment
            | Self::ConductAppointment
            | Self::ReadTemplates
            | Self::ManageTemplates => false,
            Self::ReadChart
            | Self::ExportRecord
            | Self::ChartAllergy
            | Self::ChartProblem
            | Self::DischargePatient
            | Self::RecordVitals
            | Self::RecordScore
            | Self::PrescribeMedication
            | Self::StopMedication
            | Self::RecordResult
            | Self::ViewResult
            | Self::AcknowledgeAlert
            | Self::AnswerSuggestion
            | Self::AssignDevice
            | Self::AdvancePathway
            | Self::ReadLive
            | Self::TransferPatient
            | Self::ConductEncounter
            | Self::RecordProcedure
            | Self::RecordImmunization
            | Self::ChartHistory
            | Self::ManageCareTeam
            | Self::SetAlarmLimits
            | Self::WriteNote
            | Self::CosignNote
            | Self::ManagePlan
            | Self::PerformActivity
            | Self::ReadInbox
            | Self::ReadAppointments => true,
        }
    }

    /// Whether it needs no relationship because it begins one: of its author, by their own act.
    pub const fn begins_relationship(self) -> bool {
        matches!(self, Self::AdmitPatient)
    }

    /// The name it goes by in a refusal, and as a scope.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ReadDirectory => "read_directory",
            Self::RegisterPatient => "register_patient",
            Self::RecordConsent => "record_consent",
            Self::MergePatients => "merge_patients",
            Self::ReadChart => "read_chart",
            Self::ExportRecord => "export_record",
            Self::ChartAllergy => "chart_allergy",
            Self::ChartProblem => "chart_problem",
            Self::AdmitPatient => "admit_patient",
            Self::DischargePatient => "discharge_patient",
            Self::RecordVitals => "record_vitals",
            Self::PrescribeMedication => "prescribe_medication",
            Self::StopMedication => "stop_medication",
            Self::RecordResult => "record_result",
            Self::ViewResult => "view_result",
            Self::AcknowledgeAlert => "acknowledge_alert",
            Self::SetAlarmLimits => "set_alarm_limits",
            Self::AnswerSuggestion => "answer_suggestion",
            Self::AssignDevice => "assign_device",
            Self::ManageDevices => "manage_devices",
            Self::AdvancePathway => "advance_pathway",
            Self::ComputeScore => "compute_score",
            Self::CheckMedications => "check_medications",
            Self::ReadLive => "read_live",
            Self::SubmitTelemetry => "submit_telemetry",
            Self::ImportRecords => "import_records",
            Self::ManageAccounts => "manage_accounts",
            Self::ReadReports => "read_reports",
            Self::ReadAudit => "read_audit",
            Self::ReadRules => "read_rules",
            Self::BacktestRules => "backtest_rules",
            Self::ReadRuleMetrics => "read_rule_metrics",
            Self::WriteRules => "write_rules",
            Self::ApproveRules => "approve_rules",
            Self::OperateSystem => "operate_system",
            Self::TransferPatient => "transfer_patient",
            Self::ConductEncounter => "conduct_encounter",
            Self::RecordProcedure => "record_procedure",
            Self::RecordImmunization => "record_immunization",
            Self::ChartHistory => "chart_history",
            Self::ManageWards => "manage_wards",
            Self::ReadWards => "read_wards",
            Self::KeepBeds => "keep_beds",
            Self::ManageCareTeam => "manage_care_team",
            Self::LabelRecord => "label_record",
            Self::BreakGlass => "break_glass",
            Self::ReviewBreakGlass => "review_break_glass",
            Self::ManageSchedules => "manage_schedules",
            Self::ReadSchedules => "read_schedules",
            Self::ReadAppointments => "read_appointments",
            Self::BookAppointment => "book_appointment",
            Self::OverbookAppointment => "overbook_appointment",
            Self::ConductAppointment => "conduct_appointment",
            Self::WriteNote => "write_note",
            Self::CosignNote => "cosign_note",
            Self::ManagePlan => "manage_plan",
            Self::PerformActivity => "perform_activity",
            Self::RecordScore => "record_score",
            Self::ReadTemplates => "read_templates",
            Self::ManageTemplates => "manage_templates",
            Self::ReadInbox => "read_inbox",
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Role;

    #[test]
    fn a_permission_is_read_by_the_name_it_has() {
        for permission in Role::ALL.iter().flat_map(|role| role.permissions()) {
            assert_eq!(permission.name().parse::<Permission>().unwrap(), *permission);
        }
    }
}
