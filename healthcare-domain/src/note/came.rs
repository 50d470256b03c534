//! The document a note came as.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A FHIR Composition, but for what the record itself holds of it and writes anew: its members by name, word by word. Nothing
/// decides by them; they go out again as they came.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CameAs(Map<String, Value>);

impl CameAs {
    /// What is left of a Composition. None of what is no resource.
    pub fn of(composition: Value) -> Option<Self> {
        match composition {
            Value::Object(members) => Some(Self(members)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
        }
    }

    /// A member, e.g. `attester`.
    pub fn member(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The members by name.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::CameAs;

    #[test]
    fn it_is_kept_member_by_member_and_written_as_it_came() {
        let whole = json!({ "attester": [{ "mode": "legal" }], "status": "final" });
        let came = CameAs::of(whole.clone()).unwrap();
        assert_eq!((came.member("status"), came.members().count()), (Some(&json!("final")), 2));
        assert_eq!(serde_json::to_value(&came).unwrap(), whole);
        assert_eq!(serde_json::from_value::<CameAs>(whole).unwrap(), came);
        for other in [json!([]), json!("final"), json!(null), json!(1)] {
            assert_eq!(CameAs::of(other.clone()), None);
            assert!(serde_json::from_value::<CameAs>(other).is_err());
        }
    }
}
