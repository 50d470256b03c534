//! Why a rule or a knowledge file was refused.

use healthcare_domain::by_name::ByName;
use serde::de::DeserializeOwned;

/// A fault in a document, with the place where it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{document}: {path}: {reason}")]
pub struct RuleError {
    /// The file, or the id of the rule.
    pub document: String,
    /// The JSON path, such as `when.all[0].observation.unit`; `.` is the document itself.
    pub path: String,
    /// What is wrong.
    pub reason: String,
}

impl RuleError {
    pub(crate) fn at(document: &str, path: &str, reason: String) -> Self {
        Self { document: document.to_owned(), path: path.to_owned(), reason }
    }
}

/// The path as far as it was read; where the text itself is broken the last step is not known.
fn place(path: &serde_path_to_error::Path) -> String {
    let path = path.to_string();
    match path.strip_suffix('?').map(|known| known.trim_end_matches('.')) {
        Some("") => ".".to_owned(),
        Some(known) => known.to_owned(),
        None => path,
    }
}

/// Reads a JSON document and tells where it is wrong.
pub(crate) fn read_json<T: DeserializeOwned>(document: &str, text: &str) -> Result<T, RuleError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(ByName(&mut deserializer))
        .map_err(|error| RuleError::at(document, &place(error.path()), error.inner().to_string()))?;
    deserializer.end().map_err(|error| RuleError::at(document, ".", error.to_string()))?;
    Ok(value)
}
