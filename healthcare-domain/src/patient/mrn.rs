//! Medical record numbers of the house: from a running number, with a check digit that finds what was mistyped.

use serde::Deserialize;

use super::{Demographics, PatientError};
use crate::reference::Identifier;

/// How the check digits of a number are made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckDigit {
    /// Luhn (ISO/IEC 7812-1, annex B): one digit; finds every single wrong digit and most neighbours that changed places.
    #[default]
    Luhn,
    /// ISO 7064 MOD 97-10: two digits; finds nearly all that people mistype.
    #[serde(rename = "mod-97-10")]
    Mod97_10,
    /// ISO 7064 MOD 11,10: one digit; finds every single wrong digit.
    #[serde(rename = "mod-11-10")]
    Mod11_10,
}

impl CheckDigit {
    /// How many digits it adds.
    pub const fn width(self) -> usize {
        match self {
            Self::Luhn | Self::Mod11_10 => 1,
            Self::Mod97_10 => 2,
        }
    }

    /// The check digits of a run of decimal digits. `None` where it holds something else.
    pub fn of(self, digits: &str) -> Option<String> {
        let values = digits.chars().map(|c| c.to_digit(10)).collect::<Option<Vec<u32>>>()?;
        Some(match self {
            Self::Luhn => luhn(&values).to_string(),
            Self::Mod97_10 => format!("{:02}", mod_97_10(&values)),
            Self::Mod11_10 => mod_11_10(&values).to_string(),
        })
    }
}

/// Every second digit from the right is doubled; what is missing to the next ten.
fn luhn(digits: &[u32]) -> u32 {
    let doubled = |digit: u32| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let weighed = digits.iter().rev().enumerate().map(|(n, digit)| if n % 2 == 0 { doubled(*digit) } else { *digit });
    (10 - weighed.sum::<u32>() % 10) % 10
}

/// What makes the whole number leave 1 when it is divided by 97.
fn mod_97_10(digits: &[u32]) -> u32 {
    let rest = digits.iter().fold(0, |rest, digit| (rest * 10 + digit) % 97);
    98 - rest * 100 % 97
}

/// ISO 7064, the hybrid system MOD 11,10.
fn mod_11_10(digits: &[u32]) -> u32 {
    let product = digits.iter().fold(10, |product, digit| {
        let sum = match (product + digit) % 10 {
            0 => 10,
            sum => sum,
        };
        sum * 2 % 11
    });
    (11 - product) % 10
}

/// How the house numbers its patients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MrnScheme {
    system: String,
    prefix: String,
    digits: usize,
    check: CheckDigit,
    imported: bool,
}

/// Such numbers cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadScheme {
    /// A system is a URI.
    #[error("the system of medical record numbers is a URI of at most 200 characters, e.g. urn:oid:2.16.756.5.30")]
    System,
    /// A prefix that could be taken for a part of the number.
    #[error("the prefix of medical record numbers is at most 20 letters, dashes, slashes or dots, and no digits")]
    Prefix,
    /// Too short to last, or too long to say.
    #[error("medical record numbers have 4 to 15 digits before the check digit")]
    Digits,
}

impl MrnScheme {
    /// Numbers of `system`: a prefix, the running number with at least so many digits, and the check digits.
    ///
    /// # Errors
    /// When such numbers cannot be.
    pub fn new(system: &str, prefix: &str, digits: usize, check: CheckDigit) -> Result<Self, BadScheme> {
        let is_uri = system.contains(':') && system.len() <= 200 && !system.contains(char::is_whitespace);
        if !is_uri || system.contains('|') {
            return Err(BadScheme::System);
        }
        let fits = |c: char| c.is_ascii_alphabetic() || matches!(c, '-' | '/' | '.');
        if prefix.len() > 20 || !prefix.chars().all(fits) {
            return Err(BadScheme::Prefix);
        }
        if !(4..=15).contains(&digits) {
            return Err(BadScheme::Digits);
        }
        Ok(Self { system: system.to_owned(), prefix: prefix.to_owned(), digits, check, imported: false })
    }

    /// The same, where patients who are imported without a number get one, too.
    #[must_use]
    pub fn for_imported(self, imported: bool) -> Self {
        Self { imported, ..self }
    }

    /// Whose numbers they are, as a URI.
    pub fn system(&self) -> &str {
        &self.system
    }

    /// Whether patients who are imported without a number get one.
    pub fn is_for_imported(&self) -> bool {
        self.imported
    }

    /// The number that a running number becomes. Where it outgrows its digits it gets longer.
    pub fn issue(&self, running: u64) -> Identifier {
        let digits = format!("{running:0width$}", width = self.digits);
        // Digits alone always have check digits.
        let check = self.check.of(&digits).unwrap_or_default();
        Identifier { system: self.system.clone(), value: format!("{}{digits}{check}", self.prefix) }
    }

    /// Whether it is a number of the house that was not mistyped.
    pub fn verifies(&self, value: &str) -> bool {
        let Some(number) = value.strip_prefix(&self.prefix).filter(|number| number.is_ascii()) else { return false };
        let Some(before) = number.len().checked_sub(self.check.width()).filter(|before| *before >= self.digits) else {
            return false;
        };
        let (digits, check) = number.split_at(before);
        self.check.of(digits).as_deref() == Some(check)
    }
}

impl Demographics {
    /// Makes sure that a number of the house that was typed in verifies. What `known` carried already is left alone: it may
    /// be older than the scheme.
    ///
    /// # Errors
    /// When one does not.
    pub fn ensure_typed_well(&self, scheme: &MrnScheme, known: Option<&Self>) -> Result<(), PatientError> {
        let is_new = |one: &&Identifier| !known.is_some_and(|known| known.identifiers.contains(one));
        let mut typed = self.identifiers.iter().filter(|one| one.system == scheme.system).filter(is_new);
        if typed.all(|one| scheme.verifies(&one.value)) { Ok(()) } else { Err(PatientError::MistypedNumber) }
    }
}

impl Default for MrnScheme {
    fn default() -> Self {
        Self {
            system: "urn:healthcare-platform:mrn".into(),
            prefix: String::new(),
            digits: 8,
            check: CheckDigit::Luhn,
            imported: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digits_are_those_of_the_standards() {
        // Luhn: the example of ISO/IEC 7812-1; MOD 97-10 and MOD 11,10: published examples of ISO 7064.
        assert_eq!(CheckDigit::Luhn.of("7992739871").as_deref(), Some("3"));
        assert_eq!(CheckDigit::Mod97_10.of("99991234567890121414").as_deref(), Some("90"));
        assert_eq!(CheckDigit::Mod97_10.of("794").as_deref(), Some("44"));
        assert_eq!(CheckDigit::Mod11_10.of("0794").as_deref(), Some("5"));
        assert_eq!(CheckDigit::Mod11_10.of("79462").as_deref(), Some("3"));
        assert_eq!(CheckDigit::Luhn.of("12a"), None);
    }

    #[test]
    fn every_single_wrong_digit_is_found() {
        for check in [CheckDigit::Luhn, CheckDigit::Mod97_10, CheckDigit::Mod11_10] {
            let scheme = MrnScheme::new("urn:x:mrn", "M-", 6, check).unwrap();
            for running in [0, 7, 42, 123_456, 999_999, 12_345_678] {
                let right = scheme.issue(running).value;
                assert!(scheme.verifies(&right), "{right}");
                for place in 2..right.len() {
                    for digit in '0'..='9' {
                        let mut wrong: Vec<char> = right.chars().collect();
                        wrong[place] = digit;
                        let wrong: String = wrong.into_iter().collect();
                        assert_eq!(scheme.verifies(&wrong), wrong == right, "{check:?} {right} {wrong}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_number_of_another_kind_is_none_of_the_house() {
        let scheme = MrnScheme::new("urn:x:mrn", "M-", 6, CheckDigit::Luhn).unwrap();
        for other in ["", "M-", "M-0", "0000018", "M-18", "M-00001é8", "X-0000018"] {
            assert!(!scheme.verifies(other), "{other}");
        }
        assert_eq!(scheme.issue(1).value, "M-0000018");
    }

    #[test]
    fn a_number_that_was_mistyped_is_refused_and_an_old_one_left_alone() {
        let scheme = MrnScheme::default();
        let with = |value: &str| {
            let number = Identifier { system: scheme.system().to_owned(), value: value.to_owned() };
            Demographics { identifiers: vec![number], ..Demographics::default() }
        };
        assert_eq!(with(&scheme.issue(17).value).ensure_typed_well(&scheme, None), Ok(()));
        assert_eq!(with("17").ensure_typed_well(&scheme, None), Err(PatientError::MistypedNumber));
        assert_eq!(with("17").ensure_typed_well(&scheme, Some(&with("17"))), Ok(()));
        assert_eq!(with("18").ensure_typed_well(&scheme, Some(&with("17"))), Err(PatientError::MistypedNumber));
    }

    #[test]
    fn a_scheme_that_cannot_be_is_refused() {
        let scheme = |system, prefix, digits| MrnScheme::new(system, prefix, digits, CheckDigit::Luhn);
        assert_eq!(scheme("mrn", "", 8), Err(BadScheme::System));
        assert_eq!(scheme("urn:x|y", "", 8), Err(BadScheme::System));
        assert_eq!(scheme("urn:x", "A1", 8), Err(BadScheme::Prefix));
        assert_eq!(scheme("urn:x", "", 3), Err(BadScheme::Digits));
    }
}
