//! Integration tests.

mod alert;
mod allergy;
mod architecture;
mod audit;
mod bad_input;
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
mod service_account;
mod single_sign_on;
mod support;
mod surface;
mod system;
mod telemetry;
mod vitals;
mod walking_skeleton;
