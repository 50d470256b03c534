//! A fixed-size set of small numbers.

/// A bit set: membership of a drug in a class or in the rows of a table is one test.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Bits(Box<[u64]>);

impl Bits {
    /// An empty set for numbers below `size`.
    pub(crate) fn new(size: usize) -> Self {
        Self(vec![0; size.div_ceil(64)].into_boxed_slice())
    }

    pub(crate) fn insert(&mut self, number: usize) {
        if let Some(word) = self.0.get_mut(number / 64) {
            *word |= 1 << (number % 64);
        }
    }

    pub(crate) fn contains(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|word| word & (1 << (number % 64)) != 0)
    }

    pub(crate) fn union(&mut self, other: &Self) {
        for (word, added) in self.0.iter_mut().zip(&other.0) {
            *word |= added;
        }
    }

    /// The numbers that are in both sets, ascending.
    pub(crate) fn common<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = usize> + 'a {
        self.0.iter().zip(&other.0).enumerate().flat_map(|(word, (a, b))| {
            let mut both = a & b;
            std::iter::from_fn(move || {
                if both == 0 {
                    return None;
                }
                let bit = both.trailing_zeros() as usize;
                both &= both - 1;
                Some(word * 64 + bit)
            })
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// The numbers in the set, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(nth, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let bit = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                Some(nth * 64 + bit)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Bits;

    #[test]
    fn given_two_sets_when_intersected_then_the_common_numbers_come_in_order() {
        let (mut a, mut b) = (Bits::new(200), Bits::new(200));
        for number in [0, 63, 64, 130, 199] {
            a.insert(number);
        }
        for number in [1, 63, 130, 199] {
            b.insert(number);
        }
        assert_eq!(a.common(&b).collect::<Vec<_>>(), [63, 130, 199]);
        assert!(a.contains(64) && !b.contains(64) && !a.contains(10_000));
        assert!(Bits::new(5).is_empty() && !a.is_empty());
        assert_eq!(a.iter().collect::<Vec<_>>(), [0, 63, 64, 130, 199]);
    }
}
