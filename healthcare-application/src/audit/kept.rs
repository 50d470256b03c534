//! The entry of a call that asks for a permit.

use chrono::{DateTime, Utc};
use healthcare_domain::id::PatientId;

use super::{Entry, Fields, Outcome};
use crate::access::{Call, Permission, Purpose};

impl Entry {
    /// What a call does by a permission, to a patient where it concerns one.
    pub fn of(call: &Call, permission: Permission, patient: Option<PatientId>, at: DateTime<Utc>) -> Self {
        let outcome = if call.purpose == Purpose::EmergencyTreatment { Outcome::BreakGlass } else { Outcome::Allowed };
        Self { outcome, ..Self::act(call, permission.name(), Fields::of(permission), at) }.about(patient)
    }

    /// Something a call does that no permission names, e.g. a sign-out or an export.
    pub fn act(call: &Call, action: &'static str, fields: Fields, at: DateTime<Utc>) -> Self {
        let actor = &call.actor;
        Self {
            at,
            actor: actor.account.0,
            role: if actor.system { "system".into() } else { actor.role.as_str().into() },
            session: actor.session,
            address: call.address,
            purpose: call.purpose.as_str().into(),
            action: action.into(),
            resource: call.resource.clone(),
            fields,
            patient: None,
            subject: None,
            outcome: Outcome::Allowed,
            reason: None,
            request: call.request_id,
            note: None,
        }
    }

    /// The same about a patient.
    #[must_use]
    pub fn about(self, patient: Option<PatientId>) -> Self {
        Self { patient, ..self }
    }

    /// The same where a break-glass grant alone opened it: emergency treatment, and no simple permission.
    #[must_use]
    pub fn under_a_grant(self) -> Self {
        Self { purpose: Purpose::EmergencyTreatment.as_str().into(), outcome: Outcome::BreakGlass, ..self }
    }

    /// The same, denied.
    #[must_use]
    pub fn denied(self, reason: &'static str) -> Self {
        Self { outcome: Outcome::Denied, reason: Some(reason.into()), ..self }
    }
}

impl Fields {
    /// The class of data that a permission opens.
    pub fn of(permission: Permission) -> Self {
        use Permission as P;
        match permission {
            P::ReadDirectory => Self::Directory,
            P::RegisterPatient => Self::Demographics,
            P::ReadLive | P::SubmitTelemetry => Self::Telemetry,
            P::ManageAccounts => Self::Accounts,
            P::ReadAudit => Self::Audit,
            P::ReadReports | P::ReadRuleMetrics => Self::Reports,
            P::ManageDevices
            | P::ReadRules
            | P::WriteRules
            | P::ApproveRules
            | P::BacktestRules
            | P::ComputeScore
            | P::CheckMedications
            | P::OperateSystem => Self::System,
            _ => Self::Clinical,
        }
    }
}
