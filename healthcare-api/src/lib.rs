//! The REST face and the `healthcare` command. Endpoints parse, map and call a use case; HTTP statuses exist only here.

pub mod cli;
pub mod config;
pub mod consent;
mod demo;
pub mod http;
pub mod problem;
pub mod simulate;
pub mod startup;
pub mod surface;

mod access;
mod account;
mod alarm_limits;
mod alert;
mod allergy;
mod audit;
mod break_glass;
mod care_team;
mod chart;
mod device;
mod encounter;
mod identity;
mod import;
mod live;
mod medication;
mod observation;
mod patient;
mod problem_list;
mod rule;
mod scheduling;
mod score;
mod service_account;
mod suggestion;
mod system;
mod telemetry;
mod vitals;
