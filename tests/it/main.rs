//! Integration tests.

mod alert;
mod allergy;
mod encounter;
mod event_store;
mod import;
mod live;
mod observation;
mod patient;
mod problem;
mod rebuild;
mod relay;
mod reporting;
mod score;
mod parts;
mod support;
mod system;
mod telemetry;
mod vitals;
