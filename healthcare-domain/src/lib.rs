//! The clinical record: aggregates, their events and their decisions.

pub mod code;
