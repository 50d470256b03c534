//! Looks at a patient anew after something happened: raises what is to be told, withdraws what no longer holds.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use healthcare_domain::{
    id::{PatientId, SuggestionId},
    suggestion::{self, Suggestion, SuggestionContent},
    text::Remark,
};
use healthcare_dss::{Evaluation, Finding, Severity, Verdict};
use uuid::Uuid;

use super::{
    Alike,
    corrected::put_right,
    facts, holding, judge, judge_in_shadow, news, record, rules_for,
    told::{Known, kept, told},
};
use crate::{
    App,
    access::{Call, Permission, Permit},
    entry::content_of,
    store::{Change, Commit, Committed, EvaluationRecord, Meta, Recorded, StoreError},
    transact::{Loaded, Target},
    view::{Kind, Row},
};

/// How often a review begins again after somebody else was faster.
const ATTEMPTS: usize = 5;

/// The namespace of the identities of reviews: one an event, so that a repeat is known as one.
const NAMESPACE: Uuid = Uuid::from_u128(0x4b0f_5b0a_71c2_4e5e_9d3c_0c1e_52a8_7f11);

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

/// Reviews the patient of an event on their state as it is now, which may be later than the event: after a burst, one
/// review at its end says what all of them would have said in the end. Doing it twice for the same event changes
/// nothing.
///
/// # Errors
/// When the record cannot be reached or read.
#[tracing::instrument(skip_all, fields(event.id = %event.event_id()))]
pub async fn review_patient(app: &App, patient: PatientId, event: &Recorded) -> Result<Reviewed, StoreError> {
    let call = Call::system(event.meta.request);
    let permit = app
        .authorise(&call, Permission::ReadChart, Some(patient))
        .await
        .map_err(|why| StoreError::Damaged(Box::new(why)))?;
    let id = Uuid::new_v5(&NAMESPACE, event.event_id().as_bytes());
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
        let evaluation = judge(&rules, ward, event.event.kind(), &facts);
        let shadow = judge_in_shadow(&rules, ward, event.event.kind(), &facts);
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
        let commit = Commit {
            // What is replaced under the same id is withdrawn first: one suggestion a finding is open.
            changes: withdrawn.into_iter().chain(raised).collect(),
            meta: Meta { causation: Some(event.event_id()), ..Meta::of(&call) },
            idempotency: None,
            committed: Committed { id, version: 0, extra: None, replayed: false },
            safety: vec![],
            evaluations: vec![EvaluationRecord {
                shadow,
                edition: Some(rules.edition(ward)),
                ..record(id, patient, event.event.kind(), read.position, &facts, &evaluation)
            }],
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
