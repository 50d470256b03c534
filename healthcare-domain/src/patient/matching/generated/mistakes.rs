//! How the same person is written down again: what is mistyped, misheard, misread, left out, or changed since.

use super::{
    Dice, Habits,
    people::digits,
    words::{STREET, TOWN},
};
use crate::patient::{Address, matching::Traits};

/// The same person, registered again in a hurry.
pub fn written(dice: &mut Dice, of: &Traits, habits: Habits) -> Traits {
    let mut traits = of.clone();
    for _ in 0..1 + dice.below(habits.mistakes) {
        mistake(dice, &mut traits);
    }
    emptied(dice, &traits, habits)
}

fn mistake(dice: &mut Dice, traits: &mut Traits) {
    match dice.below(12) {
        0 | 1 => change(dice, traits.names[0].family.as_mut()),
        2 | 3 => change(dice, traits.names[0].given.first_mut()),
        4 => {
            let family = traits.names[0].family.take().unwrap_or_default();
            let given = std::mem::replace(&mut traits.names[0].given, vec![family]);
            traits.names[0].family = Some(given.join(" "));
        }
        5 | 6 => misdate(dice, traits),
        7 => change(dice, traits.addresses[0].lines.first_mut()),
        8 => change(dice, traits.addresses[0].city.as_mut()),
        9 => misnumber(dice, traits.addresses[0].postal_code.as_mut()),
        10 => misnumber(dice, traits.identifiers.first_mut().map(|i| &mut i.value)),
        _ => {
            // Moved, or wed.
            if dice.chance(50) {
                traits.addresses = vec![Address {
                    lines: vec![format!("{} {}", 1 + dice.below(220), dice.one(STREET))],
                    city: Some(dice.one(TOWN).into()),
                    state: traits.addresses[0].state.clone(),
                    postal_code: Some(format!("{}{}", 2 + dice.below(6), digits(dice, 3))),
                    ..Address::default()
                }];
            } else {
                misnumber(dice, traits.telecom.first_mut().map(|c| &mut c.value));
            }
        }
    }
}

/// A slip of the finger, of the ear or of the eye.
fn change(dice: &mut Dice, text: Option<&mut String>) {
    const HEARD: [(&str, &str); 10] = [
        ("ph", "f"),
        ("y", "i"),
        ("ie", "y"),
        ("c", "k"),
        ("tt", "t"),
        ("ll", "l"),
        ("er", "a"),
        ("ck", "k"),
        ("mc", "mac"),
        ("ei", "ai"),
    ];
    const SEEN: [(&str, &str); 8] =
        [("m", "rn"), ("l", "1"), ("o", "0"), ("d", "cl"), ("w", "vv"), ("g", "q"), ("s", "5"), ("b", "h")];
    let Some(text) = text else { return };
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() < 2 {
        return;
    }
    let at = dice.below(letters.len() - 1);
    let letter = char::from(b'a' + u8::try_from(dice.below(26)).unwrap());
    match dice.below(7) {
        0 => letters.swap(at, at + 1),
        1 => drop(letters.remove(at)),
        2 => letters.insert(at, letter),
        3 => letters[at] = letter,
        4 => letters.insert(at, ' '),
        5 => {
            let (from, to) = HEARD[dice.below(HEARD.len())];
            letters = text.replacen(from, to, 1).chars().collect();
        }
        _ => {
            let (from, to) = SEEN[dice.below(SEEN.len())];
            letters = text.replacen(from, to, 1).chars().collect();
        }
    }
    *text = letters.into_iter().collect();
}

fn misnumber(dice: &mut Dice, number: Option<&mut String>) {
    let Some(number) = number else { return };
    let mut all: Vec<char> = number.chars().collect();
    let at = dice.below(all.len() - 1);
    if dice.chance(50) {
        all.swap(at, at + 1);
    } else {
        all[at] = char::from(b'0' + u8::try_from(dice.below(10)).unwrap());
    }
    *number = all.into_iter().collect();
}

/// Another digit, neighbours exchanged, or day and month: if that is a date.
fn misdate(dice: &mut Dice, traits: &mut Traits) {
    let Some(date) = traits.birth_date else { return };
    let text = date.to_string();
    let (year, rest) = text.split_at(4);
    let changed = match dice.below(3) {
        0 if text.len() == 10 => format!("{year}-{}-{}", &rest[4..6], &rest[1..3]),
        1 => {
            let mut parts = text.replace('-', "");
            misnumber(dice, Some(&mut parts));
            format!("{}-{}-{}", &parts[..4], &parts[4..6], &parts[6..])
        }
        _ => format!("{year}{}-{:02}", &rest[..3], 1 + dice.below(28)),
    };
    traits.birth_date = changed.parse().ok().or(traits.birth_date);
}

pub fn emptied(dice: &mut Dice, of: &Traits, habits: Habits) -> Traits {
    let mut traits = of.clone();
    let missing = habits.missing;
    if dice.chance(missing) {
        traits.identifiers.clear();
    }
    if dice.chance(missing) {
        traits.birth_date = None;
    }
    if dice.chance(missing) {
        traits.telecom.clear();
    }
    if dice.chance(missing) {
        traits.addresses[0].city = None;
    }
    if dice.chance(missing) {
        traits.addresses[0].postal_code = None;
    }
    if dice.chance(missing) {
        traits.names[0].given.clear();
    } else if dice.chance(missing) {
        traits.names[0].family = None;
    }
    traits
}
