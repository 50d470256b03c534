//! The ground itself: if one of these fails, the others say little.

mod kafka;
pub(crate) mod postgres;
mod process;
mod redis;
pub(crate) mod walk;
