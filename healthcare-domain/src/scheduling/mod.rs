//! Who and what can be booked, when it is free, and what was booked.

pub mod appointment;
pub mod availability;
pub mod cancellation;
pub mod resource;
pub mod service;
pub mod slots;
pub mod waitlist;
pub mod zone;
