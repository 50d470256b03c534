//! Whether two patients can be, or must be, one person. Records of two people are never put together.

use healthcare_domain::{
    patient::{Demographics, matching::numbered_apart},
    reference::Identifier,
};
use serde::Deserialize;

use crate::{
    fhir::{
        datatypes::{self, HumanName, identifiers},
        parse::resource,
    },
    projection::fold,
};

/// What tells people apart: folded names, the date of birth as it was written, and numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Person {
    /// The words of all names.
    pub words: Vec<String>,
    /// The date of birth.
    pub birth_date: Option<String>,
    /// The numbers they carry.
    pub numbers: Vec<Identifier>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Resource {
    identifier: Vec<datatypes::Identifier>,
    name: Vec<HumanName>,
    birth_date: Option<String>,
}

impl Person {
    /// Who a Patient resource is about. One that cannot be read is nobody; it is refused elsewhere.
    pub fn of(raw: &str) -> Self {
        let r: Resource = resource(raw).unwrap_or_default();
        let parts = r.name.iter().flat_map(|n| n.given.iter().flatten().chain(&n.family).chain(&n.text));
        Self::from_parts(parts.map(String::as_str), r.birth_date, identifiers(&r.identifier))
    }

    /// Who is registered.
    pub fn registered(demographics: &Demographics) -> Self {
        let parts = demographics.names.iter().flat_map(|n| n.given.iter().chain(&n.family));
        let born = demographics.birth_date.map(|d| d.to_string());
        Self::from_parts(parts.map(String::as_str), born, demographics.identifiers.clone())
    }

    fn from_parts<'a>(
        parts: impl Iterator<Item = &'a str>,
        birth_date: Option<String>,
        numbers: Vec<Identifier>,
    ) -> Self {
        let mut words: Vec<String> = parts.flat_map(fold).collect();
        words.sort_unstable();
        words.dedup();
        Self { words, birth_date, numbers }
    }

    /// They cannot be the same: born on different days, and not one word of their names in common.
    pub fn contradicts(&self, other: &Self) -> bool {
        let born_apart = matches!((&self.birth_date, &other.birth_date), (Some(a), Some(b)) if a != b);
        let share_a_word = self.words.iter().any(|word| other.words.contains(word));
        born_apart && !share_a_word && !self.words.is_empty() && !other.words.is_empty()
    }

    /// They are the same, where one carries our own name for the other: as [`Self::is`]; of whom no birth date is known here,
    /// none is known there either.
    pub fn is_again(&self, other: &Self) -> bool {
        let undated = self.birth_date.is_none() && other.birth_date.is_none();
        let same = undated && self.words == other.words && !self.words.is_empty();
        self.is(other) || (same && !numbered_apart(&self.numbers, &other.numbers))
    }

    /// They are the same beyond doubt, where they carry the same number too: born on one day and of the same names. Whom an
    /// issuer knows under two numbers is for somebody to look at: they are two, on the queue of duplicates.
    pub fn is(&self, other: &Self) -> bool {
        let same = self.words == other.words && self.birth_date == other.birth_date;
        same && self.birth_date.is_some() && !self.words.is_empty() && !numbered_apart(&self.numbers, &other.numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str, born: &str) -> Person {
        Person::of(&format!(r#"{{"name":[{{"family":"{name}","given":["Ana"]}}],"birthDate":"{born}"}}"#))
    }

    #[test]
    fn a_marriage_or_a_corrected_birth_date_is_no_contradiction() {
        assert!(!person("Ferreira", "1954-03-02").contradicts(&person("Silva", "1954-03-02")));
        assert!(!person("Ferreira", "1954-03-02").contradicts(&person("Ferreira", "1954-02-03")));
    }

    #[test]
    fn another_name_and_another_birth_date_is_somebody_else() {
        let bo = Person::of(r#"{"name":[{"family":"Lind","given":["Bo"]}],"birthDate":"1980-01-01"}"#);
        assert!(person("Ferreira", "1954-03-02").contradicts(&bo));
    }

    #[test]
    fn whom_an_issuer_knows_under_two_numbers_is_looked_at() {
        let numbered = |number: &str| {
            Person::of(&format!(
                r#"{{"name":[{{"family":"Lind"}}],"birthDate":"1954-03-02","identifier":[
                   {{"system":"urn:state","value":"1"}},{{"system":"urn:hospital","value":"{number}"}}]}}"#
            ))
        };
        assert!(numbered("7").is(&numbered("7")));
        assert!(!numbered("7").is(&numbered("8")));
    }

    #[test]
    fn who_carries_our_name_for_somebody_is_them_only_by_name_and_birth_as_well() {
        let undated = |name: &str| Person::of(&format!(r#"{{"name":[{{"family":"{name}"}}]}}"#));
        assert!(undated("Lind").is_again(&undated("LIND")) && !undated("Lind").is(&undated("Lind")));
        assert!(!undated("Lind").is_again(&undated("Ferreira")));
        assert!(person("Lind", "1954-03-02").is_again(&person("Lind", "1954-03-02")));
        assert!(!person("Lind", "1954-03-02").is_again(&person("Lind", "1954-03-03")));
        assert!(!Person::default().is_again(&Person::default()));
    }

    #[test]
    fn twins_are_two() {
        let twin = Person::of(r#"{"name":[{"family":"Ferreira","given":["Eva"]}],"birthDate":"1954-03-02"}"#);
        assert!(!person("Ferreira", "1954-03-02").is(&twin));
        assert!(person("Ferreira", "1954-03-02").is(&person("FERREIRA", "1954-03-02")));
    }
}
