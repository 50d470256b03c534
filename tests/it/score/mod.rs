//! Clinical scores over the real server.

mod compute_news2;
mod compute_score;
mod record_score;
