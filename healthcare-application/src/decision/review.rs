//! Looks at a patient anew after something happened, or a day passed: raises what is to be told, withdraws what no longer
//! holds.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use healthcare_domain::{
    id::{PatientId, SuggestionId},
    suggestion::{self, Suggestion, SuggestionContent},
    text::Remark,
};
use healthcare_dss::{Evaluation, Finding, Judgement, Severity, Verdict};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Alike, BY_TIME, Outcome, RuleOutcome,
    corrected::put_right,
    facts, holding, judge, judge_in_shadow, news, record, rules_for,
    told::{Known, kept, told},
};
use crate::{
    App,
    access::{Call, Permission, Permit},
    entry::content_of,
    store::{Change, Commit, Committed, EvaluationRecord, Meta, Recorded, StoreError, StoredReview},
    transact::{Loaded, Target},
    view::{Kind, Row},
};

/// How often a review begins again after somebody else was faster.
const ATTEMPTS: usize = 5;

/// The namespace of the identities of reviews: one an event, and one a patient and day, so that a repeat is known as one.
const NAMESPACE: Uuid = Uuid::from_u128(0x4b0f_5b0a_71c2_4e5e_9d3c_0c1e_52a8_7f11);

/// What a review is made for.
#[derive(Debug, Clone, Copy)]
pub enum Occasion<'a> {
    /// Something happened.
    Event(&'a Recorded),
    /// A day passed, by the calendar of the site.
    Day(NaiveDate),
}

impl Occasion<'_> {
    /// The identity of the review of a patient.
    fn id(self, patient: PatientId) -> Uuid {
        match self {
            Self::Event(event) => Uuid::new_v5(&NAMESPACE, event.event_id().as_bytes()),
            Self::Day(day) => Uuid::new_v5(&NAMESPACE, format!("{}:{day}", patient.0).as_bytes()),
        }
    }

    /// What asks: the event's type, or that time passed.
    fn trigger(self) -> &'static str {
        match self {
            Self::Event(event) => event.event.kind(),
            Self::Day(_) => BY_TIME,
        }
    }

    /// The event that led to it.
    fn event(self) -> Option<String> {
        match self {
            Self::Event(event) => Some(event.event_id()),
            Self::Day(_) => None,
        }
    }
}

/// How far a review looked.
#[derive(Debug, Clone)]
pub struct Reviewed {
    /// The snapshot of the database that the facts were read in: what it shows needs no further review.
    pub snapshot: String,
    /// How many suggestions were raised.
    pub raised: usize,
    /// How many were withdrawn.
    pub withdrawn: usize,
}

/// Reviews a patient on their state as it is now, which may be later than the event: after a burst, one review at its end
/// says what all of them would have said in the end. Doing it twice for the same event, or day, changes nothing.
///
/// It is kept in the justification log. A daily review is where anything came out otherwise than at the review before: the
/// log would otherwise say the same again each day.
///
/// # Errors
/// When the record cannot be reached or read.
#[tracing::instrument(skip_all, fields(event.id = occasion.event()))]
pub async fn review_patient(app: &App, patient: PatientId, occasion: Occasion<'_>) -> Result<Reviewed, StoreError> {
    let (id, trigger) = (occasion.id(patient), occasion.trigger());
    let call = Call::system(match occasion {
        Occasion::Event(event) => event.meta.request,
        Occasion::Day(_) => id,
    });
    let permit = app
        .authorise(&call, Permission::ReadChart, Some(patient))
        .await
        .map_err(|why| StoreError::Damaged(Box::new(why)))?;
    let mut attempt = 0;
    loop {
        attempt += 1;
        let now = app.clock.now();
        let read = app.read.safety(&permit, patient).await?;
        if read.rows.is_empty() {
            return Ok(Reviewed { snapshot: read.snapshot, raised: 0, withdrawn: 0 });
        }
        let facts = facts(app.reading(), &read.rows, now)?;
        let (rules, ward) = rules_for(app, &permit, patient, now).await?;
        let evaluation = judge(&rules, ward, trigger, &facts);
        let shadow = judge_in_shadow(&rules, ward, trigger, &facts);
        let alike = Alike::of_found(app, &rules, &evaluation).await?;
        let mut told = told(&read)?;
        told.put_right = put_right(app, &permit, (&read, &told.of_answered((&evaluation, &alike)))).await?;
        let fresh = news(&told, (&evaluation, &alike), now);
        let anew: HashSet<String> = fresh.iter().flat_map(|finding| alike.ids(finding)).collect();
        let raised =
            fresh.into_iter().map(|finding| raise(app, patient, id, finding, now)).collect::<Result<Vec<_>, _>>()?;
        let mut untold = lacking(&evaluation);
        untold.extend(rules.unjudged(ward));
        let holds = holding(&told, (&evaluation, &alike));
        let withdrawn = withdraw(app, &permit, patient, &read.rows, (&holds, &untold, &anew), now).await?;
        let reviewed = Reviewed { snapshot: read.snapshot.clone(), raised: raised.len(), withdrawn: withdrawn.len() };
        let entry = EvaluationRecord {
            shadow,
            edition: Some(rules.edition(ward)),
            ..record(id, patient, trigger, read.position, &facts, &evaluation)
        };
        let quiet = raised.is_empty() && withdrawn.is_empty();
        if quiet && matches!(occasion, Occasion::Day(_)) && !is_news(app, &permit, &entry).await? {
            return Ok(reviewed);
        }
        let commit = Commit {
            // What is replaced under the same id is withdrawn first: one suggestion a finding is open.
            changes: withdrawn.into_iter().chain(raised).collect(),
            meta: Meta { causation: occasion.event(), ..Meta::of(&call) },
            idempotency: None,
            committed: Committed { id, version: 0, extra: None, replayed: false },
            safety: vec![],
            evaluations: vec![entry],
        };
        match app.store.append(&permit, commit).await {
            Ok(_) => return Ok(reviewed),
            // This event was reviewed before.
            Err(StoreError::Exists(what)) if what == "evaluation_pkey" => {
                return Ok(Reviewed { raised: 0, withdrawn: 0, ..reviewed });
            }
            // Somebody answered or raised the same one meanwhile.
            Err(StoreError::Conflict | StoreError::Exists(_)) if attempt < ATTEMPTS => {}
            Err(error) => return Err(error),
        }
    }
}

/// Whether a review came out otherwise than what was kept of the patient's last, in force or in the shadow.
async fn is_news(app: &App, permit: &Permit, record: &EvaluationRecord) -> Result<bool, StoreError> {
    let Some(StoredReview { judgements, shadow }) = app.store.last_review(permit).await? else { return Ok(true) };
    let found: HashSet<(String, i32)> = record.shadow.iter().map(|one| (one.rule.clone(), one.version)).collect();
    Ok(found != shadow.into_iter().collect() || gist(&record.judgements)? != gist(&judgements)?)
}

/// What came of each rule in its version, and which findings, how grave: without the values and ages, which change from day
/// to day.
fn gist(judgements: &serde_json::Value) -> Result<Vec<Gist>, StoreError> {
    let lines = Vec::<RuleOutcome>::deserialize(judgements).map_err(|e| StoreError::Damaged(Box::new(e)))?;
    let of = |line: RuleOutcome| {
        let found = line.judgement.iter().flat_map(Judgement::findings);
        let findings = found.map(|finding| (finding.id, finding.severity)).collect();
        ((line.rule, line.version), line.outcome, findings)
    };
    Ok(lines.into_iter().map(of).collect())
}

/// A line of [`gist`].
type Gist = ((String, u32), Outcome, Vec<(Uuid, Severity)>);

/// The rules that could not tell, for lack of data or because they did not look: what they said before stays open.
pub(crate) fn lacking(evaluation: &Evaluation) -> HashSet<&str> {
    let lacks = evaluation
        .judgements
        .iter()
        .filter(|one| matches!(one.verdict, Verdict::Lacking { .. } | Verdict::Unavailable { .. }));
    lacks.map(|one| one.rule.as_str()).collect()
}

/// The change that raises a suggestion.
fn raise(
    app: &App,
    patient: PatientId,
    evaluation: Uuid,
    finding: &Finding,
    now: DateTime<Utc>,
) -> Result<Change, StoreError> {
    let content = SuggestionContent {
        patient,
        finding: finding.id.to_string(),
        rule: finding.rule.to_string(),
        rule_version: finding.version.to_string(),
        severity: match finding.severity {
            Severity::Critical => suggestion::Severity::Critical,
            Severity::Warning => suggestion::Severity::Warning,
            Severity::Info => suggestion::Severity::Info,
        },
        summary: finding.summary.to_string(),
        detail: Some(finding.detail.to_string()),
        subjects: finding.subjects.clone(),
        evidence: kept(&finding.evidence)?,
        evaluation,
        proposals: kept(&finding.suggestions)?,
        override_reasons: finding.override_reasons.iter().map(ToString::to_string).collect(),
        links: kept(&finding.links)?,
    };
    let nothing = Loaded::<Suggestion>::nothing();
    let events = nothing.state.raise(content, now).map_err(|e| StoreError::Damaged(Box::new(e)))?;
    let target = Target::of(SuggestionId(app.clock.new_id()), patient, now);
    Ok(app.change::<Suggestion>(&target, &nothing, events))
}

/// The changes that withdraw what no longer holds. What cannot be told any more, for lack of data or of the rule,
/// stays open. `anew` are the ids of what is told in its stead.
async fn withdraw(
    app: &App,
    permit: &Permit,
    patient: PatientId,
    rows: &[Row],
    (holds, untold, anew): (&HashSet<String>, &HashSet<&str>, &HashSet<String>),
    now: DateTime<Utc>,
) -> Result<Vec<Change>, StoreError> {
    let mut changes = Vec::new();
    for row in rows.iter().filter(|row| row.kind == Kind::Suggestion && row.active) {
        let known: Known = content_of(row)?;
        if holds.contains(&known.finding) || untold.contains(known.rule.as_str()) {
            continue;
        }
        let why = if anew.contains(&known.finding) {
            "It is told anew: more gravely, or with another proposal."
        } else {
            "It no longer holds on what is known now."
        };
        let reason = Remark::try_from(why.to_owned()).map_err(|e| StoreError::Damaged(Box::new(e)))?;
        let id = SuggestionId(row.id);
        let loaded = app.load::<Suggestion>(id).await?.open(permit).await?;
        // Somebody may have answered it a moment ago; then there is nothing to withdraw.
        if let Ok(events) = loaded.state.withdraw(reason) {
            changes.push(app.change::<Suggestion>(&Target::of(id, patient, now), &loaded, events));
        }
    }
    Ok(changes)
}
