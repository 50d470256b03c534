//! Consents over the real server.

mod record_consent;
