//! Words a person wrote, bounded and never blank.

use serde::{Deserialize, Serialize};

/// A reason or remark: 1 to 2,000 characters, not only white space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Remark(String);

/// The text is blank or longer than 2,000 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must hold 1 to 2,000 characters and not be blank")]
pub struct NotARemark;

impl Remark {
    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Remark {
    type Error = NotARemark;
    fn try_from(text: String) -> Result<Self, NotARemark> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > 2_000 { Err(NotARemark) } else { Ok(Self(text.to_owned())) }
    }
}

impl From<Remark> for String {
    fn from(remark: Remark) -> String {
        remark.0
    }
}

impl utoipa::PartialSchema for Remark {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .min_length(Some(1))
            .max_length(Some(2_000))
            .into()
    }
}
impl utoipa::ToSchema for Remark {}
