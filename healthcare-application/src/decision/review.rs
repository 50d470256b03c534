//! Looks at a patient anew after something happened: raises what is to be told, withdraws what no longer holds.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Duration, Utc};
use healthcare_domain::{
    id::{PatientId, SuggestionId},
    suggestion::{self, Suggestion, SuggestionContent},
    text::Remark,
};
use healthcare_dss::{Evaluation, Explanation, Finding, Severity, Verdict};
use serde::Deserialize;
use uuid::Uuid;

use super::{facts, judge, judge_in_shadow, record, rules_for};
use crate::{
    App,
    access::{Call, Permission, Permit},
    entry::content_of,
    read::SafetyFacts,
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
        let facts = facts(app.rules.knowledge(), &read.rows, now)?;
        let (rules, ward) = rules_for(app, &permit, patient, now).await?;
        let evaluation = judge(&rules, ward, event.event.kind(), &facts);
        let shadow = judge_in_shadow(&rules, ward, event.event.kind(), &facts);
        let raised = to_raise(&read, &evaluation, now)?
            .into_iter()
            .map(|finding| raise(app, patient, id, finding, now))
            .collect::<Result<Vec<_>, _>>()?;
        let mut untold = lacking(&evaluation);
        untold.extend(rules.unjudged(ward));
        let withdrawn = withdraw(app, &permit, patient, &read.rows, (&evaluation, &untold), now).await?;
        let reviewed = Reviewed { snapshot: read.snapshot.clone(), raised: raised.len(), withdrawn: withdrawn.len() };
        let commit = Commit {
            changes: raised.into_iter().chain(withdrawn).collect(),
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

/// What a row of a suggestion says of its state.
#[derive(Deserialize)]
struct Known {
    finding: String,
    status: String,
    rule: String,
}

/// The overrides by which an order was signed.
#[derive(Deserialize)]
struct Signed {
    #[serde(default)]
    overrides: Vec<healthcare_domain::medication::Override>,
}

/// The findings that are news. Not told: what is only for information, what is open already, what an order was signed
/// against with a reason, and what was answered and stands on nothing newer than the answer.
fn to_raise<'a>(
    read: &SafetyFacts,
    evaluation: &'a Evaluation,
    now: DateTime<Utc>,
) -> Result<Vec<&'a Finding>, StoreError> {
    let mut told = answered(&read.rows)?;
    told.signed = overridden(&read.rows)?;
    Ok(news(&told, evaluation, now))
}

/// The findings that nobody has answered: neither accepted nor overridden, or on something older than there is now. For
/// how long a rule is silent after an answer says nothing here: that is for suggestions, which come unasked.
pub(super) fn unanswered(rows: &[Row], evaluation: &Evaluation) -> Result<Vec<Finding>, StoreError> {
    Ok(waiting(&answered(rows)?, evaluation))
}

fn waiting(told: &Told, evaluation: &Evaluation) -> Vec<Finding> {
    let waits = |finding: &&Finding| {
        let answered = told.answered.get(&finding.id.to_string());
        answered.is_none_or(|then| is_newer(finding, *then) || arrived_after(&finding.explanation, *then))
    };
    evaluation.findings().into_iter().filter(waits).cloned().collect()
}

/// Whether a value came on record after that, whenever it was measured: a sample that was drawn before an answer and
/// reported after it was not known to who answered. The identities that the platform gives hold the moment.
fn arrived_after(explanation: &Explanation, than: DateTime<Utc>) -> bool {
    let mut arrived = explanation.observed.iter().filter_map(|observed| observed.source?.stream.get_timestamp());
    let then = (u64::try_from(than.timestamp()).unwrap_or(0), than.timestamp_subsec_nanos());
    arrived.any(|at| at.to_unix() > then) || explanation.children.iter().any(|child| arrived_after(child, than))
}

/// What suggestions were raised and answered, by their rows.
fn answered(rows: &[Row]) -> Result<Told, StoreError> {
    let mut told = Told::default();
    for row in rows.iter().filter(|row| row.kind == Kind::Suggestion) {
        let known: Known = content_of(row)?;
        match known.status.as_str() {
            "open" => drop(told.open.insert(known.finding)),
            "accepted" | "overridden" => told.answer(known.finding, row.at),
            _ => {}
        }
    }
    Ok(told)
}

/// What was told of a patient: the findings that are open, and when others were answered last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    /// Open.
    pub(crate) open: HashSet<String>,
    /// What active orders were signed against, and when.
    pub(crate) signed: HashMap<String, DateTime<Utc>>,
    answered: HashMap<String, DateTime<Utc>>,
    /// The finding of each suggestion, for who follows events.
    pub(crate) named: HashMap<Uuid, String>,
}

impl Told {
    /// A finding was answered.
    pub(crate) fn answer(&mut self, finding: String, at: DateTime<Utc>) {
        self.open.remove(&finding);
        let last = self.answered.entry(finding).or_insert(at);
        *last = at.max(*last);
    }
}

/// The findings that active orders were signed against, each with the last signing.
pub(crate) fn overridden(rows: &[Row]) -> Result<HashMap<String, DateTime<Utc>>, StoreError> {
    let mut findings = HashMap::new();
    for row in rows.iter().filter(|row| row.kind == Kind::Medication && row.active) {
        let signed: Signed = content_of(row)?;
        for answer in signed.overrides {
            let last = findings.entry(answer.finding).or_insert(row.at);
            *last = row.at.max(*last);
        }
    }
    Ok(findings)
}

/// The findings of an evaluation that are news to who was told this.
pub(crate) fn news<'a>(told: &Told, evaluation: &'a Evaluation, now: DateTime<Utc>) -> Vec<&'a Finding> {
    let news = |finding: &&Finding| {
        let id = finding.id.to_string();
        finding.severity != Severity::Info
            && !told.open.contains(&id)
            && told.signed.get(&id).is_none_or(|then| is_newer(finding, *then))
            && told.answered.get(&id).is_none_or(|then| is_over(finding, *then, now))
    };
    evaluation.findings().into_iter().filter(news).collect()
}

/// The rules that could not tell, for lack of data or because they did not look: what they said before stays open.
pub(crate) fn lacking(evaluation: &Evaluation) -> HashSet<&str> {
    let lacks = evaluation
        .judgements
        .iter()
        .filter(|one| matches!(one.verdict, Verdict::Lacking { .. } | Verdict::Unavailable { .. }));
    lacks.map(|one| one.rule.as_str()).collect()
}

/// Whether an answer no longer silences a finding: the rule's time is over, or where it sets none, the finding stands
/// on something newer than the answer.
fn is_over(finding: &Finding, answered: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    match finding.suppress_for_hours {
        Some(hours) => now > answered + Duration::hours(i64::from(hours)),
        None => is_newer(finding, answered),
    }
}

/// Whether a finding stands on something newer than that: what somebody answered for is no longer what there is.
fn is_newer(finding: &Finding, than: DateTime<Utc>) -> bool {
    newest(&finding.explanation).is_some_and(|newest| newest > than)
}

fn newest(explanation: &Explanation) -> Option<DateTime<Utc>> {
    let here = explanation.observed.iter().filter_map(|observed| observed.at).max();
    here.max(explanation.children.iter().filter_map(newest).max())
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
        evaluation,
        proposals: finding
            .suggestions
            .iter()
            .map(serde_json::to_value)
            .collect::<Result<_, _>>()
            .map_err(|e| StoreError::Damaged(Box::new(e)))?,
    };
    let nothing = Loaded::<Suggestion>::nothing();
    let events = nothing.state.raise(content, now).map_err(|e| StoreError::Damaged(Box::new(e)))?;
    let target = Target::of(SuggestionId(app.clock.new_id()), patient, now);
    Ok(app.change::<Suggestion>(&target, &nothing, events))
}

/// The changes that withdraw what no longer holds. What cannot be told any more, for lack of data or of the rule,
/// stays open.
async fn withdraw(
    app: &App,
    permit: &Permit,
    patient: PatientId,
    rows: &[Row],
    (evaluation, untold): (&Evaluation, &HashSet<&str>),
    now: DateTime<Utc>,
) -> Result<Vec<Change>, StoreError> {
    let holds: HashSet<String> = evaluation.findings().iter().map(|finding| finding.id.to_string()).collect();
    let mut changes = Vec::new();
    for row in rows.iter().filter(|row| row.kind == Kind::Suggestion && row.active) {
        let known: Known = content_of(row)?;
        if holds.contains(&known.finding) || untold.contains(known.rule.as_str()) {
            continue;
        }
        let reason = Remark::try_from("It no longer holds on what is known now.".to_owned())
            .map_err(|e| StoreError::Damaged(Box::new(e)))?;
        let id = SuggestionId(row.id);
        let loaded = app.load::<Suggestion>(id).await?.open(permit).await?;
        // Somebody may have answered it a moment ago; then there is nothing to withdraw.
        if let Ok(events) = loaded.state.withdraw(reason) {
            changes.push(app.change::<Suggestion>(&Target::of(id, patient, now), &loaded, events));
        }
    }
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use healthcare_dss::{Judgement, Observed, Truth};

    use super::*;

    fn at(hour: u32) -> DateTime<Utc> {
        format!("2026-11-22T{hour:02}:00:00Z").parse().unwrap()
    }

    /// A finding that stands on a value measured at this hour.
    fn found(hour: u32) -> Evaluation {
        found_by(None, hour, None)
    }

    /// As [`found`], by a rule that is silent for so many hours after an answer, from this stream.
    fn found_by(suppress_for_hours: Option<u32>, hour: u32, stream: Option<Uuid>) -> Evaluation {
        let observed = Observed {
            what: "eGFR".into(),
            value: None,
            unit: None,
            source: stream.map(|stream| healthcare_dss::EventRef { stream, version: 1 }),
            at: Some(at(hour)),
            age_seconds: None,
        };
        let explanation = Explanation {
            condition: "low".into(),
            outcome: Truth::Met,
            observed: vec![observed],
            lacking: None,
            children: vec![],
        };
        let finding = Finding {
            id: Uuid::from_u128(1),
            rule: "doac-low-egfr".into(),
            version: 1,
            severity: Severity::Critical,
            summary: "low".into(),
            detail: "low".into(),
            subjects: vec![],
            evidence: vec![],
            override_reasons: vec![],
            suggestions: vec![],
            suppress_for_hours,
            links: vec![],
            explanation,
        };
        let verdict = Verdict::Fired { findings: vec![finding] };
        let judgement = Judgement { rule: "doac-low-egfr".into(), version: 1, verdict };
        Evaluation { judgements: vec![judgement], ..Evaluation::default() }
    }

    #[test]
    fn an_order_that_was_signed_against_a_finding_silences_it_until_there_is_something_newer() {
        let signed = HashMap::from([(Uuid::from_u128(1).to_string(), at(10))]);
        let told = Told { signed, ..Told::default() };
        assert!(news(&told, &found(9), at(12)).is_empty(), "what was known when it was signed");
        assert_eq!(news(&told, &found(11), at(12)).len(), 1, "a value that came after");
        assert_eq!(news(&Told::default(), &found(9), at(12)).len(), 1);
    }

    /// What was answered at eight, by a rule that is silent for four hours.
    fn answered_at_eight() -> Told {
        let mut told = Told::default();
        told.answer(Uuid::from_u128(1).to_string(), at(8));
        told
    }

    #[test]
    fn a_result_that_is_newer_than_the_answer_waits_though_the_rule_is_silent() {
        assert_eq!(waiting(&answered_at_eight(), &found_by(Some(4), 9, None)).len(), 1);
        assert!(news(&answered_at_eight(), &found_by(Some(4), 9, None), at(10)).is_empty(), "no suggestion yet");
    }

    #[test]
    fn a_result_that_was_answered_waits_no_more_though_the_rule_speaks_again() {
        assert!(waiting(&answered_at_eight(), &found_by(Some(4), 6, None)).is_empty());
        assert_eq!(news(&answered_at_eight(), &found_by(Some(4), 6, None), at(13)).len(), 1, "it speaks again");
        assert_eq!(waiting(&Told::default(), &found_by(Some(4), 6, None)).len(), 1, "nobody answered");
    }

    #[test]
    fn a_result_that_was_drawn_before_the_answer_and_reported_after_it_waits() {
        let reported = |hour: u32| {
            let seconds = u64::try_from(at(hour).timestamp()).unwrap();
            Some(Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, 0)))
        };
        assert_eq!(waiting(&answered_at_eight(), &found_by(Some(4), 7, reported(9))).len(), 1);
        assert!(waiting(&answered_at_eight(), &found_by(Some(4), 6, reported(7))).is_empty());
    }
}
