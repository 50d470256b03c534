//! Sets as FEBRL 1 to 4 were made: the first edition of its generator draws no number of mistakes for a record. Each field goes
//! wrong by a chance of its own, in each way by another, and given and family name or the two lines of the address change places;
//! slips lie in the middle of a word, on a neighbouring key or anywhere. So the labelled set has 2.3 fields changed a record, up to
//! seven, and names and addresses far more often than numbers and dates. Seeded.

use super::{
    febrl::{Line, another, person, traits},
    generated::{Dice, Registration},
};

/// How often, in percent of the records, a field is another one, is mistyped in one of six ways, or is emptied.
struct Chances {
    of: fn(&mut Line) -> &mut String,
    other: usize,
    substituted: usize,
    inserted: usize,
    deleted: usize,
    transposed: usize,
    split: usize,
    joined: usize,
    missing: usize,
}

const fn chances(of: fn(&mut Line) -> &mut String, percent: [usize; 8]) -> Chances {
    let [other, substituted, inserted, deleted, transposed, split, joined, missing] = percent;
    Chances { of, other, substituted, inserted, deleted, transposed, split, joined, missing }
}

const FIELDS: [Chances; 10] = [
    chances(|line| &mut line.given, [8, 5, 3, 4, 3, 1, 0, 2]),
    chances(|line| &mut line.family, [5, 6, 5, 4, 5, 1, 1, 1]),
    chances(|line| &mut line.house, [10, 0, 0, 1, 2, 0, 0, 3]),
    chances(|line| &mut line.street, [2, 7, 5, 5, 5, 5, 5, 2]),
    chances(|line| &mut line.place, [1, 8, 4, 4, 10, 10, 5, 9]),
    chances(|line| &mut line.suburb, [5, 7, 2, 3, 5, 2, 1, 1]),
    chances(|line| &mut line.postcode, [1, 5, 0, 0, 10, 0, 0, 0]),
    chances(|line| &mut line.state, [2, 1, 0, 0, 1, 0, 0, 1]),
    chances(|line| &mut line.born, [4, 1, 0, 0, 1, 0, 0, 2]),
    chances(|line| &mut line.number, [4, 2, 0, 0, 3, 0, 0, 0]),
];
const LINES_EXCHANGED: usize = 5;
const NAMES_EXCHANGED: usize = 7;

/// How a set is made.
#[derive(Clone, Copy)]
pub struct Making<'a> {
    /// Persons.
    pub people: usize,
    /// How many of them have no, one, two … further records, as weights.
    pub further: &'a [usize],
    /// How many times each record goes through all of it.
    pub passes: usize,
    /// Whether each person has a state's number.
    pub numbered: bool,
}

/// A set.
pub fn set(seed: u64, making: Making) -> Vec<Registration> {
    let Making { people, further, passes, numbered } = making;
    let mut dice = Dice(seed);
    let mut all = vec![];
    for n in 0..people {
        let original = person(&mut dice, numbered);
        all.push(Registration { person: n, traits: traits(&original) });
        for _ in 0..drawn(&mut dice, further) {
            let mut copy = original.clone();
            // A record that came out as it was is made again.
            while copy == original {
                for _ in 0..passes {
                    written(&mut dice, &mut copy, numbered);
                }
            }
            all.push(Registration { person: n, traits: traits(&copy) });
        }
    }
    all
}

/// A place of a list by its weights.
fn drawn(dice: &mut Dice, weights: &[usize]) -> usize {
    let mut left = dice.below(weights.iter().sum());
    for (place, weight) in weights.iter().enumerate() {
        if left < *weight {
            return place;
        }
        left -= weight;
    }
    0
}

/// Once more by hand.
fn written(dice: &mut Dice, line: &mut Line, numbered: bool) {
    for field in FIELDS {
        let of = field.of;
        if (of(line).is_empty() && dice.chance(field.missing)) || dice.chance(field.other) {
            *of(line) = of(&mut person(dice, numbered)).clone();
        }
        slip(dice, of(line), &field);
        if dice.chance(field.missing) {
            of(line).clear();
        }
    }
    if dice.chance(LINES_EXCHANGED) && !line.street.is_empty() && !line.place.is_empty() {
        std::mem::swap(&mut line.street, &mut line.place);
    }
    if dice.chance(NAMES_EXCHANGED) && !line.given.is_empty() && !line.family.is_empty() {
        std::mem::swap(&mut line.given, &mut line.family);
    }
}

fn slip(dice: &mut Dice, text: &mut String, field: &Chances) {
    let mut letters: Vec<char> = text.chars().collect();
    if dice.chance(field.substituted) && !letters.is_empty() {
        let at = middle(dice, letters.len());
        letters[at] = another(dice, letters[at]);
    }
    if dice.chance(field.inserted) && !letters.is_empty() {
        let at = middle(dice, letters.len());
        let letter = another(dice, letters[at]);
        letters.insert(at, letter);
    }
    if dice.chance(field.deleted) && letters.len() > 1 {
        letters.remove(middle(dice, letters.len()));
    }
    if dice.chance(field.transposed) && letters.len() > 1 {
        let at = middle(dice, letters.len() - 1);
        letters.swap(at, at + 1);
    }
    if dice.chance(field.split) && letters.len() > 2 {
        letters.insert(middle(dice, letters.len()).max(1), ' ');
    }
    if dice.chance(field.joined)
        && let Some(at) = letters.iter().position(|letter| *letter == ' ')
    {
        letters.remove(at);
    }
    *text = letters.into_iter().collect();
}

/// A place near the middle of so many, one behind it most likely.
fn middle(dice: &mut Dice, many: usize) -> usize {
    let sway = (0..4).map(|_| dice.below(3)).sum::<usize>();
    (many / 2 + 1 + sway).saturating_sub(4).min(many - 1)
}
