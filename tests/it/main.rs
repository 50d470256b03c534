//! Integration tests.

mod alert;
mod allergy;
mod architecture;
mod bad_input;
mod encounter;
mod event_store;
mod medication;
mod observation;
mod patient;
mod problem;
mod relay;
mod score;
mod support;
mod telemetry;
mod vitals;
