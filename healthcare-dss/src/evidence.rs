//! What a rule stands on.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::text::Text;

/// The source of a rule or of a row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Where it is published.
    pub citation: Text,
    /// A link to it, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Text>,
    /// How strong it is.
    pub grade: EvidenceGrade,
    /// Whether the source was read when the rule was written.
    pub source: SourceRead,
}

/// The kind of source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceGrade {
    /// A guideline of a professional body or a public health service.
    Guideline,
    /// A consensus of experts.
    Consensus,
    /// The drug's approved label.
    Label,
    /// Trials or observational studies.
    Study,
    /// Common practice, or a threshold the site sets for itself.
    LocalPractice,
}

/// Whether someone opened the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SourceRead {
    /// The source was read when the rule was written.
    Checked,
    /// Written from general knowledge of the source, which still has to be read against it.
    Unchecked,
}
