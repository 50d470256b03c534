//! JSON merge patches (RFC 7396).

use healthcare_domain::by_name::ByName;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use validator::{Validate, ValidationErrors};

use crate::problem::Problem;

/// A merge patch: what is given replaces, `null` removes, the rest stays; objects are merged, lists replaced whole.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub struct MergePatch(Map<String, Value>);

impl Validate for MergePatch {
    fn validate(&self) -> Result<(), ValidationErrors> {
        // What it results in is checked once it is merged.
        Ok(())
    }
}

impl MergePatch {
    /// What `now` becomes, read as strictly as if it had been sent whole, and checked for its bounds. `kept` are fields
    /// of `now` that no caller changes: they are left out of what is read, so that a patch which names one is refused.
    ///
    /// # Errors
    /// With the place, when the result has another shape or breaks its bounds.
    pub fn onto<T: DeserializeOwned + Validate>(self, now: &impl Serialize, kept: &[&str]) -> Result<T, Problem> {
        let result: T = self.read(now, kept)?;
        result.validate().map_err(|e| Problem::invalid(&e))?;
        Ok(result)
    }

    /// What it says of some fields alone, which stay in it.
    ///
    /// # Errors
    /// With the place, when they have another shape.
    pub fn of<T: DeserializeOwned>(&self, fields: &[&str]) -> Result<T, Problem> {
        let of = |(name, value): (&String, &Value)| (name.clone(), value.clone());
        Self(self.0.iter().filter(|(name, _)| fields.contains(&name.as_str())).map(of).collect()).read(&(), &[])
    }

    /// As [`Self::onto`], for who checks the bounds of the result in another way.
    ///
    /// # Errors
    /// With the place, when the result has another shape.
    pub fn read<T: DeserializeOwned>(self, now: &impl Serialize, kept: &[&str]) -> Result<T, Problem> {
        let mut whole = serde_json::to_value(now).unwrap_or_default();
        if let Some(fields) = whole.as_object_mut() {
            fields.retain(|name, _| !kept.contains(&name.as_str()));
        }
        merge(&mut whole, Value::Object(self.0));
        let text = whole.to_string();
        let mut reader = serde_json::Deserializer::from_str(&text);
        serde_path_to_error::deserialize(ByName(&mut reader)).map_err(|e| Problem::bad_body(&e))
    }
}

/// RFC 7396, section 2: `MergePatch(Target, Patch)`.
fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(fields) = target.as_object_mut() else { return };
    for (name, value) in patch {
        if value.is_null() {
            fields.remove(&name);
        } else {
            merge(fields.entry(name).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The test cases of RFC 7396, appendix A.
    #[test]
    fn a_patch_is_merged_as_the_standard_says() {
        for (original, patch, result) in [
            (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b","b":"c"})),
            (json!({"a":"b"}), json!({"a":null}), json!({})),
            (json!({"a":"b","b":"c"}), json!({"a":null}), json!({"b":"c"})),
            (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"c"}), json!({"a":["b"]}), json!({"a":["b"]})),
            (json!({"a":{"b":"c"}}), json!({"a":{"b":"d","c":null}}), json!({"a":{"b":"d"}})),
            (json!({"a":[{"b":"c"}]}), json!({"a":[1]}), json!({"a":[1]})),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"a":"b"}), json!(["c"]), json!(["c"])),
            (json!({"a":"foo"}), json!(null), json!(null)),
            (json!({"a":"foo"}), json!("bar"), json!("bar")),
            (json!({"e":null}), json!({"a":1}), json!({"e":null,"a":1})),
            (json!([1, 2]), json!({"a":"b","c":null}), json!({"a":"b"})),
            (json!({}), json!({"a":{"bb":{"ccc":null}}}), json!({"a":{"bb":{}}})),
        ] {
            let mut merged = original.clone();
            merge(&mut merged, patch.clone());
            assert_eq!(merged, result, "{original} with {patch}");
        }
    }
}
