//! The telemetry gateway: from what bedside devices send to stored readings, scores and alerts.
//!
//! Four pure stages, composed in [`pipeline`]: [`normalise`] → [`enrich`] → [`score`] → [`alert`], over the state
//! of a patient, the [`monitor`]. The software supplements the bedside monitor and the clinician; it never
//! replaces either.

pub mod alert;
pub mod alerting;
pub mod enrich;
pub mod ingest;
pub mod monitor;
pub mod normalise;
pub mod on_air;
pub mod pipeline;
pub mod quality;
pub mod reading;
pub mod runtime;
pub mod score;
pub mod signal;
pub mod store;
pub mod submitted;
pub mod transport;
