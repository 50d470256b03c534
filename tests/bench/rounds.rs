//! Rounds in which the sides take turns, and their medians.

/// How many rounds there are.
pub const ROUNDS: usize = 5;

/// The middle one.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_unstable_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[n / 2],
        n => f64::midpoint(values[n / 2 - 1], values[n / 2]),
    }
}

/// One side against the other, round by round.
#[derive(Debug, Default, Clone)]
pub struct Sides {
    ours: Vec<f64>,
    reference: Vec<f64>,
}

impl Sides {
    /// Adds a round, measured one right after the other.
    pub fn add(&mut self, ours: f64, reference: f64) {
        self.ours.push(ours);
        self.reference.push(reference);
    }

    /// Our median.
    pub fn ours(&self) -> f64 {
        median(self.ours.iter().copied())
    }

    /// The reference's median.
    pub fn reference(&self) -> f64 {
        median(self.reference.iter().copied())
    }

    /// The median of the rounds' ratios: what slows both sides of a round does not show in it.
    pub fn ratio(&self) -> f64 {
        median(self.ours.iter().zip(&self.reference).map(|(ours, reference)| ours / reference))
    }
}
