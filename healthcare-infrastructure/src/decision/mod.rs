//! Decision support on what happens: a follower of the log, a daily look at who takes medication, and what wakes suggestions
//! that were put off.

mod daily;
mod reviewer;
mod waker;

pub use daily::DailyReview;
pub use reviewer::Reviewer;
pub use waker::SuggestionWaker;
