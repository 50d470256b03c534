//! Clinical scores: computed for whoever asks, and from what is charted.

mod compute_news2;
mod current;

pub use compute_news2::compute_news2;
pub use current::{Charted, Sign, charted, current_news2, of_vitals};
