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
mod support;
mod telemetry;
mod vitals;
