//! What a rule proposes: data that the application maps to a command of the same meaning.

use healthcare_domain::code::Coding;
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
