//! Who is worth comparing: people who share one of these keys. Several, so that whatever is mistyped in one field is found
//! by another; each narrow enough that among a million people few share it.

use chrono::Datelike;

use super::{
    Traits,
    street::is_generic,
    text::{mails, phones, plain, sound, words},
};
use crate::partial_date::PartialDate;

/// Which edition of the keys this is: it rises whenever somebody would have another key than before. Keys of an older one are
/// made anew when a newer release starts.
pub const KEY_EDITION: i32 = 1;

/// The keys a person is found by, sorted, each once. A key is a hash (FNV-1a, 64 bits): it names nobody by itself, and
/// two that meet by chance cost one comparison.
pub fn blocking_keys(person: &Traits) -> Vec<i64> {
    hashed(&all(person))
}

/// Those of the keys that their numbers give: who is somebody beyond doubt shares one.
pub fn number_keys(person: &Traits) -> Vec<i64> {
    hashed(&numbers(person))
}

fn hashed(keys: &[String]) -> Vec<i64> {
    let mut keys: Vec<i64> = keys.iter().map(|key| hash(key)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn numbers(person: &Traits) -> Vec<String> {
    let numbers = person.identifiers.iter().map(|one| (&one.system, plain(&one.value)));
    numbers.filter(|(_, value)| !value.is_empty()).map(|(system, value)| format!("i|{system}|{value}")).collect()
}

fn all(person: &Traits) -> Vec<String> {
    let mut keys = numbers(person);
    keys.extend(phones(&person.telecom).into_iter().map(|phone| format!("t|{phone}")));
    keys.extend(mails(&person.telecom).into_iter().map(|mail| format!("m|{mail}")));
    let sounds = |part: &str| words(part).iter().map(|w| sound(w)).filter(|s| !s.is_empty()).collect::<Vec<_>>();
    // Given and family names in one list: whoever exchanged them is found all the same.
    let mut names: Vec<String> = person
        .names
        .iter()
        .flat_map(|name| name.given.iter().chain(&name.family))
        .flat_map(|part| sounds(part))
        .collect();
    names.sort();
    names.dedup();
    names.truncate(MANY);
    for (n, one) in names.iter().enumerate() {
        keys.extend(names.iter().skip(n + 1).map(|other| format!("n|{one}|{other}")));
    }
    born(person, &names, &mut keys);
    for address in person.addresses.iter().take(MANY) {
        let postal = address.postal_code.as_deref().map(plain).unwrap_or_default();
        let city = address.city.as_deref().map(plain).unwrap_or_default();
        let street: Vec<String> = address.lines.iter().flat_map(|line| words(line)).collect();
        let number = street.iter().find(|word| word.chars().all(|c| c.is_ascii_digit()));
        // Whichever of the lines and words the street was written in; not what half of the town lives in.
        let ways: Vec<String> = street
            .iter()
            .filter(|word| word.chars().all(char::is_alphabetic) && word.len() > 2 && !is_generic(word))
            .map(|word| sound(word))
            .filter(|sound| !sound.is_empty())
            .take(WAYS)
            .collect();
        for place in [&postal, &city].into_iter().filter(|place| !place.is_empty()) {
            keys.extend(names.iter().map(|name| format!("p|{place}|{name}")));
            keys.extend(ways.iter().map(|way| format!("ps|{place}|{way}")));
            if let (Some(number), Some(way)) = (number, ways.first()) {
                keys.push(format!("a|{place}|{number}|{way}"));
            }
        }
        if let Some(number) = number {
            keys.extend(ways.iter().map(|way| format!("h|{number}|{way}")));
            keys.extend(names.iter().map(|name| format!("w|{number}|{name}")));
        }
        keys.extend(ways.iter().flat_map(|way| names.iter().map(move |name| format!("s|{way}|{name}"))));
        if let Some(PartialDate::Day(day)) = person.birth_date {
            keys.extend(ways.iter().take(2).map(|way| format!("bs|{}|{way}", day.year())));
        }
    }
    keys
}

/// By birth: the day with day and month in either order; and two of its three parts with a name.
fn born(person: &Traits, names: &[String], keys: &mut Vec<String>) {
    let Some(PartialDate::Day(day)) = person.birth_date else { return };
    let (year, month, date) = (day.year(), day.month(), day.day());
    keys.push(format!("b|{year}|{}|{}", month.min(date), month.max(date)));
    for name in names {
        keys.push(format!("ym|{year}|{month}|{name}"));
        keys.push(format!("yd|{year}|{date}|{name}"));
        keys.push(format!("md|{month}|{date}|{name}"));
    }
}

/// Of the words of a street the first few lead to the house.
const WAYS: usize = 3;

/// Of names and addresses the first few lead to the others.
const MANY: usize = 6;

fn hash(text: &str) -> i64 {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    i64::from_ne_bytes(hash.to_ne_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        patient::{Address, HumanName},
        reference::Identifier,
    };

    /// Who changes the keys raises [`KEY_EDITION`]; then this sum is another one.
    #[test]
    fn keys_change_with_their_edition_alone() {
        let ana = Traits {
            identifiers: vec![Identifier { system: "urn:state".into(), value: "12-34".into() }],
            names: vec![HumanName {
                family: Some("Lindqvist-Moreau".into()),
                given: vec!["Ana".into(), "Luísa".into()],
                ..HumanName::default()
            }],
            birth_date: Some("1954-03-02".parse().unwrap()),
            telecom: vec![
                crate::patient::ContactPoint {
                    system: "phone".into(),
                    value: "+41 44 555 01 23".into(),
                    ..Default::default()
                },
                crate::patient::ContactPoint {
                    system: "email".into(),
                    value: "ana@example.org".into(),
                    ..Default::default()
                },
            ],
            addresses: vec![Address {
                lines: vec!["12 Old Church Lane".into()],
                city: Some("Bendigo".into()),
                postal_code: Some("3550".into()),
                ..Address::default()
            }],
            ..Traits::default()
        };
        let keys = blocking_keys(&ana);
        let sum = keys.iter().fold(0_i64, |sum, key| sum.rotate_left(7) ^ key);
        assert_eq!((KEY_EDITION, keys.len(), sum), (1, 52, -6_402_538_588_949_299_660));
    }
}
