//! Adapters.

pub mod fhir;
