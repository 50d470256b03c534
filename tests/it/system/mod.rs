//! The server as operators meet it: its health, its demonstration, its recovery.

mod contract;
mod demonstration;
mod health;
mod lists;
mod parameters;
mod schemathesis;
