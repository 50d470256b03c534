//! What a rule proposes: data that the application maps to a command of the same meaning.

use healthcare_domain::code::{Coding, LOINC};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::fact::EventRef;
use crate::text::Text;

/// A drafted action. It does nothing until a person accepts it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Proposal {
    /// Do not sign the draft being judged.
    CancelDraft {
        /// The draft.
        draft: EventRef,
        /// Its name.
        medication: Text,
    },
    /// Stop an active medication order.
    StopMedication {
        /// The order.
        order: EventRef,
        /// Its name.
        medication: Text,
    },
    /// Order a laboratory test.
    OrderLaboratory {
        /// The LOINC code of the test.
        test: Coding,
    },
    /// Ask for allergies and record the answer.
    RecordAllergyStatus,
    /// Ask whether the patient is pregnant and record the answer.
    RecordPregnancyStatus,
    /// Record a set of vital signs.
    RecordVitalSigns {
        /// Within how many minutes.
        within_minutes: u16,
    },
    /// Ask a clinician to assess the patient.
    RequestAssessment {
        /// Who, such as `doctor`.
        by: Text,
        /// Within how many minutes.
        within_minutes: u16,
    },
    /// Look at something and decide.
    Review {
        /// What to look at.
        what: Text,
    },
}

impl Proposal {
    /// What it asks for, in a few words.
    pub fn words(&self) -> String {
        match self {
            Self::CancelDraft { medication, .. } => format!("Do not order {medication}"),
            Self::StopMedication { medication, .. } => format!("Stop {medication}"),
            Self::OrderLaboratory { test } => format!("Order {}", test.display.as_deref().unwrap_or(&test.code)),
            Self::RecordAllergyStatus => "Ask for allergies and record the answer".to_owned(),
            Self::RecordPregnancyStatus => "Ask whether the patient is pregnant".to_owned(),
            Self::RecordVitalSigns { within_minutes } => format!("Record vital signs within {within_minutes} minutes"),
            Self::RequestAssessment { by, within_minutes } => {
                format!("Assessment by {by} within {within_minutes} minutes")
            }
            Self::Review { what } => what.to_string(),
        }
    }

    /// The code (LOINC) of what is to be done, where it has one.
    pub fn code(&self) -> Option<Coding> {
        match self {
            Self::OrderLaboratory { test } => Some(test.clone()),
            Self::RecordPregnancyStatus => Some(Coding::new(LOINC, "82810-3", "Pregnancy status")),
            Self::RecordVitalSigns { within_minutes: _ } => Some(Coding::new(
                LOINC,
                "85353-1",
                "Vital signs, weight, height, head circumference, oxygen saturation and BMI panel",
            )),
            Self::CancelDraft { .. }
            | Self::StopMedication { .. }
            | Self::RecordAllergyStatus
            | Self::RequestAssessment { .. }
            | Self::Review { .. } => None,
        }
    }
}
