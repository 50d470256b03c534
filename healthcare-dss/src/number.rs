//! Decimals read from JSON numbers as well as from strings.
//!
//! Clients and rule authors write `36.8`; a decimal keeps it as 36.8 and not as its nearest binary fraction.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, de};
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, OneOfBuilder, RefOr, Schema, schema::Type};

/// A decimal that accepts a JSON number or a string.
#[derive(Debug, Clone, Copy)]
struct Number(Decimal);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor).map(Self)
    }
}

struct NumberVisitor;

impl de::Visitor<'_> for NumberVisitor {
    type Value = Decimal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_i64<E: de::Error>(self, v: i64) -> Result<Decimal, E> {
        Ok(Decimal::from(v))
    }

    fn visit_u64<E: de::Error>(self, v: u64) -> Result<Decimal, E> {
        Ok(Decimal::from(v))
    }

    /// The shortest decimal that reads back as the same float: what its author typed.
    fn visit_f64<E: de::Error>(self, v: f64) -> Result<Decimal, E> {
        self.visit_str(&v.to_string())
    }

    fn visit_str<E: de::Error>(self, v: &str) -> Result<Decimal, E> {
        v.parse().map_err(|_| E::invalid_value(de::Unexpected::Str(v), &self))
    }
}

/// What these decimals look like in a schema: a number, or a string that is one.
#[must_use]
pub fn schema() -> RefOr<Schema> {
    let number = ObjectBuilder::new().schema_type(Type::Number);
    let words = ObjectBuilder::new().schema_type(Type::String).pattern(Some(r"^-?[0-9]+(\.[0-9]+)?$"));
    OneOfBuilder::new().item(number).item(words).into()
}

/// Reads a decimal from a JSON number or string.
///
/// # Errors
/// Anything else, or a number beyond 28 digits.
pub fn decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    Number::deserialize(deserializer).map(|number| number.0)
}

/// Reads an optional decimal from a JSON number, string or null.
///
/// # Errors
/// Anything else, or a number beyond 28 digits.
pub fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    Option::<Number>::deserialize(deserializer).map(|number| number.map(|number| number.0))
}

/// Reads decimals from a list of JSON numbers or strings.
///
/// # Errors
/// Anything else, or a number beyond 28 digits.
pub fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Decimal>, D::Error> {
    Vec::<Number>::deserialize(deserializer).map(|all| all.into_iter().map(|number| number.0).collect())
}

/// What a list of these decimals looks like in a schema.
#[must_use]
pub fn list_schema() -> RefOr<Schema> {
    ArrayBuilder::new().items(schema()).min_items(Some(1)).max_items(Some(16)).into()
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Holder {
        #[serde(default, deserialize_with = "super::optional")]
        value: Option<Decimal>,
    }

    fn read(json: &str) -> Result<Option<Decimal>, serde_json::Error> {
        serde_json::from_str::<Holder>(json).map(|holder| holder.value)
    }

    #[test]
    fn given_a_json_number_when_read_then_it_is_the_decimal_as_typed() {
        assert_eq!(read(r#"{"value": 36.8}"#).unwrap(), Some(Decimal::new(368, 1)));
        assert_eq!(read(r#"{"value": "36.8"}"#).unwrap(), Some(Decimal::new(368, 1)));
        assert_eq!(read(r#"{"value": -3}"#).unwrap(), Some(Decimal::from(-3)));
    }

    #[test]
    fn given_null_or_nothing_when_read_then_there_is_no_value_and_words_are_refused() {
        assert_eq!(read(r#"{"value": null}"#).unwrap(), None);
        assert_eq!(read("{}").unwrap(), None);
        assert!(read(r#"{"value": "warm"}"#).is_err());
        assert!(read(r#"{"value": true}"#).is_err());
    }
}
