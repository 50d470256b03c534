//! People as registration desks write them: originals, duplicates with what goes wrong in practice, and those who are
//! not the same however alike they are. Seeded, so that a figure can be had again.

mod dice;
mod mistakes;
mod people;
mod words;

pub use dice::Dice;

use self::{
    mistakes::{emptied, written},
    people::{child_of_one_name, namesake, person, spouse, twin},
};
use super::Traits;

/// A registration, whose it truly is.
#[derive(Clone)]
pub struct Registration {
    pub person: usize,
    pub traits: Traits,
}

/// How badly a set is written.
#[derive(Clone, Copy)]
pub struct Habits {
    /// Mistakes of one registration at the most.
    pub mistakes: usize,
    /// Percent of fields that are left empty.
    pub missing: usize,
    /// Whether people have a state's number.
    pub numbered: bool,
    /// Whether telephone and sex are asked for.
    pub phones: bool,
}

/// `people` persons with up to `copies` further registrations each, and as many others who are alike: twins, parents of
/// the same name, spouses, namesakes.
pub fn registrations(seed: u64, people: usize, copies: usize, habits: Habits) -> Vec<Registration> {
    let mut dice = Dice(seed);
    let mut all: Vec<Registration> = vec![];
    let mut next = 0;
    for _ in 0..people {
        let original = person(&mut dice, habits);
        let mut family = vec![original.clone()];
        match dice.below(10) {
            0 => family.push(twin(&mut dice, &original, habits)),
            1 => family.push(child_of_one_name(&mut dice, &original, habits)),
            2 => family.push(spouse(&mut dice, &original, habits)),
            3 => family.push(namesake(&mut dice, &original, habits)),
            _ => {}
        }
        for one in family {
            for _ in 0..dice.below(copies + 1) {
                let traits = written(&mut dice, &one, habits);
                all.push(Registration { person: next, traits });
            }
            all.push(Registration { person: next, traits: emptied(&mut dice, &one, habits) });
            next += 1;
        }
    }
    all
}
