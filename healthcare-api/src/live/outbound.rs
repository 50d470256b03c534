//! What is sent over the live connection.

use healthcare_application::live::{LiveVital, Notification};
use serde::Serialize;

/// A message to the client.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Outbound<'a> {
    /// The first: where the client stands.
    Hello {
        /// The position it resumes from.
        position: i64,
        /// How often it hears something at least.
        heartbeat_seconds: u64,
    },
    /// Something it is told.
    Notification {
        /// With its position.
        #[serde(flatten)]
        notification: &'a Notification,
    },
    /// The newest values that changed.
    Vitals {
        /// One a patient and sign.
        vitals: Vec<&'a LiveVital>,
    },
    /// That the connection lives, and up to where the client has heard everything that was for it.
    Heartbeat {
        /// The position to resume from.
        position: i64,
    },
}
