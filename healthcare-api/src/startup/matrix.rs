//! Who may call which route: the list that [`super::only_who_may`] holds every request against before anything of it is
//! read, and by which its route is found. A route that is not listed is never reached.

use std::{collections::HashMap, sync::LazyLock};

use healthcare_application::{Permission as P, Role};
use matchit::Router;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Everybody, signed in or not.
    Public,
    /// Whoever is signed in, about their own account.
    SignedIn,
    /// Who has one of these permissions; what else it takes (a care relationship, one's own record) is decided by the
    /// use case.
    Any(&'static [P]),
    /// A patient about their own record, or who has one of these permissions.
    Own(&'static [P]),
    /// Who has one of these permissions, or shows a one-time ticket.
    Ticket(&'static [P]),
}

impl Guard {
    /// The permissions of which one is needed.
    pub const fn permissions(self) -> &'static [P] {
        match self {
            Self::Public | Self::SignedIn => &[],
            Self::Any(all) | Self::Own(all) | Self::Ticket(all) => all,
        }
    }

    /// Whether a role may call it.
    pub fn admits(self, role: Role) -> bool {
        let own = matches!(self, Self::Own(_)) && role == Role::Patient;
        matches!(self, Self::Public | Self::SignedIn) || own || self.permissions().iter().any(|one| role.may(*one))
    }
}

/// Every route: method, path as in the OpenAPI document, and who may call it.
pub static ROUTES: &[(&str, &str, Guard)] = &[
    ("GET", "/.well-known/jwks.json", Guard::Public),
    ("GET", "/health", Guard::Public),
    ("GET", "/livez", Guard::Public),
    ("GET", "/readyz", Guard::Public),
    ("GET", "/api/v1/openapi.json", Guard::Public),
    // Clients of CDS Hooks are known by tokens of their own, which the services verify.
    ("GET", "/cds-services", Guard::Public),
    ("POST", "/cds-services/{id}", Guard::Public),
    ("POST", "/cds-services/{id}/feedback", Guard::Public),
    ("POST", "/api/v1/auth/activate", Guard::Public),
    ("POST", "/api/v1/auth/login", Guard::Public),
    ("POST", "/api/v1/auth/refresh", Guard::Public),
    ("GET", "/api/v1/auth/oidc/start", Guard::Public),
    ("GET", "/api/v1/auth/oidc/callback", Guard::Public),
    ("GET", "/api/v1/auth/oidc/logout", Guard::SignedIn),
    ("POST", "/api/v1/auth/oidc/backchannel-logout", Guard::Public),
    ("POST", "/api/v1/auth/logout", Guard::SignedIn),
    ("POST", "/api/v1/auth/password", Guard::SignedIn),
    ("POST", "/api/v1/auth/recovery-codes", Guard::SignedIn),
    ("POST", "/api/v1/auth/second-factor", Guard::SignedIn),
    ("POST", "/api/v1/auth/step-up", Guard::SignedIn),
    ("GET", "/api/v1/auth/sessions", Guard::SignedIn),
    ("DELETE", "/api/v1/auth/sessions/{id}", Guard::SignedIn),
    ("GET", "/api/v1/accounts", Guard::Any(&[P::ManageAccounts])),
    ("POST", "/api/v1/accounts", Guard::Any(&[P::ManageAccounts])),
    ("GET", "/api/v1/accounts/{id}", Guard::Any(&[P::ManageAccounts])),
    ("PATCH", "/api/v1/accounts/{id}", Guard::Any(&[P::ManageAccounts])),
    ("POST", "/api/v1/accounts/{id}/activation", Guard::Any(&[P::ManageAccounts])),
    ("POST", "/api/v1/accounts/{id}/disable", Guard::Any(&[P::ManageAccounts])),
    ("POST", "/api/v1/accounts/{id}/enable", Guard::Any(&[P::ManageAccounts])),
    ("POST", "/api/v1/accounts/{id}/role", Guard::Any(&[P::ManageAccounts])),
    ("POST", "/api/v1/accounts/{id}/second-factor/remove", Guard::Any(&[P::ManageAccounts])),
    ("GET", "/api/v1/accounts/{id}/sessions", Guard::Any(&[P::ManageAccounts])),
    ("DELETE", "/api/v1/accounts/{id}/sessions", Guard::Any(&[P::ManageAccounts])),
    ("DELETE", "/api/v1/accounts/{id}/sessions/{session}", Guard::Any(&[P::ManageAccounts])),
    ("POST", "/api/v1/auth/token", Guard::Public),
    ("GET", "/api/v1/alerts", Guard::Any(&[P::ReadChart])),
    ("GET", "/api/v1/alerts/{id}", Guard::Any(&[P::ReadChart])),
    ("POST", "/api/v1/alerts/{id}/acknowledge", Guard::Any(&[P::AcknowledgeAlert])),
    ("PATCH", "/api/v1/allergies/{id}", Guard::Any(&[P::ChartAllergy])),
    ("POST", "/api/v1/allergies/{id}/entered-in-error", Guard::Any(&[P::ChartAllergy])),
    ("POST", "/api/v1/allergies/{id}/remove", Guard::Any(&[P::ChartAllergy])),
    ("GET", "/api/v1/audit", Guard::Any(&[P::ReadAudit])),
    ("GET", "/api/v1/audit/export", Guard::Any(&[P::ReadAudit])),
    ("GET", "/api/v1/break-glass", Guard::Any(&[P::ReviewBreakGlass])),
    ("POST", "/api/v1/break-glass/{id}/close", Guard::Any(&[P::BreakGlass])),
    ("POST", "/api/v1/break-glass/{id}/review", Guard::Any(&[P::ReviewBreakGlass])),
    ("POST", "/api/v1/devices", Guard::Any(&[P::ManageDevices])),
    ("POST", "/api/v1/devices/{id}/assign", Guard::Any(&[P::AssignDevice])),
    ("POST", "/api/v1/devices/{id}/unassign", Guard::Any(&[P::AssignDevice])),
    ("GET", "/api/v1/allergies/{id}", Guard::Any(&[P::ReadChart])),
    ("GET", "/api/v1/consents/{id}", Guard::Any(&[P::ReadChart])),
    ("GET", "/api/v1/medication-orders/{id}", Guard::Any(&[P::ReadChart])),
    ("GET", "/api/v1/observations/{id}", Guard::Any(&[P::ReadChart])),
    ("POST", "/api/v1/allergies/{id}/reactivate", Guard::Any(&[P::ChartAllergy])),
    ("POST", "/api/v1/allergies/{id}/verify", Guard::Any(&[P::ChartAllergy])),
    ("GET", "/api/v1/problems/{id}", Guard::Any(&[P::ReadChart])),
    ("POST", "/api/v1/problems/{id}/reactivate", Guard::Any(&[P::ChartProblem])),
    ("POST", "/api/v1/problems/{id}/verify", Guard::Any(&[P::ChartProblem])),
    ("GET", "/api/v1/encounters", Guard::Any(&[P::ReadChart])),
    ("POST", "/api/v1/encounters/{id}/arrive", Guard::Any(&[P::TransferPatient])),
    ("POST", "/api/v1/encounters/{id}/cancel", Guard::Any(&[P::TransferPatient])),
    ("POST", "/api/v1/encounters/{id}/class", Guard::Any(&[P::ConductEncounter])),
    ("POST", "/api/v1/encounters/{id}/diagnoses", Guard::Any(&[P::ChartProblem])),
    ("POST", "/api/v1/encounters/{id}/diagnoses/rank", Guard::Any(&[P::ChartProblem])),
    ("POST", "/api/v1/encounters/{id}/diagnoses/remove", Guard::Any(&[P::ChartProblem])),
    ("POST", "/api/v1/encounters/{id}/entered-in-error", Guard::Any(&[P::ConductEncounter])),
    ("POST", "/api/v1/encounters/{id}/leave", Guard::Any(&[P::ConductEncounter])),
    ("POST", "/api/v1/encounters/{id}/participants", Guard::Any(&[P::ManageCareTeam])),
    ("POST", "/api/v1/encounters/{id}/participants/remove", Guard::Any(&[P::ManageCareTeam])),
    ("POST", "/api/v1/encounters/{id}/return", Guard::Any(&[P::ConductEncounter])),
    ("POST", "/api/v1/encounters/{id}/start", Guard::Any(&[P::ConductEncounter])),
    ("PUT", "/api/v1/encounters/{id}/summary", Guard::Any(&[P::DischargePatient])),
    ("POST", "/api/v1/encounters/{id}/triage", Guard::Any(&[P::ConductEncounter])),
    ("GET", "/api/v1/beds", Guard::Any(&[P::ReadWards])),
    ("GET", "/api/v1/beds/{id}", Guard::Any(&[P::ReadWards])),
    ("POST", "/api/v1/beds/{id}/block", Guard::Any(&[P::KeepBeds])),
    ("POST", "/api/v1/beds/{id}/clean", Guard::Any(&[P::KeepBeds])),
    ("POST", "/api/v1/beds/{id}/retire", Guard::Any(&[P::ManageWards])),
    ("POST", "/api/v1/beds/{id}/unblock", Guard::Any(&[P::KeepBeds])),
    ("GET", "/api/v1/wards", Guard::Any(&[P::ReadWards])),
    ("POST", "/api/v1/wards", Guard::Any(&[P::ManageWards])),
    ("GET", "/api/v1/wards/{id}", Guard::Any(&[P::ReadWards])),
    ("PUT", "/api/v1/wards/{id}", Guard::Any(&[P::ManageWards])),
    ("GET", "/api/v1/wards/{id}/beds", Guard::Any(&[P::ReadWards])),
    ("POST", "/api/v1/wards/{id}/beds", Guard::Any(&[P::ManageWards])),
    ("POST", "/api/v1/wards/{id}/close", Guard::Any(&[P::ManageWards])),
    ("POST", "/api/v1/wards/{id}/rooms", Guard::Any(&[P::ManageWards])),
    ("POST", "/api/v1/wards/{id}/rooms/remove", Guard::Any(&[P::ManageWards])),
    ("GET", "/api/v1/patients/{id}/charted-vitals", Guard::Any(&[P::ReadChart])),
    ("POST", "/api/v1/patients/{id}/procedures", Guard::Any(&[P::RecordProcedure])),
    ("GET", "/api/v1/procedures/{id}", Guard::Any(&[P::ReadChart])),
    ("PATCH", "/api/v1/procedures/{id}", Guard::Any(&[P::RecordProcedure])),
    ("POST", "/api/v1/procedures/{id}/entered-in-error", Guard::Any(&[P::RecordProcedure])),
    ("POST", "/api/v1/patients/{id}/immunizations", Guard::Any(&[P::RecordImmunization])),
    ("GET", "/api/v1/immunizations/{id}", Guard::Any(&[P::ReadChart])),
    ("PATCH", "/api/v1/immunizations/{id}", Guard::Any(&[P::RecordImmunization])),
    ("POST", "/api/v1/immunizations/{id}/entered-in-error", Guard::Any(&[P::RecordImmunization])),
    ("POST", "/api/v1/patients/{id}/family-history", Guard::Any(&[P::ChartHistory])),
    ("GET", "/api/v1/family-history/{id}", Guard::Any(&[P::ReadChart])),
    ("PATCH", "/api/v1/family-history/{id}", Guard::Any(&[P::ChartHistory])),
    ("POST", "/api/v1/family-history/{id}/entered-in-error", Guard::Any(&[P::ChartHistory])),
    ("POST", "/api/v1/patients/{id}/social-history", Guard::Any(&[P::ChartHistory])),
    ("GET", "/api/v1/social-history/{id}", Guard::Any(&[P::ReadChart])),
    ("PATCH", "/api/v1/social-history/{id}", Guard::Any(&[P::ChartHistory])),
    ("POST", "/api/v1/social-history/{id}/entered-in-error", Guard::Any(&[P::ChartHistory])),
    ("GET", "/api/v1/encounters/{id}", Guard::Any(&[P::ReadChart])),
    ("POST", "/api/v1/encounters/{id}/discharge", Guard::Any(&[P::DischargePatient])),
    ("POST", "/api/v1/encounters/{id}/transfer", Guard::Any(&[P::TransferPatient])),
    ("POST", "/api/v1/encounters/{id}/vitals", Guard::Any(&[P::RecordVitals])),
    ("POST", "/api/v1/imports", Guard::Any(&[P::ImportRecords])),
    ("GET", "/api/v1/live", Guard::Ticket(&[P::ReadLive])),
    ("POST", "/api/v1/live/tickets", Guard::Any(&[P::ReadLive])),
    ("POST", "/api/v1/medication-orders/{id}/stop", Guard::Any(&[P::StopMedication, P::PrescribeMedication])),
    ("GET", "/api/v1/notifications", Guard::Any(&[P::ReadLive])),
    ("POST", "/api/v1/observations/{id}/viewed", Guard::Any(&[P::ViewResult])),
    ("GET", "/api/v1/patients", Guard::Any(&[P::ReadDirectory])),
    ("POST", "/api/v1/patients", Guard::Any(&[P::RegisterPatient])),
    ("GET", "/api/v1/patients/duplicates", Guard::Any(&[P::ReadDirectory])),
    ("POST", "/api/v1/patients/duplicates/dismiss", Guard::Any(&[P::MergePatients])),
    ("POST", "/api/v1/patients/match", Guard::Any(&[P::ReadDirectory])),
    ("POST", "/api/v1/patients/{id}/merge", Guard::Any(&[P::MergePatients])),
    ("POST", "/api/v1/patients/{id}/unmerge", Guard::Any(&[P::MergePatients])),
    ("GET", "/api/v1/patients/{id}", Guard::Any(&[P::ReadDirectory, P::ReadChart])),
    ("PATCH", "/api/v1/patients/{id}", Guard::Any(&[P::RegisterPatient])),
    ("GET", "/api/v1/patients/{id}/accesses", Guard::Own(&[P::LabelRecord])),
    ("POST", "/api/v1/patients/{id}/allergies", Guard::Any(&[P::ChartAllergy])),
    ("POST", "/api/v1/patients/{id}/break-glass", Guard::Any(&[P::BreakGlass])),
    ("GET", "/api/v1/patients/{id}/care-team", Guard::Any(&[P::ReadChart])),
    ("POST", "/api/v1/patients/{id}/care-team", Guard::Any(&[P::ManageCareTeam])),
    ("POST", "/api/v1/patients/{id}/care-team/remove", Guard::Any(&[P::ManageCareTeam])),
    ("GET", "/api/v1/patients/{id}/chart", Guard::Any(&[P::ReadChart])),
    ("POST", "/api/v1/patients/{id}/encounters", Guard::Any(&[P::AdmitPatient])),
    ("POST", "/api/v1/patients/{id}/label", Guard::Any(&[P::LabelRecord])),
    ("POST", "/api/v1/patients/{id}/laboratory-results", Guard::Any(&[P::RecordResult])),
    ("POST", "/api/v1/patients/{id}/medication-orders", Guard::Any(&[P::PrescribeMedication])),
    ("POST", "/api/v1/patients/{id}/medication-orders/check", Guard::Any(&[P::PrescribeMedication])),
    ("POST", "/api/v1/patients/{id}/consents", Guard::Any(&[P::RecordConsent])),
    ("POST", "/api/v1/patients/{id}/deactivate", Guard::Any(&[P::RegisterPatient])),
    ("POST", "/api/v1/patients/{id}/entered-in-error", Guard::Any(&[P::RegisterPatient])),
    ("POST", "/api/v1/patients/{id}/reactivate", Guard::Any(&[P::RegisterPatient])),
    ("POST", "/api/v1/consents/{id}/entered-in-error", Guard::Any(&[P::RecordConsent])),
    ("POST", "/api/v1/consents/{id}/withdraw", Guard::Any(&[P::RecordConsent])),
    ("GET", "/api/v1/pathways", Guard::Any(&[P::ReadDirectory])),
    ("POST", "/api/v1/patients/{id}/pathway", Guard::Any(&[P::AdvancePathway])),
    ("POST", "/api/v1/patients/{id}/problems", Guard::Any(&[P::ChartProblem])),
    ("GET", "/api/v1/patients/{id}/export", Guard::Any(&[P::ExportRecord])),
    ("GET", "/api/v1/patients/{id}/timeline", Guard::Any(&[P::ReadChart])),
    ("GET", "/api/v1/patients/{id}/vitals", Guard::Any(&[P::ReadChart])),
    ("PUT", "/api/v1/patients/{id}/alarm-limits/{code}", Guard::Any(&[P::SetAlarmLimits])),
    ("GET", "/api/v1/patients/{id}/{list}", Guard::Any(&[P::ReadChart])),
    ("POST", "/api/v1/encounters/{id}/consultation", Guard::Any(&[P::WriteNote])),
    ("GET", "/api/v1/inbox", Guard::Any(&[P::ReadInbox])),
    ("POST", "/api/v1/notes/search", Guard::Any(&[P::ReadChart])),
    ("GET", "/api/v1/notes/{id}", Guard::Any(&[P::ReadChart])),
    ("PUT", "/api/v1/notes/{id}", Guard::Any(&[P::WriteNote])),
    ("POST", "/api/v1/notes/{id}/cosign", Guard::Any(&[P::CosignNote])),
    ("POST", "/api/v1/notes/{id}/cosign-requests", Guard::Any(&[P::WriteNote])),
    ("POST", "/api/v1/notes/{id}/cosign-requests/withdraw", Guard::Any(&[P::WriteNote])),
    ("POST", "/api/v1/notes/{id}/discard", Guard::Any(&[P::WriteNote])),
    ("PUT", "/api/v1/notes/{id}/draft", Guard::Any(&[P::WriteNote])),
    ("POST", "/api/v1/notes/{id}/entered-in-error", Guard::Any(&[P::WriteNote])),
    ("POST", "/api/v1/notes/{id}/sign", Guard::Any(&[P::WriteNote])),
    ("GET", "/api/v1/notes/{id}/versions", Guard::Any(&[P::ReadChart])),
    ("GET", "/api/v1/patients/{id}/notes", Guard::Any(&[P::ReadChart])),
    ("POST", "/api/v1/patients/{id}/notes", Guard::Any(&[P::WriteNote])),
    ("POST", "/api/v1/patients/{id}/notes/search", Guard::Any(&[P::ReadChart])),
    ("GET", "/api/v1/patients/{id}/plans", Guard::Any(&[P::ReadChart])),
    ("POST", "/api/v1/patients/{id}/plans", Guard::Any(&[P::ManagePlan])),
    ("GET", "/api/v1/plans/{id}", Guard::Any(&[P::ReadChart])),
    ("PATCH", "/api/v1/plans/{id}", Guard::Any(&[P::ManagePlan])),
    ("POST", "/api/v1/plans/{id}/activities", Guard::Any(&[P::ManagePlan])),
    ("POST", "/api/v1/plans/{id}/activities/{number}/assign", Guard::Any(&[P::ManagePlan])),
    ("POST", "/api/v1/plans/{id}/activities/{number}/done", Guard::Any(&[P::PerformActivity])),
    ("POST", "/api/v1/plans/{id}/activities/{number}/skip", Guard::Any(&[P::PerformActivity])),
    ("POST", "/api/v1/plans/{id}/entered-in-error", Guard::Any(&[P::ManagePlan])),
    ("POST", "/api/v1/plans/{id}/goals", Guard::Any(&[P::ManagePlan])),
    ("POST", "/api/v1/plans/{id}/goals/{number}/status", Guard::Any(&[P::ManagePlan])),
    ("POST", "/api/v1/plans/{id}/reviews", Guard::Any(&[P::ManagePlan])),
    ("POST", "/api/v1/plans/{id}/reviews/{number}/held", Guard::Any(&[P::ManagePlan])),
    ("POST", "/api/v1/plans/{id}/status", Guard::Any(&[P::ManagePlan])),
    ("GET", "/api/v1/templates", Guard::Any(&[P::ReadTemplates])),
    ("POST", "/api/v1/templates", Guard::Any(&[P::ManageTemplates])),
    ("GET", "/api/v1/templates/{id}", Guard::Any(&[P::ReadTemplates])),
    ("PUT", "/api/v1/templates/{id}", Guard::Any(&[P::ManageTemplates])),
    ("POST", "/api/v1/templates/{id}/retire", Guard::Any(&[P::ManageTemplates])),
    ("PATCH", "/api/v1/problems/{id}", Guard::Any(&[P::ChartProblem])),
    ("POST", "/api/v1/problems/{id}/entered-in-error", Guard::Any(&[P::ChartProblem])),
    ("POST", "/api/v1/problems/{id}/resolve", Guard::Any(&[P::ChartProblem])),
    ("GET", "/api/v1/rules", Guard::Any(&[P::ReadRules, P::PrescribeMedication, P::AnswerSuggestion])),
    ("GET", "/api/v1/rules/backtests", Guard::Any(&[P::ReadRuleMetrics])),
    ("POST", "/api/v1/rules/backtests", Guard::Any(&[P::BacktestRules])),
    ("GET", "/api/v1/rules/backtests/{id}", Guard::Any(&[P::ReadRuleMetrics])),
    ("POST", "/api/v1/rules/backtests/{id}/cancel", Guard::Any(&[P::BacktestRules])),
    ("GET", "/api/v1/rules/metrics", Guard::Any(&[P::ReadRuleMetrics])),
    ("GET", "/api/v1/rules/schema", Guard::Any(&[P::ReadRules, P::PrescribeMedication, P::AnswerSuggestion])),
    ("GET", "/api/v1/rules/{id}", Guard::Any(&[P::ReadRules, P::PrescribeMedication, P::AnswerSuggestion])),
    ("GET", "/api/v1/rules/{id}/diff", Guard::Any(&[P::ReadRules, P::PrescribeMedication, P::AnswerSuggestion])),
    ("GET", "/api/v1/rules/{id}/shadow", Guard::Any(&[P::ReadRules])),
    ("GET", "/api/v1/rules/{id}/versions", Guard::Any(&[P::ReadRules, P::PrescribeMedication, P::AnswerSuggestion])),
    (
        "GET",
        "/api/v1/rules/{id}/versions/{number}",
        Guard::Any(&[P::ReadRules, P::PrescribeMedication, P::AnswerSuggestion]),
    ),
    ("PUT", "/api/v1/rules/{id}/versions/{number}", Guard::Any(&[P::WriteRules])),
    ("POST", "/api/v1/rules/{id}/versions/{number}/activate", Guard::Any(&[P::ApproveRules])),
    ("POST", "/api/v1/rules/{id}/versions/{number}/retire", Guard::Any(&[P::ApproveRules])),
    ("POST", "/api/v1/rules/{id}/versions/{number}/shadow", Guard::Any(&[P::ApproveRules])),
    ("POST", "/api/v1/rules/{id}/versions/{number}/test", Guard::Any(&[P::WriteRules])),
    ("POST", "/api/v1/rules", Guard::Any(&[P::WriteRules])),
    ("POST", "/api/v1/rules/try", Guard::Any(&[P::WriteRules])),
    ("POST", "/api/v1/checks/medications", Guard::Any(&[P::CheckMedications])),
    ("GET", "/api/v1/calculated-scores/{id}", Guard::Any(&[P::ReadChart])),
    ("POST", "/api/v1/calculated-scores/{id}/entered-in-error", Guard::Any(&[P::RecordScore])),
    ("POST", "/api/v1/patients/{id}/scores/{name}", Guard::Any(&[P::RecordScore])),
    ("GET", "/api/v1/scores", Guard::Any(&[P::ComputeScore])),
    ("POST", "/api/v1/scores/{name}", Guard::Any(&[P::ComputeScore])),
    ("POST", "/api/v1/scores/news2", Guard::Any(&[P::ComputeScore])),
    ("GET", "/api/v1/cds-clients", Guard::Any(&[P::ManageAccounts])),
    ("POST", "/api/v1/cds-clients", Guard::Any(&[P::ManageAccounts])),
    ("GET", "/api/v1/cds-clients/{id}", Guard::Any(&[P::ManageAccounts])),
    ("PATCH", "/api/v1/cds-clients/{id}", Guard::Any(&[P::ManageAccounts])),
    ("DELETE", "/api/v1/cds-clients/{id}", Guard::Any(&[P::ManageAccounts])),
    ("GET", "/api/v1/service-accounts", Guard::Any(&[P::ManageAccounts])),
    ("POST", "/api/v1/service-accounts", Guard::Any(&[P::ManageAccounts])),
    ("GET", "/api/v1/service-accounts/{id}", Guard::Any(&[P::ManageAccounts])),
    ("POST", "/api/v1/service-accounts/{id}/certificate", Guard::Any(&[P::ManageAccounts])),
    ("POST", "/api/v1/service-accounts/{id}/disable", Guard::Any(&[P::ManageAccounts])),
    ("POST", "/api/v1/service-accounts/{id}/enable", Guard::Any(&[P::ManageAccounts])),
    ("POST", "/api/v1/service-accounts/{id}/secrets", Guard::Any(&[P::ManageAccounts])),
    ("POST", "/api/v1/service-accounts/{id}/secrets/{secret}/revoke", Guard::Any(&[P::ManageAccounts])),
    ("GET", "/api/v1/suggestions/{id}", Guard::Any(&[P::ReadChart])),
    ("POST", "/api/v1/suggestions/{id}/accept", Guard::Any(&[P::AnswerSuggestion])),
    ("GET", "/api/v1/suggestions/{id}/justification", Guard::Any(&[P::ReadChart])),
    ("POST", "/api/v1/suggestions/{id}/override", Guard::Any(&[P::AnswerSuggestion])),
    ("POST", "/api/v1/suggestions/{id}/snooze", Guard::Any(&[P::AnswerSuggestion])),
    ("POST", "/api/v1/telemetry/readings", Guard::Any(&[P::SubmitTelemetry])),
    ("GET", "/api/v1/vitals/{id}", Guard::Any(&[P::ReadChart])),
    ("POST", "/api/v1/vitals/{id}/entered-in-error", Guard::Any(&[P::RecordVitals])),
    ("GET", "/api/v1/appointment-types", Guard::Any(&[P::ReadSchedules])),
    ("POST", "/api/v1/appointment-types", Guard::Any(&[P::ManageSchedules])),
    ("GET", "/api/v1/appointment-types/{id}", Guard::Any(&[P::ReadSchedules])),
    ("PUT", "/api/v1/appointment-types/{id}", Guard::Any(&[P::ManageSchedules])),
    ("POST", "/api/v1/appointment-types/{id}/retire", Guard::Any(&[P::ManageSchedules])),
    ("GET", "/api/v1/appointments", Guard::Any(&[P::ReadAppointments])),
    ("GET", "/api/v1/appointments/{id}", Guard::Any(&[P::ReadAppointments])),
    ("POST", "/api/v1/appointments/{id}/cancel", Guard::Any(&[P::BookAppointment])),
    ("POST", "/api/v1/appointments/{id}/check-in", Guard::Any(&[P::ConductAppointment])),
    ("POST", "/api/v1/appointments/{id}/complete", Guard::Any(&[P::ConductAppointment])),
    ("POST", "/api/v1/appointments/{id}/confirm", Guard::Any(&[P::BookAppointment])),
    ("POST", "/api/v1/appointments/{id}/no-show", Guard::Any(&[P::ConductAppointment])),
    ("POST", "/api/v1/appointments/{id}/release", Guard::Any(&[P::BookAppointment])),
    ("POST", "/api/v1/appointments/{id}/reschedule", Guard::Any(&[P::BookAppointment, P::OverbookAppointment])),
    ("GET", "/api/v1/patients/{id}/appointments", Guard::Any(&[P::ReadAppointments])),
    ("POST", "/api/v1/patients/{id}/appointments", Guard::Any(&[P::BookAppointment, P::OverbookAppointment])),
    ("POST", "/api/v1/patients/{id}/appointment-series", Guard::Any(&[P::BookAppointment])),
    ("POST", "/api/v1/patients/{id}/waitlist", Guard::Any(&[P::BookAppointment])),
    ("GET", "/api/v1/schedules", Guard::Any(&[P::ReadSchedules])),
    ("POST", "/api/v1/schedules", Guard::Any(&[P::ManageSchedules])),
    ("GET", "/api/v1/schedules/{id}", Guard::Any(&[P::ReadSchedules])),
    ("GET", "/api/v1/schedules/{id}/calendar", Guard::Any(&[P::ReadSchedules])),
    ("POST", "/api/v1/schedules/{id}/closures", Guard::Any(&[P::ManageSchedules])),
    ("POST", "/api/v1/schedules/{id}/closures/{number}/remove", Guard::Any(&[P::ManageSchedules])),
    ("PUT", "/api/v1/schedules/{id}/hours", Guard::Any(&[P::ManageSchedules])),
    ("POST", "/api/v1/schedules/{id}/move-day", Guard::Any(&[P::ManageSchedules])),
    ("POST", "/api/v1/schedules/{id}/retire", Guard::Any(&[P::ManageSchedules])),
    ("GET", "/api/v1/slots", Guard::Any(&[P::ReadSchedules])),
    ("GET", "/api/v1/waitlist", Guard::Any(&[P::ReadAppointments])),
    ("POST", "/api/v1/waitlist/{id}/accept", Guard::Any(&[P::BookAppointment])),
    ("POST", "/api/v1/waitlist/{id}/decline", Guard::Any(&[P::BookAppointment])),
    ("POST", "/api/v1/waitlist/{id}/leave", Guard::Any(&[P::BookAppointment])),
];

/// One of [`ROUTES`].
#[derive(Debug, Clone, Copy)]
pub struct Row(&'static (&'static str, &'static str, Guard));

impl Row {
    /// The path, with the names of its parameters in place of their values.
    pub const fn path(self) -> &'static str {
        self.0.1
    }

    /// Who may call it.
    pub const fn guard(self) -> Guard {
        self.0.2
    }
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

/// The rows by method, to be found at once however many there are.
static ROUTER: LazyLock<HashMap<&str, Router<Row>>> = LazyLock::new(|| {
    let mut routers = HashMap::<_, Router<_>>::new();
    for row in ROUTES {
        let (method, path, _) = row;
        // What stands twice, or in another's place, is not found, so it is closed: the tests call every route.
        let _closed = routers.entry(*method).or_default().insert(*path, Row(row));
    }
    routers
});

/// The row that a request asks for. A word of a path goes before a place for anything.
pub fn row_of(method: &str, path: &str) -> Option<Row> {
    ROUTER.get(method)?.at(path).ok().map(|found| *found.value)
}

/// The row of a route, named by its method and its path as in the OpenAPI document.
pub fn row_of_route(method: &str, path: &str) -> Option<Row> {
    ROUTES.iter().find(|(of, at, _)| *of == method && *at == path).map(Row)
}

/// The guard of a request.
pub fn guard_of(method: &str, path: &str) -> Option<Guard> {
    row_of(method, path).map(Row::guard)
}

/// The methods that a path knows, for `Allow`; none where there is nothing.
pub fn methods_of(path: &str) -> Vec<&'static str> {
    ["DELETE", "GET", "PATCH", "POST", "PUT"].into_iter().filter(|method| row_of(method, path).is_some()).collect()
}

/// The routes of an OpenAPI document, as method and path.
pub fn routes_of(api: &utoipa::openapi::OpenApi) -> Vec<(String, String)> {
    // The document is text and lists alone; writing it cannot fail.
    let document = serde_json::to_value(api).unwrap_or_default();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in ["get", "post", "put", "patch", "delete"] {
            if item.get(method).is_some() {
                all.push((method.to_uppercase(), path.clone()));
            }
        }
    }
    all
}

/// `docs/ACCESS-MATRIX.md`: every route by every role.
pub fn access_matrix() -> String {
    let mut page = String::from(
        "# Who may call what\n\n\
         Generated from the routing table and the permissions of the roles (`healthcare-api/src/startup/matrix.rs`, \
         `healthcare-application/src/access/role.rs`); a test holds this page against them and calls every route as every \
         role.\n\n\
         ● may · ◐ may with an active care relationship or a break-glass grant (a patient: their own record) · empty: may \
         not, answered 403. Without a token every route but the public ones answers 401.\n\n",
    );
    let roles: Vec<String> = Role::ALL.iter().map(|role| role.as_str().replace('_', " ")).collect();
    page += &format!("| route | {} |\n|---|{}\n", roles.join(" | "), ":-:|".repeat(roles.len()));
    for (method, path, guard) in ROUTES {
        let cells: Vec<&str> = Role::ALL.iter().map(|role| cell(*guard, *role)).collect();
        page += &format!("| `{method} {path}` | {} |\n", cells.join(" | "));
    }
    page
}

fn cell(guard: Guard, role: Role) -> &'static str {
    if matches!(guard, Guard::Public | Guard::SignedIn) {
        return "●";
    }
    if matches!(guard, Guard::Own(_)) && role == Role::Patient {
        return "◐";
    }
    let held: Vec<P> = guard.permissions().iter().copied().filter(|one| role.may(*one)).collect();
    if held.is_empty() {
        ""
    } else if held.into_iter().all(P::needs_relationship) {
        "◐"
    } else {
        "●"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_is_found_by_its_own_path() {
        for (method, path, guard) in ROUTES {
            let found = row_of(method, path).map(|row| (row.path(), row.guard()));
            assert_eq!(found, Some((*path, *guard)), "{method} {path}");
        }
    }

    #[test]
    fn the_closest_path_counts() {
        assert_eq!(guard_of("GET", "/api/v1/patients/1/chart"), Some(Guard::Any(&[P::ReadChart])));
        assert_eq!(guard_of("POST", "/api/v1/patients/1/care-team/remove"), Some(Guard::Any(&[P::ManageCareTeam])));
        assert_eq!(guard_of("DELETE", "/api/v1/patients/1"), None);
        assert_eq!(guard_of("GET", "/api/v1/patients/1/chart/2"), None);
    }

    #[test]
    fn a_path_tells_its_methods() {
        assert_eq!(methods_of("/api/v1/patients/1"), ["GET", "PATCH"]);
        assert_eq!(methods_of("/api/v1/nothing"), [""; 0]);
    }
}
