//! What the directory shows of a patient to who has no care relationship.

use serde_json::{Map, Value, value::RawValue};

use crate::store::StoreError;

/// The fields of the directory: what tells one person from another, no more.
const FIELDS: [&str; 7] = ["id", "version", "status", "identifiers", "names", "gender", "birth_date"];

/// A patient's view, reduced to what the directory shows.
///
/// # Errors
/// When the view is damaged.
pub fn directory_entry(body: &str) -> Result<Box<RawValue>, StoreError> {
    let damaged = |e: serde_json::Error| StoreError::Damaged(Box::new(e));
    let view: Map<String, Value> = serde_json::from_str(body).map_err(damaged)?;
    let shown: Map<String, Value> = view.into_iter().filter(|(name, _)| FIELDS.contains(&name.as_str())).collect();
    serde_json::value::to_raw_value(&shown).map_err(damaged)
}

#[cfg(test)]
mod tests {
    use super::directory_entry;

    #[test]
    fn the_directory_tells_people_apart_and_no_more() {
        let view = r#"{"id":"a","names":[{"family":"F"}],"addresses":[{}],"telecom":[{}],"pathway":{"stage":"x"}}"#;
        assert_eq!(directory_entry(view).unwrap().get(), r#"{"id":"a","names":[{"family":"F"}]}"#);
    }
}
