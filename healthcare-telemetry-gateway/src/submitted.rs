//! `POST /telemetry/readings`: what is sent, and what is answered.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError, ValidationErrors};

use crate::{ingest::Receipt, reading::Batch};

/// Readings of one request at the most.
const READINGS: usize = 5000;

/// A batch of readings.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct SubmitReadings(pub Batch);

impl Validate for SubmitReadings {
    fn validate(&self) -> Result<(), ValidationErrors> {
        let mut errors = ValidationErrors::new();
        if self.0.readings.is_empty() || self.0.readings.len() > READINGS {
            errors.add("readings", ValidationError::new("length").with_message("1 to 5000 readings".into()));
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// What became of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub struct Submitted {
    /// Readings that are now durable: stored, or kept by the broker.
    #[schema(example = 7)]
    accepted: u64,
    /// Readings that were stored before, or twice in the batch. Over a broker only the latter: the rest is found out later.
    #[schema(example = 0)]
    duplicates: u64,
    /// Readings that were not taken, and why.
    refused: Vec<RefusedReading>,
}

/// A reading that was not taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefusedReading {
    /// Its place in the batch, from 0.
    index: usize,
    /// A stable word.
    #[schema(example = "unknown_unit")]
    reason: &'static str,
    /// What to mend.
    #[schema(example = "\"bpm\" is not a unit of heart rate; UCUM \"/min\" is expected")]
    detail: String,
}

impl From<Receipt> for Submitted {
    fn from(Receipt { accepted, duplicates, refused }: Receipt) -> Self {
        let refused = refused
            .into_iter()
            .map(|one| RefusedReading { index: one.index, reason: one.reason.reason(), detail: one.reason.to_string() })
            .collect();
        Self { accepted, duplicates, refused }
    }
}
