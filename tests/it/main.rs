//! Integration tests.

mod patient;
mod support;
