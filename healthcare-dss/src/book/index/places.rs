//! Some of the rules of an index, by their places in it.

use crate::knowledge::Bits;

/// A list of few, or the bits of many: whichever is faster taken in.
#[derive(Debug)]
pub(super) enum Places {
    /// Ascending.
    Few(Vec<usize>),
    /// One bit a rule of the index.
    Many(Bits),
}

impl Default for Places {
    fn default() -> Self {
        Self::Few(vec![])
    }
}

impl Places {
    /// Adds one, while they are gathered.
    pub(super) fn push(&mut self, place: usize) {
        match self {
            Self::Few(places) => places.push(place),
            Self::Many(places) => places.insert(place),
        }
    }

    /// When all are gathered: those that are more than an index of so many rules has words are kept as bits.
    pub(super) fn settle(&mut self, rules: usize) {
        if let Self::Few(places) = self
            && places.len() > rules.div_ceil(64)
        {
            let mut many = Bits::new(rules);
            places.iter().for_each(|place| many.insert(*place));
            *self = Self::Many(many);
        }
    }

    /// Adds all of them to a set.
    pub(super) fn add_to(&self, found: &mut Bits) {
        match self {
            Self::Few(places) => places.iter().for_each(|place| found.insert(*place)),
            Self::Many(places) => found.union(places),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_come_to_the_same() {
        for count in [0, 1, 3, 4, 5, 64, 200] {
            let mut settled = Places::default();
            (0..count).for_each(|nth| settled.push(nth));
            settled.settle(256);
            assert_eq!(matches!(settled, Places::Many(_)), count > 4, "{count} of 256, which are four words");
            let mut found = Bits::new(256);
            found.insert(255);
            settled.add_to(&mut found);
            assert_eq!(found.iter().collect::<Vec<_>>(), (0..count).chain([255]).collect::<Vec<_>>());
        }
    }
}
