//! Integration tests.

mod allergy;
mod encounter;
mod observation;
mod patient;
mod problem;
mod score;
mod support;
mod vitals;
