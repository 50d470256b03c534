//! What a look at some cards says of all.

/// A sample of the directory's cards.
#[derive(Debug, Default)]
pub(super) struct Sample {
    /// How many cards were looked at.
    of: f64,
    /// How many the directory has.
    directory: f64,
    /// How many have all parts.
    all: f64,
    /// How many have all of them, none at the beginning.
    within: f64,
    /// How many have each.
    each: Vec<f64>,
}

impl Sample {
    /// How many cards are looked at.
    pub const SIZE: u32 = 2_500;

    /// From the counts in the order they are asked for.
    pub fn of(counts: &[i64]) -> Self {
        // Counts of this size are exact.
        let mut counts = counts.iter().map(|count| u32::try_from(*count).map_or(f64::from(u32::MAX), f64::from));
        let mut next = || counts.next().unwrap_or_default();
        let (of, directory, all, within) = (next(), next(), next(), next());
        Self { of, directory, all, within, each: counts.collect() }
    }

    /// The parts, the rarest first.
    pub fn rarest_first(&self) -> Vec<usize> {
        let mut order: Vec<(usize, f64)> = self.each.iter().copied().enumerate().collect();
        order.sort_by(|(_, one), (_, other)| one.total_cmp(other));
        order.into_iter().map(|(which, _)| which).collect()
    }

    /// Whether there are some who have all parts elsewhere than at the beginning.
    pub fn has_within(&self) -> bool {
        self.within >= 2.0
    }

    /// How many cards are walked until a page of so many is full.
    pub fn walked(&self, page: u32) -> f64 {
        (f64::from(page) * self.of / self.all.max(0.5)).min(self.directory.max(self.of))
    }

    /// How many rows the rarest part has.
    pub fn gathered(&self) -> f64 {
        let rarest = self.each.iter().copied().fold(f64::INFINITY, f64::min);
        rarest.max(0.5) / self.of.max(1.0) * self.directory.max(self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::Sample;

    #[test]
    fn what_is_frequent_is_walked_to_and_what_is_rare_gathered() {
        let sample = Sample::of(&[2_500, 1_000_000, 25, 0, 125, 500]);
        assert_eq!(sample.rarest_first(), [0, 1]);
        assert!((sample.walked(51) - 5_100.0).abs() < 1e-6 && (sample.gathered() - 50_000.0).abs() < 1e-6);
        assert!(!sample.has_within());
        let rare = Sample::of(&[2_500, 1_000_000, 1, 2, 40, 5]);
        assert_eq!(rare.rarest_first(), [1, 0]);
        assert!(rare.walked(51) > rare.gathered() && rare.has_within());
        // A directory that nobody has analysed yet has at least what was looked at.
        let small = Sample::of(&[300, 0, 0, 0, 10]);
        assert!((small.walked(51) - 300.0).abs() < 1e-6 && (small.gathered() - 10.0).abs() < 1e-6);
    }
}
