//! Decision support on what happens: a follower of the log, and what wakes suggestions that were put off.

mod reviewer;
mod waker;

pub use reviewer::Reviewer;
pub use waker::SuggestionWaker;
