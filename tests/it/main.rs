//! Integration tests.

mod alert;
mod support;
