//! Sets by the kind of errors that FEBRL's own generator makes, dsgen (Christen and Pudjijono, PAKDD 2009); how often which
//! field goes wrong is our own estimate, not its configuration: of a further record one to `a_record` fields are drawn by
//! how often they go wrong, at most `a_field` times each, and each is mistyped, misheard, misread, emptied, exchanged or
//! new by its own chances. Seeded.

use super::{
    febrl::{Line, another, heard, person, traits},
    generated::{Dice, Registration},
};

/// What can go wrong in a field.
#[derive(Clone, Copy)]
enum Slip {
    Insert,
    Delete,
    Substitute,
    Transpose,
    SplitWord,
    JoinWords,
    SwapWords,
    SwapFields,
    Miss,
    Misspell,
    New,
}

/// A field: how often it is drawn, in percent, and what goes wrong in it, in percent.
type Field = (usize, fn(&mut Line) -> &mut String, &'static [(Slip, usize)]);

const FIELDS: [Field; 10] = {
    use Slip as S;
    [
        (
            10,
            |line| &mut line.given,
            &[
                (S::Insert, 5),
                (S::Delete, 15),
                (S::Substitute, 35),
                (S::Transpose, 5),
                (S::SwapFields, 2),
                (S::SwapWords, 2),
                (S::SplitWord, 1),
                (S::JoinWords, 1),
                (S::Miss, 2),
                (S::Misspell, 30),
                (S::New, 2),
            ],
        ),
        (
            15,
            |line| &mut line.family,
            &[
                (S::Insert, 10),
                (S::Delete, 10),
                (S::Substitute, 35),
                (S::Transpose, 4),
                (S::SwapFields, 2),
                (S::SwapWords, 2),
                (S::SplitWord, 1),
                (S::JoinWords, 2),
                (S::Miss, 1),
                (S::Misspell, 30),
                (S::New, 3),
            ],
        ),
        (
            15,
            |line| &mut line.house,
            &[(S::Insert, 10), (S::Delete, 15), (S::Substitute, 60), (S::Transpose, 5), (S::Miss, 5), (S::New, 5)],
        ),
        (
            10,
            |line| &mut line.street,
            &[
                (S::Insert, 10),
                (S::Delete, 15),
                (S::Substitute, 35),
                (S::Transpose, 5),
                (S::SwapFields, 2),
                (S::SwapWords, 2),
                (S::SplitWord, 2),
                (S::JoinWords, 2),
                (S::Miss, 4),
                (S::Misspell, 20),
                (S::New, 3),
            ],
        ),
        (
            10,
            |line| &mut line.place,
            &[
                (S::Insert, 4),
                (S::Delete, 4),
                (S::Substitute, 10),
                (S::Transpose, 2),
                (S::SwapFields, 10),
                (S::SwapWords, 10),
                (S::SplitWord, 10),
                (S::JoinWords, 10),
                (S::Miss, 30),
                (S::New, 10),
            ],
        ),
        (
            10,
            |line| &mut line.suburb,
            &[
                (S::Insert, 10),
                (S::Delete, 15),
                (S::Substitute, 22),
                (S::Transpose, 4),
                (S::SplitWord, 1),
                (S::JoinWords, 1),
                (S::Miss, 1),
                (S::Misspell, 40),
                (S::New, 6),
            ],
        ),
        (5, |line| &mut line.postcode, &[(S::Substitute, 35), (S::Transpose, 60), (S::New, 5)]),
        (5, |line| &mut line.state, &[(S::Substitute, 75), (S::Miss, 10), (S::New, 15)]),
        (10, |line| &mut line.born, &[(S::Substitute, 50), (S::Transpose, 30), (S::Miss, 10), (S::New, 10)]),
        (10, |line| &mut line.number, &[(S::Substitute, 50), (S::Transpose, 40), (S::Miss, 5), (S::New, 5)]),
    ]
};

/// How a set is made.
#[derive(Clone, Copy)]
pub struct Making {
    /// Persons.
    pub people: usize,
    /// Further records of a person, at the most.
    pub copies: usize,
    /// Modifications of a field, at the most.
    pub a_field: usize,
    /// Modifications of a record, at the most.
    pub a_record: usize,
    /// Whether each person has a state's number.
    pub numbered: bool,
}

/// A set.
pub fn set(seed: u64, making: Making) -> Vec<Registration> {
    let Making { people, copies, a_field, a_record, numbered } = making;
    let mut dice = Dice(seed);
    let mut all = vec![];
    for n in 0..people {
        let original = person(&mut dice, numbered);
        all.push(Registration { person: n, traits: traits(&original) });
        for _ in 0..1 + dice.below(copies) {
            let mut copy = original.clone();
            let mut times = [0; FIELDS.len()];
            let (mut left, mut draws) = (1 + dice.below(a_record), 0);
            while left > 0 && draws < 1_000 {
                draws += 1;
                let field = drawn(&mut dice, &FIELDS.map(|(percent, ..)| percent));
                if times[field] < a_field && modify(&mut dice, &mut copy, field, numbered) {
                    times[field] += 1;
                    left -= 1;
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
    weights
        .iter()
        .position(|weight| {
            let is_it = left < *weight;
            left = left.saturating_sub(*weight);
            is_it
        })
        .unwrap_or(0)
}

/// One modification; whether there was anything to modify.
fn modify(dice: &mut Dice, line: &mut Line, field: usize, numbered: bool) -> bool {
    let (_, of, slips) = FIELDS[field];
    let (slip, _) = slips[drawn(dice, &slips.iter().map(|(_, percent)| *percent).collect::<Vec<_>>())];
    let before = of(line).clone();
    if before.is_empty() && !matches!(slip, Slip::New) {
        return false;
    }
    match slip {
        Slip::SwapFields => match field {
            0 | 1 => std::mem::swap(&mut line.given, &mut line.family),
            _ => std::mem::swap(&mut line.street, &mut line.place),
        },
        Slip::New => {
            let mut other = person(dice, numbered);
            *of(line) = of(&mut other).clone();
        }
        Slip::Miss => of(line).clear(),
        Slip::Misspell => *of(line) = heard(&before),
        Slip::Insert
        | Slip::Delete
        | Slip::Substitute
        | Slip::Transpose
        | Slip::SplitWord
        | Slip::JoinWords
        | Slip::SwapWords => *of(line) = slipped(dice, &before, slip),
    }
    *of(line) != before
}

/// A slip of the finger.
fn slipped(dice: &mut Dice, text: &str, slip: Slip) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let at = dice.below(letters.len());
    let other = another(dice, letters[at]);
    match slip {
        Slip::Insert => letters.insert(at, other),
        Slip::Delete => drop(letters.remove(at)),
        Slip::Substitute => letters[at] = other,
        Slip::Transpose if at + 1 < letters.len() => letters.swap(at, at + 1),
        Slip::SplitWord if at > 0 => letters.insert(at, ' '),
        Slip::JoinWords => letters.retain(|letter| *letter != ' '),
        Slip::SwapWords => {
            let mut words: Vec<&str> = text.split(' ').collect();
            words.reverse();
            return words.join(" ");
        }
        _ => {}
    }
    letters.into_iter().collect()
}
