//! What a rule says and proposes, as its authors write it.

use healthcare_domain::code::Coding;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::finding::Link;
use crate::text::Text;

/// What a rule says. Messages name what they found in braces: `{drug}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Then {
    /// Under 140 characters once filled.
    pub summary: String,
    /// The whole message.
    pub detail: String,
    /// Drafted actions.
    #[serde(default)]
    pub suggestions: Vec<SuggestionDocument>,
    /// Reasons to choose from when going on regardless.
    #[serde(default)]
    pub override_reasons: Vec<Text>,
    /// Hours within which the same finding is not shown again.
    #[serde(default)]
    pub suppress_for_hours: Option<u32>,
    /// From which values on it is another, worse finding, told anew whatever was answered to the milder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worse: Option<Worse>,
    /// Where to read on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
}

/// Values that make a finding another one, and a worse: it is told anew within `suppress_for_hours`, too. What was answered
/// to the worse is answered to the milder, so that getting better tells nobody anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Worse {
    /// Which value, by the name the condition gives it: of a measurement with a limit on one side, or of the total of a
    /// score with a lower limit.
    pub of: String,
    /// In the unit of the condition, each further beyond its limit than the one before; reaching one is worse.
    #[serde(deserialize_with = "crate::number::list")]
    #[schema(schema_with = crate::number::list_schema)]
    pub at: Vec<Decimal>,
}

/// A drafted action, before it is known of what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SuggestionDocument {
    /// Do not sign the draft; nothing where there is none.
    CancelDraft,
    /// Stop the active medications that the rule matched.
    StopMatched,
    /// Order a laboratory test.
    OrderLaboratory(Coding),
    /// Ask for allergies.
    RecordAllergyStatus,
    /// Ask for pregnancy.
    RecordPregnancyStatus,
    /// Record vital signs within so many minutes.
    RecordVitalSigns {
        /// Minutes.
        within_minutes: u16,
    },
    /// Have the patient assessed.
    RequestAssessment {
        /// By whom.
        by: Text,
        /// Minutes.
        within_minutes: u16,
    },
    /// Look at something and decide.
    Review(Text),
}
