//! For what purpose a record is used.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Actor;
use super::Role;

/// The purpose of a use, as HL7 v3 PurposeOfUse names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
pub enum Purpose {
    /// Treatment of this patient.
    #[default]
    #[serde(rename = "TREAT")]
    Treatment,
    /// Treatment in an emergency: under a break-glass grant.
    #[serde(rename = "ETREAT")]
    EmergencyTreatment,
    /// At the patient's own request.
    #[serde(rename = "PATRQT")]
    PatientRequest,
    /// Running the house: registration, devices, imports, audits.
    #[serde(rename = "HOPERAT")]
    Operations,
    /// Improving health care: quality, reports.
    #[serde(rename = "HQUALIMP")]
    QualityImprovement,
}

impl Purpose {
    /// The code of HL7 v3 PurposeOfUse.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Treatment => "TREAT",
            Self::EmergencyTreatment => "ETREAT",
            Self::PatientRequest => "PATRQT",
            Self::Operations => "HOPERAT",
            Self::QualityImprovement => "HQUALIMP",
        }
    }

    /// What an actor usually comes for.
    pub const fn usual(actor: &Actor) -> Self {
        if actor.system {
            return Self::Operations;
        }
        match actor.role {
            Role::Doctor
            | Role::SeniorClinician
            | Role::Nurse
            | Role::Pharmacist
            | Role::LabTechnician
            | Role::Radiologist
            | Role::Device => Self::Treatment,
            Role::Patient => Self::PatientRequest,
            Role::Analyst => Self::QualityImprovement,
            Role::Admin | Role::Receptionist | Role::Auditor | Role::PrivacyOfficer | Role::RuleAuthor => {
                Self::Operations
            }
        }
    }
}
