//! What happens to appointments by itself: holds and offers end, and what became free is offered.

mod worker;

pub use worker::ScheduleWorker;
