//! Sets in the manner of FEBRL's (Christen, ANU): people drawn by frequency, and further records of them, each with a number of
//! mistakes: slips of the finger, the ear and the eye, fields that are empty, exchanged or new, words that are moved, split or
//! run together. Seeded, so that a figure can be had again. The people are invented here.

use super::{
    Traits,
    generated::{Dice, Registration},
};
use crate::{
    patient::{Address, HumanName},
    reference::Identifier,
};

/// A record as a line of such a set has it: text by field, empty where it is not known.
#[derive(Clone, Default, PartialEq)]
pub struct Line {
    pub given: String,
    pub family: String,
    pub house: String,
    pub street: String,
    pub place: String,
    pub suburb: String,
    pub postcode: String,
    pub state: String,
    pub born: String,
    pub number: String,
}

const SYLLABLES: [&str; 40] = [
    "ba", "ben", "bra", "cam", "car", "cla", "co", "da", "den", "do", "el", "fi", "fra", "ge", "gri", "ha", "hol",
    "ja", "ka", "kel", "la", "lin", "lo", "ma", "mi", "na", "ni", "o", "pe", "pol", "ra", "ri", "ro", "sa", "ste",
    "ta", "ti", "va", "wa", "wil",
];
const FAMILY_ENDS: [&str; 16] = [
    "son", "ton", "ley", "man", "ster", "well", "ford", "ham", "field", "er", "ski", "ett", "ing", "ard", "wood", "ris",
];
const GIVEN_ENDS: [&str; 10] = ["na", "lia", "n", "el", "ra", "s", "tha", "y", "ck", "ia"];
const WAYS: [&str; 8] = ["street", "place", "crescent", "circuit", "avenue", "road", "close", "court"];
const STATES: [&str; 8] = ["nsw", "vic", "qld", "wa", "sa", "tas", "act", "nt"];

/// A number below `n` of which the small ones are frequent, as the ranks of names are.
fn frequent(dice: &mut Dice, n: usize) -> usize {
    let share = dice.below(10_000) * dice.below(10_000);
    share * n / 100_000_000
}

fn family(rank: usize) -> String {
    format!("{}{}{}", SYLLABLES[rank % 40], SYLLABLES[rank * 7 / 40 % 40], FAMILY_ENDS[rank * 3 % 16])
}

fn given(rank: usize) -> String {
    let (first, second) = (SYLLABLES[(rank * 11 + 5) % 40], SYLLABLES[(rank * 3 + rank / 40 * 7) % 40]);
    format!("{first}{second}{}", GIVEN_ENDS[rank / 40 % 10])
}

fn street(rank: usize) -> String {
    format!("{} {}", family(rank * 5 + 3), WAYS[rank % 8])
}

fn suburb(rank: usize) -> String {
    let name = format!("{}{}", SYLLABLES[(rank * 3 + 1) % 40], SYLLABLES[(rank * 13 / 40 + 7) % 40]);
    if rank.is_multiple_of(5) { format!("{name} {}", ["north", "west", "upper", "park"][rank % 4]) } else { name }
}

/// Somebody, as a line of the set has them.
pub fn person(dice: &mut Dice, numbered: bool) -> Line {
    let home = frequent(dice, 900);
    let mut some = |percent: usize, text: String| if dice.chance(percent) { text } else { String::new() };
    let known = (some(97, "y".into()), some(98, "y".into()), some(95, "y".into()), some(40, "y".into()));
    let keep = |known: &str, text: String| if known.is_empty() { String::new() } else { text };
    Line {
        given: keep(&known.0, given(frequent(dice, 400))),
        family: keep(&known.1, family(frequent(dice, 2_500))),
        house: (1 + dice.below(180)).to_string(),
        street: street(frequent(dice, 1_200)),
        place: keep(&known.3, format!("{} {}", suburb(dice.below(400)), ["villa", "flats", "farm"][dice.below(3)])),
        suburb: suburb(home),
        postcode: (2_000 + home * 7 % 5_000).to_string(),
        state: STATES[home % 8].into(),
        born: keep(&known.2, format!("19{:02}{:02}{:02}", dice.below(100), 1 + dice.below(12), 1 + dice.below(28))),
        number: if numbered { (1_000_000 + dice.below(8_999_999)).to_string() } else { String::new() },
    }
}

/// `people` persons, each with up to `copies` further records of `mistakes` mistakes each.
pub fn set(seed: u64, people: usize, copies: usize, mistakes: usize, numbered: bool) -> Vec<Registration> {
    let mut dice = Dice(seed);
    let mut all = vec![];
    for person_number in 0..people {
        let original = person(&mut dice, numbered);
        all.push(Registration { person: person_number, traits: traits(&original) });
        for _ in 0..1 + dice.below(copies) {
            let mut copy = original.clone();
            for _ in 0..mistakes {
                mistake(&mut dice, &mut copy);
            }
            all.push(Registration { person: person_number, traits: traits(&copy) });
        }
    }
    all
}

/// One mistake. Fields that tell much are not written with more care than others.
fn mistake(dice: &mut Dice, line: &mut Line) {
    match dice.below(20) {
        0..=2 => word(dice, &mut line.given),
        3..=5 => word(dice, &mut line.family),
        6 => std::mem::swap(&mut line.given, &mut line.family),
        7 | 8 => digits(dice, &mut line.house),
        9..=11 => word(dice, &mut line.street),
        12 => std::mem::swap(&mut line.street, &mut line.place),
        13 => word(dice, &mut line.place),
        14 | 15 => word(dice, &mut line.suburb),
        16 => digits(dice, &mut line.postcode),
        17 => line.state = STATES[dice.below(8)].into(),
        18 => date(dice, &mut line.born),
        _ if dice.chance(50) => date(dice, &mut line.born),
        _ => digits(dice, &mut line.number),
    }
}

/// A slip within a word, a word that is left out, split, moved or another one.
fn word(dice: &mut Dice, text: &mut String) {
    if text.chars().count() < 3 {
        return;
    }
    let mut letters: Vec<char> = text.chars().collect();
    let at = dice.below(letters.len() - 1);
    let letter = char::from(b'a' + u8::try_from(dice.below(26)).unwrap());
    match dice.below(16) {
        0..=2 => letters[at] = letter,
        3..=5 => letters.insert(at, letter),
        6..=8 => drop(letters.remove(at)),
        9 | 10 => letters.swap(at, at + 1),
        11 => letters.insert(at.max(1), ' '),
        12 => letters.retain(|letter| *letter != ' '),
        13 => {
            let mut words: Vec<&str> = text.split(' ').collect();
            words.reverse();
            letters = words.join(" ").chars().collect();
        }
        14 => letters = heard(text).chars().collect(),
        // Left out.
        _ => letters.clear(),
    }
    *text = letters.into_iter().collect();
}

/// As it was heard, or read from bad handwriting.
pub fn heard(text: &str) -> String {
    const AS: [(&str, &str); 12] = [
        ("ck", "k"),
        ("ll", "l"),
        ("ie", "y"),
        ("ph", "f"),
        ("wa", "ua"),
        ("ss", "s"),
        ("ri", "ry"),
        ("ca", "ka"),
        ("m", "rn"),
        ("l", "1"),
        ("d", "cl"),
        ("s", "z"),
    ];
    AS.iter()
        .find(|(from, _)| text.contains(from))
        .map_or_else(|| text.to_owned(), |(from, to)| text.replacen(from, to, 1))
}

/// Another character of the same kind.
pub fn another(dice: &mut Dice, than: char) -> char {
    let (first, many) = if than.is_ascii_digit() { (b'0', 10) } else { (b'a', 26) };
    char::from(first + u8::try_from(dice.below(many)).unwrap())
}

fn digits(dice: &mut Dice, text: &mut String) {
    let mut all: Vec<char> = text.chars().collect();
    if all.is_empty() {
        return;
    }
    let at = dice.below(all.len());
    match dice.below(5) {
        0 | 1 if at + 1 < all.len() => all.swap(at, at + 1),
        0..=3 => all[at] = char::from(b'0' + u8::try_from(dice.below(10)).unwrap()),
        _ => all.clear(),
    }
    *text = all.into_iter().collect();
}

/// A digit, two that changed places, day and month, or nothing at all.
fn date(dice: &mut Dice, text: &mut String) {
    match dice.below(6) {
        0 if text.len() == 8 => *text = format!("{}{}{}", &text[..4], &text[6..], &text[4..6]),
        1 => text.clear(),
        _ => {
            let mut mistyped = text.clone();
            digits(dice, &mut mistyped);
            *text = mistyped;
        }
    }
}

/// As an import takes such a line in: what is no date is left out.
pub fn traits(line: &Line) -> Traits {
    let Line { given, family, house, street, place, suburb, postcode, state, born, number } = line;
    let some = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
    let born = (born.len() == 8).then(|| format!("{}-{}-{}", &born[..4], &born[4..6], &born[6..]));
    let identifiers = some(number).map(|value| Identifier { system: "urn:febrl:soc_sec_id".into(), value });
    Traits {
        identifiers: identifiers.into_iter().collect(),
        names: vec![HumanName {
            family: some(family),
            given: some(given).into_iter().collect(),
            ..HumanName::default()
        }],
        birth_date: born.and_then(|born| born.parse().ok()),
        addresses: vec![Address {
            lines: [format!("{house} {street}"), place.clone()].iter().filter_map(|line| some(line)).collect(),
            city: some(suburb),
            state: some(state),
            postal_code: some(postcode),
            ..Address::default()
        }],
        ..Traits::default()
    }
}
