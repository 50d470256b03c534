//! Integration tests.

mod alert;
mod allergy;
mod encounter;
mod event_store;
mod import;
mod live;
mod observation;
mod parts;
mod patient;
mod problem;
mod rebuild;
mod relay;
mod reporting;
mod score;
mod support;
mod system;
mod telemetry;
mod vitals;
