//! Who may be the same person.

use std::collections::HashMap;

use healthcare_domain::{
    id::PatientId,
    patient::matching::{Grade, Match, Ranking, Traits, blocking_keys, number_keys, rank},
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
    /// Why, in words; the weightiest first. None of somebody very restricted whom the caller may not see.
    #[schema(example = json!(["identifier of the same issuer is the same", "birth date has day and month exchanged"]))]
    pub reasons: Vec<String>,
    /// Whether a number of one issuer, the name and the birth date are all the same.
    #[serde(skip)]
    pub same_person: bool,
}

/// Who may be the person that is described: nothing is stored but that it was asked, and who was shown. Of a very restricted record who may not
/// see it is told no more than the directory shows: address, telephone and e-mail count for nothing, and no reason is given.
///
/// # Errors
/// When the caller may not read the directory, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn match_patients(app: &App, call: &Call, sought: &Traits) -> Result<Matches, QueryError> {
    let permit = app.authorise(call, Permission::ReadDirectory, None).await?;
    let mut asked = Asked { app, call, answers: HashMap::new() };
    // Whom somebody may see is found and compared by everything, and whom they may not by what the directory shows alone:
    // neither who is listed nor how likely depends on where a hidden one lives.
    let shown = asked.who(true, sought, app.read.candidates(&permit, &blocking_keys(sought), None).await?).await?;
    let mut all = ranked(sought, shown)?;
    let known = of_the_directory(sought);
    let hidden = asked.who(false, &known, app.read.candidates(&permit, &blocking_keys(&known), None).await?).await?;
    for (candidate, mut judged) in ranked(&known, hidden)? {
        judged.reasons.clear();
        all.push((candidate, judged));
    }
    all.sort_by(|(_, a), (_, b)| b.weight.total_cmp(&a.weight));
    let candidates = found(all)?;
    permit.recorded_of(candidates.iter().map(|one| one.id)).await?;
    Ok(Matches { candidates })
}

/// Whom the caller may see, asked once of each and of many at once.
struct Asked<'a> {
    app: &'a App,
    call: &'a Call,
    answers: HashMap<PatientId, bool>,
}

impl Asked<'_> {
    /// Those who are alike, and whom the caller may see, or whom not.
    async fn who(
        &mut self,
        seen: bool,
        sought: &Traits,
        candidates: Vec<Candidate>,
    ) -> Result<Vec<Candidate>, QueryError> {
        let alike: Vec<Candidate> = ranked(sought, candidates)?.into_iter().map(|(candidate, _)| candidate).collect();
        let of_them = alike.iter().map(|candidate| candidate.patient);
        let unasked: Vec<PatientId> = of_them.filter(|patient| !self.answers.contains_key(patient)).collect();
        let close = self.app.close_enough(self.call, &unasked).await?;
        self.answers.extend(unasked.into_iter().map(|patient| (patient, close.contains(&patient))));
        let is_meant = |candidate: &Candidate| self.answers.get(&candidate.patient) == Some(&seen);
        Ok(alike.into_iter().filter(is_meant).collect())
    }
}

/// What the directory tells people apart by.
fn of_the_directory(sought: &Traits) -> Traits {
    Traits { addresses: vec![], telecom: vec![], ..sought.clone() }
}

/// Who is registered under a number of theirs, the likeliest first, as the directory shows them. Of a very restricted record
/// who may not see it is told no more than by [`match_patients`].
///
/// # Errors
/// When the record cannot be reached.
pub async fn known_by_number(
    app: &App,
    (call, permit): (&Call, &Permit),
    sought: &Traits,
) -> Result<Vec<Found>, StoreError> {
    let keys = number_keys(sought);
    // Mostly nobody: whoever comes for the first time is looked for in passing.
    if !app.read.shares(permit, &keys).await? {
        return Ok(vec![]);
    }
    let candidates = app.read.candidates(permit, &keys, None).await?;
    let patients: Vec<PatientId> = candidates.iter().map(|candidate| candidate.patient).collect();
    let close = app.close_enough(call, &patients).await?;
    let (shown, hidden) = candidates.into_iter().partition(|candidate| close.contains(&candidate.patient));
    let mut all = ranked(sought, shown)?;
    for (candidate, mut judged) in ranked(&of_the_directory(sought), hidden)? {
        judged.reasons.clear();
        all.push((candidate, judged));
    }
    all.sort_by(|(_, a), (_, b)| b.weight.total_cmp(&a.weight));
    found(all)
}

/// The likeliest as the directory shows them.
fn found(ranked: Vec<(Candidate, Match)>) -> Result<Vec<Found>, StoreError> {
    let mut found = vec![];
    for (candidate, judged) in ranked.into_iter().take(MOST) {
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
    let all = ranked_with_doubts(sought, candidates)?.alike.into_iter();
    Ok(all.map(|Alike { candidate, judged, .. }| (candidate, judged)).collect())
}

/// As [`ranked`], with what is unsure because of whom.
///
/// # Errors
/// When a view is damaged.
pub fn ranked_with_doubts(sought: &Traits, candidates: Vec<Candidate>) -> Result<Doubted, StoreError> {
    let theirs = candidates.iter().map(|candidate| serde_json::from_str(&candidate.body));
    let theirs: Vec<Traits> = theirs.collect::<Result<_, _>>().map_err(|error| StoreError::Damaged(Box::new(error)))?;
    let Ranking { matches, doubts, unsure } = rank(sought, &theirs);
    let who: Vec<PatientId> = candidates.iter().map(|candidate| candidate.patient).collect();
    let of = |n: &usize| who.get(*n).copied();
    let unsure = unsure.iter().filter_map(|(one, other)| Some((of(one)?, of(other)?))).collect();
    let judged = candidates.into_iter().zip(matches).zip(doubts);
    let alike = judged.map(|((candidate, judged), doubts)| Alike {
        candidate,
        judged,
        doubted_by: doubts.iter().filter_map(of).collect(),
    });
    let mut alike: Vec<Alike> = alike.filter(|one| one.judged.grade.is_some()).collect();
    alike.sort_by(|a, b| b.judged.weight.total_cmp(&a.judged.weight));
    Ok(Doubted { alike, unsure })
}

/// Candidates with what came of them.
#[derive(Debug, Clone)]
pub struct Doubted {
    /// Those who are worth a look, the likeliest first.
    pub alike: Vec<Alike>,
    /// Pairs of them that nobody can be sure of because of who is sought.
    pub unsure: Vec<(PatientId, PatientId)>,
}

/// Somebody who is worth a look.
#[derive(Debug, Clone)]
pub struct Alike {
    /// Who.
    pub candidate: Candidate,
    /// What came of comparing them.
    pub judged: Match,
    /// Others who fit as well, so that it is unsure.
    pub doubted_by: Vec<PatientId>,
}
