//! Reading the log in the order it happened: ticks, the windows between them, and the consumers that follow.
//!
//! A tick stores a snapshot of the database. What lies between two ticks is a window: the events that the later
//! snapshot shows and the earlier does not. Every event is in exactly one window, no reader waits for a transaction
//! that is not its own, and within a window `seq` keeps the order of a stream (EVENT-STORE.md, section 1).

mod checkpoint;
mod consumer;
mod feed;
mod parking;
mod recent;
mod replay;
mod report;
mod run;
mod step;
mod tick;
mod window;

pub use checkpoint::Checkpoint;
pub use consumer::{ConsumeError, Consumer, Start};
pub use feed::{Feed, Leadership};
pub use parking::{Parked, parked};
pub use replay::{Replayed, replay_parked};
pub use run::{catch_up, consume, take_place};
pub use tick::{Restored, Ticker, ensure_ticks_go_on, tick};
pub use window::{Decoded, Entry, Page, Part, Tick, Window};
