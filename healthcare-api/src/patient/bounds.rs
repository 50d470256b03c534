//! How much demographics may hold: bounds of shape, so that no request is endless. What can be true is the domain's.

use std::borrow::Cow;

use healthcare_domain::patient::Demographics;
use validator::{ValidationError, ValidationErrors};

const MANY: usize = 50;
const LONG: usize = 200;

/// Checks the number and length of everything.
pub fn check(person: &Demographics) -> Result<(), ValidationErrors> {
    let mut errors = ValidationErrors::new();
    let mut bound = |field: &'static str, fits: bool, message: &'static str| {
        if !fits {
            errors.add(field, ValidationError::new("length").with_message(Cow::Borrowed(message)));
        }
    };
    let short = |text: &String| text.chars().count() <= LONG;
    let names_fit = person
        .names
        .iter()
        .all(|n| n.given.len() <= MANY && n.given.iter().chain(&n.family).chain(&n.prefix).chain(&n.suffix).all(short));
    bound(
        "names",
        (1..=MANY).contains(&person.names.len()) && names_fit,
        "1 to 50 names of at most 200 characters a part",
    );
    let identifiers_fit = person
        .identifiers
        .iter()
        .all(|i| !i.system.is_empty() && !i.value.is_empty() && short(&i.system) && short(&i.value));
    bound(
        "identifiers",
        person.identifiers.len() <= MANY && identifiers_fit,
        "at most 50, each a system and a value of 1 to 200 characters",
    );
    let telecom_fits = person.telecom.iter().all(|t| short(&t.value) && short(&t.system));
    bound("telecom", person.telecom.len() <= MANY && telecom_fits, "at most 50, of at most 200 characters");
    let addresses_fit = person.addresses.iter().all(|a| {
        let parts = a.lines.iter().chain(&a.city).chain(&a.state).chain(&a.postal_code).chain(&a.country);
        a.lines.len() <= 10 && parts.clone().all(short)
    });
    bound(
        "addresses",
        person.addresses.len() <= MANY && addresses_fit,
        "at most 50, of at most 10 lines of 200 characters",
    );
    bound(
        "language",
        person.language.as_deref().is_none_or(|l| l.len() <= 35),
        "a BCP 47 tag of at most 35 characters",
    );
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}
