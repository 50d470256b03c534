//! How much demographics may hold: bounds of shape, so that no request is endless. What can be true is the domain's.

use std::borrow::Cow;

use healthcare_domain::patient::{Address, ContactPoint, Demographics, HumanName};
use validator::{ValidationError, ValidationErrors};

use crate::http::bounds::concepts;

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
    let name_fits = |n: &HumanName| {
        n.given.len() <= MANY && n.given.iter().chain(&n.family).chain(&n.prefix).chain(&n.suffix).all(short)
    };
    let names_fit = person.names.iter().all(name_fits);
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
    let point_fits = |t: &ContactPoint| short(&t.value) && short(&t.system) && t.rank.is_none_or(|rank| rank > 0);
    let telecom_fits = person.telecom.iter().all(point_fits);
    bound(
        "telecom",
        person.telecom.len() <= MANY && telecom_fits,
        "at most 50, of at most 200 characters, ranked from 1",
    );
    let address_fits = |a: &Address| {
        let mut parts = a.lines.iter().chain(&a.city).chain(&a.state).chain(&a.postal_code).chain(&a.country);
        a.lines.len() <= 10 && parts.all(short)
    };
    let addresses_fit = person.addresses.iter().all(address_fits);
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
    let languages_fit = person.other_languages.iter().all(|l| !l.is_empty() && l.len() <= 35);
    bound(
        "other_languages",
        person.other_languages.len() <= MANY && languages_fit,
        "at most 50 BCP 47 tags of at most 35 characters",
    );
    let contacts_fit = person.contacts.iter().all(|c| {
        let of_one = c.telecom.len() <= MANY && c.telecom.iter().all(point_fits) && c.name.iter().all(name_fits);
        let of_place = c.address.iter().all(address_fits) && c.organization.iter().all(short);
        of_one && of_place && concepts(&c.relationships).is_ok()
    });
    bound("contacts", person.contacts.len() <= MANY && contacts_fit, "at most 50, each bounded as the patient's own");
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}
