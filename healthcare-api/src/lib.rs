//! The REST face and the `healthcare` command. Endpoints parse, map and call a use case; HTTP statuses exist only here.

pub mod cli;
pub mod config;
pub mod demo;
pub mod http;
pub mod problem;
pub mod simulate;
pub mod startup;

mod access;
mod chart;
mod device;
mod import;
mod patient;
mod system;
mod telemetry;
