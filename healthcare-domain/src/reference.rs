//! Pointers from one entry of the record to another.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Who or what an entry names: known here by `id` where it could be resolved, else by what the source called it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Its identity in this record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// The reference as the source wrote it, where it resolves to nothing here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The name to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
}

/// An identifier issued by somebody: an MRN, a passport number, a licence.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Identifier {
    /// The namespace of the issuer, as a URI.
    #[schema(example = "http://hospital.example/mrn")]
    pub system: String,
    /// The value within it.
    #[schema(example = "MRN-00012")]
    pub value: String,
}
