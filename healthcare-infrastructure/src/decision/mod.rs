//! Decision support on what happens: a follower of the log.

mod reviewer;

pub use reviewer::Reviewer;
