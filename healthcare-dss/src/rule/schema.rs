//! The published JSON Schema of the rule document, made from the types that read it.

use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::{AtAge, Direction, DrugForm, Range, RuleDocument, Scope, TableKind, Take};
use crate::book::Trigger;
use crate::fact::Sex;

/// The name of the schema.
pub const SCHEMA_ID: &str = "urn:healthcare:schema:rule";

/// Where utoipa keeps what a schema refers to, and where a schema by itself does.
const COMPONENTS: &str = "#/components/schemas/";

/// The JSON Schema (draft 2020-12) of [`RuleDocument`]. What it refuses the loader refuses too; the loader refuses more,
/// such as a value set that is not there.
#[must_use]
pub fn schema() -> Value {
    let mut referred = vec![];
    RuleDocument::schemas(&mut referred);
    // A condition holds conditions: what it refers to besides is not followed, lest it be followed forever.
    let conditions = [of::<Scope>, of::<DrugForm>, of::<Take>, of::<Direction>, of::<TableKind>, of::<Sex>];
    for more in [of::<Range>, of::<AtAge>].into_iter().chain(conditions) {
        more(&mut referred);
    }
    // Schemas hold text, numbers and lists alone; writing them cannot fail.
    let written = |schema: &RefOr<Schema>| serde_json::to_value(schema).map(standing_alone).unwrap_or_default();
    let definitions: Map<String, Value> =
        referred.iter().map(|(name, schema)| (name.clone(), written(schema))).collect();
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "Rule",
    });
    if let (Some(schema), Value::Object(document)) = (schema.as_object_mut(), written(&RuleDocument::schema())) {
        schema.extend(document);
        schema.insert("$defs".to_owned(), Value::Object(definitions));
        // What was kept may have other triggers; what is submitted has to have these.
        let triggers: Vec<&str> = Trigger::known().collect();
        if let Some(trigger) = schema.get_mut("properties").and_then(|fields| fields.pointer_mut("/triggers/items")) {
            *trigger = json!({ "type": "string", "enum": triggers });
        }
    }
    schema
}

/// A type by its name.
fn of<T: ToSchema>(into: &mut Vec<(String, RefOr<Schema>)>) {
    into.push((T::name().into_owned(), T::schema()));
}

/// A schema that refers to the definitions beside it, in the words of the draft alone.
fn standing_alone(schema: Value) -> Value {
    match schema {
        Value::Object(mut fields) => {
            // Whatever the loader reads refuses fields that it does not know.
            if fields.contains_key("properties") {
                fields.entry("additionalProperties").or_insert(Value::Bool(false));
            }
            if let Some(example) = fields.remove("example") {
                fields.insert("examples".to_owned(), Value::Array(vec![example]));
            }
            Value::Object(
                fields
                    .into_iter()
                    .map(|(name, value)| match value {
                        Value::String(target) if name == "$ref" => {
                            let target =
                                target.strip_prefix(COMPONENTS).map_or(target.clone(), |to| format!("#/$defs/{to}"));
                            (name, Value::String(target))
                        }
                        value => (name, standing_alone(value)),
                    })
                    .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.into_iter().map(standing_alone).collect()),
        value => value,
    }
}

#[cfg(test)]
#[path = "schema_test.rs"]
mod tests;
