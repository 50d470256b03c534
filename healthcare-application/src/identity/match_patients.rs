//! Who may be the same person.

use healthcare_domain::{
    id::PatientId,
    patient::matching::{Grade, Match, Traits, blocking_keys, compare, number_keys},
};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::model::Candidate;
use crate::{
    App, QueryError,
    access::{Call, Permission, Permit},
    patient::directory_entry,
    store::StoreError,
};

/// How many are answered at the most.
const MOST: usize = 50;

/// Who may be the person that was described, the likeliest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Matches {
    /// The candidates.
    pub candidates: Vec<Found>,
}

/// Somebody who may be the same person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Found {
    /// Their id.
    pub id: PatientId,
    /// Who they are, as the directory shows them.
    #[schema(value_type = Object)]
    pub patient: Box<RawValue>,
    /// The probability, 0 to 1.
    #[schema(example = 0.9987)]
    pub score: f64,
    /// What it amounts to.
    pub grade: Grade,
    /// Why, in words; the weightiest first.
    #[schema(example = json!(["identifier of the same issuer is the same", "birth date has day and month exchanged"]))]
    pub reasons: Vec<String>,
    /// Whether a number of one issuer, the name and the birth date are all the same.
    #[serde(skip)]
    pub same_person: bool,
}

/// Who may be the person that is described: nothing is stored but that it was asked.
///
/// # Errors
/// When the caller may not read the directory, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn match_patients(app: &App, call: &Call, sought: &Traits) -> Result<Matches, QueryError> {
    let permit = app.authorise(call, Permission::ReadDirectory, None).await?;
    let candidates = found(sought, app.read.candidates(&permit, &blocking_keys(sought), None).await?)?;
    permit.recorded().await?;
    Ok(Matches { candidates })
}

/// Who is registered under a number of theirs, the likeliest first, as the directory shows them.
///
/// # Errors
/// When the record cannot be reached.
pub async fn known_by_number(app: &App, permit: &Permit, sought: &Traits) -> Result<Vec<Found>, StoreError> {
    let candidates = app.read.candidates(permit, &number_keys(sought), None).await?;
    found(sought, candidates)
}

fn found(sought: &Traits, candidates: Vec<Candidate>) -> Result<Vec<Found>, StoreError> {
    let mut found = vec![];
    for (candidate, judged) in ranked(sought, candidates)?.into_iter().take(MOST) {
        let Match { score, grade: Some(grade), reasons, same_person, .. } = judged else { continue };
        found.push(Found {
            id: candidate.patient,
            patient: directory_entry(&candidate.body)?,
            score,
            grade,
            reasons: reasons.iter().map(ToString::to_string).collect(),
            same_person,
        });
    }
    Ok(found)
}

/// Candidates with what came of comparing them; those who are not worth a look are left out, the likeliest come first.
///
/// # Errors
/// When a view is damaged.
pub fn ranked(sought: &Traits, candidates: Vec<Candidate>) -> Result<Vec<(Candidate, Match)>, StoreError> {
    let mut all = vec![];
    for candidate in candidates {
        let theirs: Traits =
            serde_json::from_str(&candidate.body).map_err(|error| StoreError::Damaged(Box::new(error)))?;
        let judged = compare(sought, &theirs);
        if judged.grade.is_some() {
            all.push((candidate, judged));
        }
    }
    all.sort_by(|(_, a), (_, b)| b.weight.total_cmp(&a.weight));
    Ok(all)
}
