//! Integration tests.

mod alert;
mod allergy;
mod architecture;
mod audit;
mod bad_input;
mod canary;
mod encounter;
mod event_store;
mod import;
mod live;
mod medication;
mod observation;
mod parts;
mod patient;
mod problem;
mod rebuild;
mod relay;
mod reporting;
mod score;
mod support;
mod surface;
mod system;
mod telemetry;
mod vitals;
mod walking_skeleton;
