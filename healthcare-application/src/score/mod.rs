//! Clinical scores: computed for whoever asks, and from what is charted.

mod change_score;
mod compute_news2;
mod compute_score;
mod current;
mod list_scores;
mod record_score;

pub use change_score::change_score;
pub use compute_news2::compute_news2;
pub use compute_score::compute_score;
pub use current::{Applies, Charted, Sign, charted, current_news2, of_vitals, signs_of};
pub use list_scores::list_scores;
pub use record_score::{RecordScore, ScoreRefused, enter_score_in_error, get_recorded_score, record_score};
