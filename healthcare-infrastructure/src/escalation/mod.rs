//! The worker that keeps the time of alerts: when nobody answered, the next rung of the ladder is told.

mod fire;
mod ladder;
mod worker;

pub use fire::{Firing, fire_one};
pub use ladder::{Ladder, set_ladder};
pub use worker::{EscalationWorker, overdue, restore};
