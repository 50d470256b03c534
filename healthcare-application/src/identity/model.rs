//! The port to what is known of duplicates.

use std::collections::HashSet;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use healthcare_domain::{id::PatientId, patient::matching::Grade};
use uuid::Uuid;

use crate::{access::Permit, order::Direction, read::NotACursor, store::StoreError};

/// Somebody who shares a key with who is looked for.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Who.
    pub patient: PatientId,
    /// Their view, as JSON.
    pub body: String,
}

/// Which pairs to list.
#[derive(Debug, Clone, Default)]
pub struct DuplicateFilter {
    /// Only of these grades; of all if empty.
    pub grades: Vec<Grade>,
    /// Only pairs of this patient.
    pub patient: Option<PatientId>,
    /// None of theirs.
    pub without: HashSet<PatientId>,
    /// Behind this place.
    pub after: Option<PairPlace>,
    /// The likeliest first, or last.
    pub direction: Direction,
    /// At most this many.
    pub limit: u16,
}

/// A place in the queue: the weightiest first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairPlace {
    /// The weight of the pair, in bits.
    pub weight: f64,
    /// The pair.
    pub pair: (Uuid, Uuid),
}

impl std::fmt::Display for PairPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:x}.{}.{}", self.weight.to_bits(), self.pair.0.simple(), self.pair.1.simple())
    }
}

impl std::str::FromStr for PairPlace {
    type Err = NotACursor;
    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let mut parts = text.split('.');
        let (Some(weight), Some(one), Some(other), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(NotACursor);
        };
        let weight = u64::from_str_radix(weight, 16).map(f64::from_bits).map_err(|_| NotACursor)?;
        let id = |text: &str| text.parse::<Uuid>().map_err(|_| NotACursor);
        let pair = (id(one)?, id(other)?);
        if weight.is_finite() { Ok(Self { weight, pair }) } else { Err(NotACursor) }
    }
}

/// A pair of the queue, with the views of both.
#[derive(Debug, Clone)]
pub struct QueuedPair {
    /// Where it stands.
    pub place: PairPlace,
    /// The probability that they are one person.
    pub score: f64,
    /// What it amounts to.
    pub grade: Grade,
    /// Why, in words.
    pub reasons: Vec<String>,
    /// When it was found.
    pub found_at: DateTime<Utc>,
    /// Who, as JSON.
    pub bodies: [String; 2],
}

/// What is known of duplicates.
#[async_trait]
pub trait IdentityModel: Send + Sync {
    /// Who shares one of these keys, those who share most first; nobody who was merged, and not `but`.
    async fn candidates(
        &self,
        permit: &Permit,
        keys: &[i64],
        but: Option<PatientId>,
    ) -> Result<Vec<Candidate>, StoreError>;

    /// Whether anybody shares one of these keys, merged or not.
    async fn shares(&self, permit: &Permit, keys: &[i64]) -> Result<bool, StoreError>;

    /// Pairs that nobody has decided on; one more than is asked for where there are more.
    async fn duplicates(&self, permit: &Permit, filter: &DuplicateFilter) -> Result<Vec<QueuedPair>, StoreError>;

    /// Of these patients those who were merged, with who holds their record now: the merged one, and the survivor's view.
    async fn survivors(&self, permit: &Permit, of: &[PatientId]) -> Result<Vec<(PatientId, Candidate)>, StoreError>;

    /// How many of these streams were begun for a patient since a time, and can be given to another.
    async fn begun_since(
        &self,
        permit: &Permit,
        patient: PatientId,
        streams: &[Uuid],
        since: DateTime<Utc>,
    ) -> Result<usize, StoreError>;
}
