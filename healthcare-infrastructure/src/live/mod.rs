//! What people are told, as it happens: the outbox of notifications, the hub that fans it out, vitals, tickets.

mod hub;
pub mod outbox;
mod tickets;
mod vitals;

pub use hub::{Hub, Told};
pub use tickets::{Holder, Tickets};
pub use vitals::LiveVitals;
