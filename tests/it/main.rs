//! Integration tests.

mod event_store;
mod support;
