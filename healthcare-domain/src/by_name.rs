//! JSON read by the names of its members. serde also takes a list for what has members, one after the other by their places:
//! `["Ada", "Lovelace"]` for a name, `[]` for whatever has no member that must be there. Nobody means that, nobody is told
//! which was taken for which, and no schema of ours allows it: here a list is a list.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, EnumAccess, Error, Expected, MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor},
};

/// Reads one JSON value, and nothing behind it.
///
/// # Errors
/// When it is no JSON, or not of the shape.
pub fn from_slice<'a, T: Deserialize<'a>>(json: &'a [u8]) -> serde_json::Result<T> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let read = T::deserialize(ByName(&mut reader))?;
    reader.end()?;
    Ok(read)
}

/// As [`from_slice`], of text.
///
/// # Errors
/// As [`from_slice`].
pub fn from_str<'a, T: Deserialize<'a>>(json: &'a str) -> serde_json::Result<T> {
    from_slice(json.as_bytes())
}

/// For `deserialize_with`, where serde buffers what it reads and hands it on without what is around the reader: in the ways
/// of an untagged enum, and below what is flattened.
///
/// # Errors
/// When it is not of the shape.
pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(reader: D) -> Result<T, D::Error> {
    T::deserialize(ByName(reader))
}

/// Around a reader, and around whatever it hands on: what has names is read by them.
#[derive(Debug)]
pub struct ByName<T>(pub T);

/// Whether a list may stand at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lists {
    Allowed,
    /// Something with members is read there.
    Refused,
    /// Nothing is known but what the visitor says of itself.
    Perhaps,
}

/// Around a visitor.
struct Visiting<V> {
    visitor: V,
    lists: Lists,
}

/// How serde's derived visitor of an enum whose tag stands among its members calls itself.
const TAGGED: &str = "internally tagged enum";

impl<V: Expected> Visiting<V> {
    fn takes_a_list(&self) -> bool {
        match self.lists {
            Lists::Allowed => true,
            Lists::Refused => false,
            Lists::Perhaps => !(&self.visitor as &dyn Expected).to_string().starts_with(TAGGED),
        }
    }
}

/// Methods that hand their visitor on with whether a list may come.
macro_rules! hand_on {
    ($($method:ident($($argument:ident: $of:ty),*) $lists:ident;)*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $of,)* visitor: V) -> Result<V::Value, Self::Error> {
            self.0.$method($($argument,)* Visiting { visitor, lists: Lists::$lists })
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for ByName<D> {
    type Error = D::Error;

    hand_on! {
        deserialize_any() Perhaps;
        deserialize_bool() Allowed;
        deserialize_i8() Allowed;
        deserialize_i16() Allowed;
        deserialize_i32() Allowed;
        deserialize_i64() Allowed;
        deserialize_i128() Allowed;
        deserialize_u8() Allowed;
        deserialize_u16() Allowed;
        deserialize_u32() Allowed;
        deserialize_u64() Allowed;
        deserialize_u128() Allowed;
        deserialize_f32() Allowed;
        deserialize_f64() Allowed;
        deserialize_char() Allowed;
        deserialize_str() Allowed;
        deserialize_string() Allowed;
        deserialize_bytes() Allowed;
        deserialize_byte_buf() Allowed;
        deserialize_option() Allowed;
        deserialize_unit() Allowed;
        deserialize_unit_struct(name: &'static str) Allowed;
        deserialize_newtype_struct(name: &'static str) Allowed;
        deserialize_seq() Allowed;
        deserialize_tuple(length: usize) Allowed;
        deserialize_tuple_struct(name: &'static str, length: usize) Allowed;
        deserialize_map() Allowed;
        deserialize_struct(name: &'static str, fields: &'static [&'static str]) Refused;
        deserialize_enum(name: &'static str, variants: &'static [&'static str]) Allowed;
        deserialize_identifier() Allowed;
        deserialize_ignored_any() Allowed;
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

/// Methods of a visitor that take a plain value.
macro_rules! take {
    ($($method:ident($of:ty);)*) => {$(
        fn $method<E: Error>(self, value: $of) -> Result<V::Value, E> {
            self.visitor.$method(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Visiting<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    take! {
        visit_bool(bool);
        visit_i8(i8);
        visit_i16(i16);
        visit_i32(i32);
        visit_i64(i64);
        visit_i128(i128);
        visit_u8(u8);
        visit_u16(u16);
        visit_u32(u32);
        visit_u64(u64);
        visit_u128(u128);
        visit_f32(f32);
        visit_f64(f64);
        visit_char(char);
        visit_str(&str);
        visit_borrowed_str(&'de str);
        visit_string(String);
        visit_bytes(&[u8]);
        visit_borrowed_bytes(&'de [u8]);
        visit_byte_buf(Vec<u8>);
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, reader: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_some(ByName(reader))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, reader: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_newtype_struct(ByName(reader))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<V::Value, A::Error> {
        if self.takes_a_list() {
            self.visitor.visit_seq(ByName(list))
        } else {
            Err(A::Error::invalid_type(Unexpected::Seq, &self.visitor))
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(ByName(map))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, value: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_enum(ByName(value))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for ByName<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(ByName(reader))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for ByName<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(ByName(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for ByName<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(ByName(seed))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(ByName(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for ByName<A> {
    type Error = A::Error;
    type Variant = ByName<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), A::Error> {
        self.0.variant_seed(ByName(seed)).map(|(value, variant)| (value, ByName(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for ByName<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.0.newtype_variant_seed(ByName(seed))
    }

    hand_on! {
        tuple_variant(length: usize) Allowed;
        struct_variant(fields: &'static [&'static str]) Refused;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Name {
        family: String,
        #[serde(default)]
        given: Vec<String>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Nothing {
        #[serde(default)]
        reason: Option<String>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Way {
        Whole,
        By { name: String },
        Pair(u8, u8),
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(tag = "kind", rename_all = "lowercase")]
    enum Tagged {
        One { name: String },
    }

    #[derive(Debug, Deserialize)]
    struct Around {
        name: Option<Name>,
        #[serde(default)]
        all: Vec<Name>,
        #[serde(default)]
        way: Option<Way>,
        #[serde(default)]
        kept: Option<Box<RawValue>>,
        #[serde(default)]
        anything: serde_json::Value,
        #[serde(default)]
        pair: Option<(u8, u8)>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(untagged)]
    enum OneOrMore {
        One(#[serde(deserialize_with = "deserialize")] Name),
        More(#[serde(deserialize_with = "deserialize")] Vec<Name>),
    }

    #[test]
    fn nor_is_it_one_in_what_is_buffered() {
        let ada = || Name { family: "Byron".into(), given: vec!["Ada".into()] };
        let read = from_str::<OneOrMore>;
        assert_eq!(read(r#"{"family": "Byron", "given": ["Ada"]}"#).unwrap(), OneOrMore::One(ada()));
        assert_eq!(read(r#"[{"family": "Byron", "given": ["Ada"]}]"#).unwrap(), OneOrMore::More(vec![ada()]));
        assert!(read(r#"["Byron", ["Ada"]]"#).is_err());
        assert!(read(r#"[["Byron", ["Ada"]]]"#).is_err());
    }

    /// SECURITY 29: what has members is read by their names, wherever it stands.
    #[test]
    fn a_list_is_no_object() {
        let refused = |json: &str| {
            assert!(serde_json::from_str::<Around>(json).is_ok(), "serde takes {json}");
            from_str::<Around>(json).unwrap_err().to_string()
        };
        for json in [
            r#"{"name": ["Lovelace", ["Ada"]]}"#,
            r#"{"name": null, "all": [["Lovelace"]]}"#,
            r#"{"name": null, "all": [{"family": "Lovelace"}, ["Lovelace", []]]}"#,
            r#"[null]"#,
        ] {
            assert!(refused(json).starts_with("invalid type: sequence, expected struct"), "{json}");
        }
        assert!(refused(r#"{"name": null, "way": {"by": ["x"]}}"#).starts_with("invalid type: sequence"));
        assert_eq!(serde_json::from_str::<Nothing>("[]").unwrap(), Nothing { reason: None });
        assert!(from_str::<Nothing>("[]").is_err());
        assert!(serde_json::from_str::<Tagged>(r#"["one", "x"]"#).is_ok());
        assert!(from_str::<Tagged>(r#"["one", "x"]"#).is_err());
    }

    #[test]
    fn what_is_written_by_its_names_is_read_as_ever() {
        let json = r#"{"name": {"family": "Lovelace"}, "all": [{"family": "Byron", "given": ["Ada"]}], "way": {"by": {"name": "x"}},
            "kept": {"a": [1, 2.50]}, "anything": [1, [2], {"a": []}], "pair": [1, 2]}"#;
        let read: Around = from_str(json).unwrap();
        assert_eq!(read.name.map(|name| name.family).as_deref(), Some("Lovelace"));
        assert_eq!(read.all, [Name { family: "Byron".into(), given: vec!["Ada".into()] }]);
        assert_eq!(read.way, Some(Way::By { name: "x".into() }));
        assert_eq!(read.kept.unwrap().get(), r#"{"a": [1, 2.50]}"#);
        assert_eq!((read.anything, read.pair), (serde_json::json!([1, [2], {"a": []}]), Some((1, 2))));
        assert_eq!(from_str::<Way>(r#""whole""#).unwrap(), Way::Whole);
        assert_eq!(from_str::<Way>(r#"{"pair": [1, 2]}"#).unwrap(), Way::Pair(1, 2));
        assert_eq!(from_str::<Tagged>(r#"{"kind": "one", "name": "x"}"#).unwrap(), Tagged::One { name: "x".into() });
        assert!(from_str::<Way>(r#""whole" 1"#).is_err(), "nothing stands behind it");
    }
}
