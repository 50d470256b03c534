//! What was sent, held against the inputs.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::input::{Input, Kind};

/// A value is not what its input takes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Refused {
    /// Where, as a JSON pointer.
    pub pointer: String,
    /// Why.
    pub reason: String,
}

/// The values of one computation.
#[derive(Debug, Default)]
pub struct Values(BTreeMap<&'static str, Given>);

#[derive(Debug)]
enum Given {
    Number(f64),
    Flag(bool),
    Word(&'static str),
    List(Vec<Values>),
}

impl Values {
    /// Reads what was sent. An unknown field is a mistake; `null` is not given.
    pub(super) fn read(inputs: &'static [Input], given: &Map<String, Value>) -> Result<Self, Refused> {
        Self::read_at("", inputs, given)
    }

    fn read_at(place: &str, inputs: &'static [Input], given: &Map<String, Value>) -> Result<Self, Refused> {
        let mut values = BTreeMap::new();
        for (name, value) in given.iter().filter(|(_, value)| !value.is_null()) {
            let pointer = format!("{place}/{name}");
            let Some(input) = inputs.iter().find(|input| input.name == name) else {
                return Err(Refused { pointer, reason: "it is none of the inputs".into() });
            };
            values.insert(input.name, one(&pointer, input, value)?);
        }
        let values = Self(values);
        for input in inputs {
            let Some(other) = input.not_above else { continue };
            if values.number(input.name).zip(values.number(other)).is_some_and(|(value, most)| value > most) {
                let pointer = format!("{place}/{}", input.name);
                return Err(Refused { pointer, reason: format!("it is above {other}") });
            }
        }
        Ok(values)
    }

    /// A number, if it was given.
    pub(super) fn number(&self, name: &str) -> Option<f64> {
        match self.0.get(name)? {
            Given::Number(number) => Some(*number),
            Given::Flag(_) | Given::Word(_) | Given::List(_) => None,
        }
    }

    /// Whether it is so, if that was said.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        match self.0.get(name)? {
            Given::Flag(flag) => Some(*flag),
            Given::Number(_) | Given::Word(_) | Given::List(_) => None,
        }
    }

    /// The word that was chosen, if any.
    pub(super) fn word(&self, name: &str) -> Option<&'static str> {
        match self.0.get(name)? {
            Given::Word(word) => Some(word),
            Given::Number(_) | Given::Flag(_) | Given::List(_) => None,
        }
    }

    /// The entries of a list, if it was given.
    pub(super) fn list(&self, name: &str) -> Option<&[Values]> {
        match self.0.get(name)? {
            Given::List(list) => Some(list),
            Given::Number(_) | Given::Flag(_) | Given::Word(_) => None,
        }
    }

    /// What it was computed from, for the answer.
    pub(super) fn shown(&self) -> Map<String, Value> {
        let show = |given: &Given| match given {
            Given::Number(value) => super::outcome::plain(*value),
            Given::Flag(flag) => (*flag).into(),
            Given::Word(word) => (*word).into(),
            Given::List(list) => list.iter().map(|one| Value::Object(one.shown())).collect(),
        };
        self.0.iter().map(|(name, given)| ((*name).to_owned(), show(given))).collect()
    }
}

fn one(pointer: &str, input: &'static Input, value: &Value) -> Result<Given, Refused> {
    let refused = |reason: String| Err(Refused { pointer: pointer.to_owned(), reason });
    match input.kind {
        Kind::Number { unit, min, max, whole } => {
            let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
            match number.filter(|number| number.is_finite()) {
                None => refused("a number is expected".into()),
                Some(number) if number >= 0.0 && number < min && input.is_adult_age() => {
                    refused("the score was derived from adults: at least 18 years".into())
                }
                Some(number) if number < min || number > max => refused(format!("{min} to {max} {unit}")),
                Some(number) if whole && number.fract() != 0.0 => refused("a whole number is expected".into()),
                Some(number) => Ok(Given::Number(number)),
            }
        }
        Kind::Boolean => match value.as_bool() {
            Some(flag) => Ok(Given::Flag(flag)),
            None => refused("true or false is expected".into()),
        },
        Kind::Choice { options } => {
            // A word that is a number may be sent as one.
            let number = value.as_u64().map(|number| number.to_string());
            match value.as_str().or(number.as_deref()).and_then(|text| options.iter().find(|option| **option == text)) {
                Some(word) => Ok(Given::Word(word)),
                None => refused(format!("one of {}", options.join(", "))),
            }
        }
        Kind::List { of, most } => {
            let Some(list) = value.as_array().filter(|list| list.len() <= most) else {
                return refused(format!("a list of at most {most} is expected"));
            };
            let entries = list.iter().enumerate().map(|(n, entry)| {
                let place = format!("{pointer}/{n}");
                let Some(fields) = entry.as_object() else {
                    return Err(Refused { pointer: place, reason: "an object is expected".into() });
                };
                let missing =
                    of.iter().find(|input| input.required && fields.get(input.name).is_none_or(Value::is_null));
                if let Some(missing) = missing {
                    let pointer = format!("{place}/{}", missing.name);
                    return Err(Refused { pointer, reason: "it is required".into() });
                }
                Values::read_at(&place, of, fields)
            });
            entries.collect::<Result<Vec<_>, _>>().map(Given::List)
        }
    }
}
