//! The check of what a person is about to put on record: a diagnosis, an allergy, a stay, a result. One frame for all.
//!
//! Who is asked is a person who may see what they are told. Imports, devices and programs are never interrupted: what
//! they bring is looked at after it is stored, and suggestions say what there is to say.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use healthcare_domain::{
    EventSourced,
    id::PatientId,
    signing::{Override, UnknownFinding, ensure_answers},
};
use healthcare_dss::{Evaluation, EventRef, Finding, Judgement, Severity, Text, Trigger, Verdict};
use serde::Serialize;
use uuid::Uuid;

use super::{Alike, Reading, facts, judge, judge_in_shadow, record, rules_for, told};
use crate::{
    App, CommandError,
    access::{Call, Permission, Permit, Unauthorised},
    read::SafetyFacts,
    store::{Change, Commit, Committed, EvaluationRecord, Meta, Safety, StoreError},
    transact::{Loaded, Target, replay},
    view::{Kind, Of, Row, rows},
};

/// How often a draft is judged again after its facts have changed meanwhile. Of those who sign at once one is stored a round
/// and the others look again, so this is how many may sign for one patient in one moment.
const ATTEMPTS: usize = 64;

/// Why nothing was put on record: findings wait for an answer.
#[derive(Debug, Serialize)]
pub struct Interruption {
    /// The entry of the justification log.
    pub evaluation: Uuid,
    /// All findings, the gravest first; the critical ones that are not overridden interrupt.
    pub findings: Vec<Finding>,
    /// The rules that could not be told for lack of data, each with what is missing.
    pub lacking: Vec<Judgement>,
}

/// What a draft is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Against {
    /// The record: what the draft brings up that was not there without it.
    Record,
    /// Nothing but itself: whether it can be. Nothing else of the record is looked at, and so nothing else is told.
    Itself,
    /// What is there and nobody has answered yet.
    Unanswered,
}

/// What is about to be stored, as far as it is signed.
pub(crate) struct Drafted<'a> {
    /// At which point of the work.
    pub(crate) hook: Trigger<'static>,
    /// What it is held against.
    pub(crate) against: Against,
    /// What is stored, where nothing speaks against it; what was set aside is put into its events.
    pub(crate) change: &'a mut Change,
    /// Answers to findings.
    pub(crate) overrides: &'a [Override],
}

/// What was looked at, and what is to be told.
pub(crate) struct Looked {
    /// The entry of the justification log.
    pub(crate) record: EvaluationRecord,
    /// The findings, the gravest first.
    pub(crate) findings: Vec<Finding>,
    /// The rules that lacked data.
    pub(crate) lacking: Vec<Judgement>,
    /// The version of the safety row it stands on; none where nothing but the draft was looked at.
    pub(crate) version: Option<i64>,
}

impl Looked {
    /// What whoever signs is answered.
    pub(crate) fn told(&self) -> serde_json::Value {
        serde_json::json!({ "evaluation": self.record.id, "findings": self.findings, "lacking": self.lacking })
    }
}

/// Whether a finding stands in the way of signing.
pub(crate) fn interrupts(finding: &Finding, overrides: &[Override]) -> bool {
    let answered = |id: String| overrides.iter().any(|answer| answer.finding == id);
    finding.severity == Severity::Critical && !answered(finding.id.to_string())
}

/// The rules that lacked data, as they are told: also one that found something in a part of its table and could not look
/// into the rest.
pub(crate) fn lacks(evaluation: &Evaluation) -> Vec<Judgement> {
    let untold = |one: &Judgement| match &one.verdict {
        Verdict::Lacking { .. } => Some(one.clone()),
        Verdict::Fired { findings } => {
            let explanation = findings.first().map(|finding| finding.explanation.clone())?;
            let missing = vec![explanation.lacking.clone()?];
            Some(Judgement { verdict: Verdict::Lacking { missing, explanation }, ..one.clone() })
        }
        Verdict::NotFired { .. } | Verdict::Unavailable { .. } => None,
    };
    evaluation.judgements.iter().filter_map(untold).collect()
}

/// Keeps a judgement without what was judged. It answers no key: the same command may come again with overrides.
///
/// # Errors
/// When the record cannot be reached.
pub(crate) async fn keep(app: &App, permit: &Permit, call: &Call, record: EvaluationRecord) -> Result<(), StoreError> {
    let commit = Commit {
        changes: vec![],
        meta: Meta::of(call),
        idempotency: None,
        committed: Committed { id: record.id, version: 0, extra: None, replayed: false },
        safety: vec![],
        evaluations: vec![record],
    };
    app.store.append(permit, commit).await.map(drop)
}

/// The rows of a change that is not stored yet.
pub(crate) fn rows_of(change: &Change) -> Vec<Row> {
    let Some(last) = change.events.last() else { return vec![] };
    rows(&change.state, Of { id: change.id, version: version(change), patient: change.patient, at: last.occurred_at })
}

fn version(change: &Change) -> i32 {
    change.expected + i32::try_from(change.events.len()).unwrap_or(i32::MAX)
}

/// Decides on a new stream, checks it, and stores it. A repeat with the same key is answered as the first was.
///
/// # Errors
/// When the domain refuses, findings wait for an answer, an override answers none, or the record cannot be reached.
pub(crate) async fn sign<A: EventSourced>(
    app: &App,
    permit: &Permit,
    call: &Call,
    target: Target<A::Id>,
    (hook, against, overrides): (Trigger<'static>, Against, &[Override]),
    decide: impl Fn(&A) -> Result<Vec<A::Event>, A::Error> + Send,
) -> Result<Committed, CommandError<A::Error>> {
    let patient = target.patient.ok_or(CommandError::NoSuchPatient)?;
    let id: Uuid = target.id.into();
    let nothing = Loaded::<A>::nothing();
    let mut attempt = 0;
    loop {
        attempt += 1;
        if let Some(answer) = replay(app, call).await? {
            return Ok(answer);
        }
        let events = match decide(&nothing.state) {
            Ok(events) => events,
            Err(refusal) => {
                permit.recorded().await?;
                return Err(CommandError::Refused(refusal));
            }
        };
        let mut change = app.change::<A>(&target, &nothing, events);
        let looked =
            check(app, permit, call, patient, Drafted { hook, against, change: &mut change, overrides }).await?;
        let expected = looked.as_ref().and_then(|looked| looked.version);
        let safety = if target.touches_safety { vec![Safety { patient, expected }] } else { vec![] };
        let committed =
            Committed { id, version: version(&change), extra: looked.as_ref().map(Looked::told), replayed: false };
        let commit = Commit {
            changes: vec![change],
            meta: Meta::of(call),
            idempotency: call.idempotency.clone(),
            committed,
            safety,
            evaluations: looked.into_iter().map(|looked| looked.record).collect(),
        };
        match app.store.append(permit, commit).await {
            Err(StoreError::Conflict) if attempt < ATTEMPTS => match app.care.survivor(patient).await? {
                held if held == patient => {}
                // What was read is another record's by now: it has to be looked at there.
                survivor => return Err(CommandError::Merged(survivor)),
            },
            other => return other.map_err(CommandError::Store),
        }
    }
}

/// Checks a draft before it is signed. Nothing where the caller is not asked. Every judgement is kept, also of what is
/// not signed; where it is signed, what was set aside is in its events, and the judgement is the caller's to store.
///
/// # Errors
/// When findings wait for an answer, an override answers none, there is no such patient, or the record cannot be reached.
pub(crate) async fn check<E>(
    app: &App,
    permit: &Permit,
    call: &Call,
    patient: PatientId,
    drafted: Drafted<'_>,
) -> Result<Option<Looked>, CommandError<E>> {
    let Drafted { hook, against, change, overrides } = drafted;
    let stray = |UnknownFinding(finding)| CommandError::<E>::UnknownFinding(finding);
    if !is_asked(app, permit, call, patient, against).await? {
        ensure_answers(overrides, &[]).map_err(stray)?;
        return Ok(None);
    }
    let read = app.read.safety(permit, patient).await?;
    if read.rows.is_empty() {
        permit.recorded().await?;
        return Err(CommandError::NoSuchPatient);
    }
    let looked = look(app, permit, patient, &read, (&*change, hook, against)).await?;
    if !may_be_told(app, permit, call, patient, (against, &looked)).await? {
        ensure_answers(overrides, &[]).map_err(stray)?;
        return Ok(None);
    }
    let ids: Vec<String> = looked.findings.iter().map(|finding| finding.id.to_string()).collect();
    if let Err(unknown) = ensure_answers(overrides, &ids) {
        // Which findings there are is told by which answers are refused.
        permit.recorded().await?;
        return Err(stray(unknown));
    }
    if looked.findings.iter().any(|finding| interrupts(finding, overrides)) {
        let Looked { record, findings, lacking, version: _ } = looked;
        let interruption = Interruption { evaluation: record.id, findings, lacking };
        keep(app, permit, call, record).await?;
        return Err(CommandError::Interrupted(Box::new(interruption)));
    }
    if !overrides.is_empty() {
        // The first event that is signed holds what was set aside.
        change.events.iter_mut().any(|new| new.event.set_aside(overrides));
    }
    Ok(Some(looked))
}

/// Looks at a draft and tells, without interrupting: for what has to be stored whatever there is to say. Nothing where
/// the caller is not asked.
///
/// # Errors
/// When the record cannot be reached.
pub(crate) async fn tell(
    app: &App,
    permit: &Permit,
    call: &Call,
    (patient, read): (PatientId, &SafetyFacts),
    (change, hook): (&Change, Trigger<'static>),
) -> Result<Option<Looked>, StoreError> {
    if !is_asked(app, permit, call, patient, Against::Record).await? {
        return Ok(None);
    }
    look(app, permit, patient, read, (change, hook, Against::Record)).await.map(Some)
}

/// Whether somebody waits for an answer who may hear it: a person, who may see the chart where it is told of.
async fn is_asked(
    app: &App,
    permit: &Permit,
    call: &Call,
    patient: PatientId,
    against: Against,
) -> Result<bool, StoreError> {
    if !call.actor.is_person() {
        return Ok(false);
    }
    match against {
        Against::Itself => Ok(true),
        // The permit itself stands on a care relationship.
        Against::Record | Against::Unanswered if permit.permission().needs_relationship() => {
            Ok(call.actor.may(Permission::ReadChart))
        }
        Against::Record | Against::Unanswered => app.may_see(call, patient).await,
    }
}

/// Makes sure that who is told findings of the chart by a permit that opens none is recorded as one who read it. False
/// where they may not any more: then nothing is told, and nobody is held up.
///
/// # Errors
/// When it cannot be recorded, or the record cannot be reached.
async fn may_be_told(
    app: &App,
    permit: &Permit,
    call: &Call,
    patient: PatientId,
    (against, looked): (Against, &Looked),
) -> Result<bool, StoreError> {
    let of_chart = against != Against::Itself && !permit.permission().needs_relationship();
    if !of_chart || looked.findings.is_empty() {
        return Ok(true);
    }
    match app.authorise(call, Permission::ReadChart, Some(patient)).await {
        Ok(reads) => reads.recorded().await.map(|()| true),
        Err(Unauthorised::Denied(_) | Unauthorised::Merged(_)) => Ok(false),
        Err(Unauthorised::Store(error)) => Err(error),
    }
}

/// Judges a draft on the facts that were read, with the draft among them.
async fn look(
    app: &App,
    permit: &Permit,
    patient: PatientId,
    read: &SafetyFacts,
    (change, hook, against): (&Change, Trigger<'static>, Against),
) -> Result<Looked, StoreError> {
    let now = app.clock.now();
    let (rules, ward) = rules_for(app, permit, patient, now).await?;
    let known: Vec<Row> = match against {
        Against::Record | Against::Unanswered => read.rows.clone(),
        Against::Itself => read.rows.iter().filter(|row| row.kind == Kind::Patient).cloned().collect(),
    };
    let drafted = rows_of(change);
    let at = moment(against, &drafted, now);
    let with: Vec<Row> = known.iter().cloned().chain(drafted).collect();
    let reading = Reading { knowledge: rules.knowledge(), zone: app.patients.zone };
    let mut facts_with = facts(reading, &with, at)?;
    facts_with.proposed = Some(EventRef { stream: change.id, version: version(change) });
    let evaluation = judge(&rules, ward, hook.0, &facts_with);
    let shadow = judge_in_shadow(&rules, ward, hook.0, &facts_with);
    let (findings, lacking) = match against {
        Against::Record => {
            let without = judge(&rules, ward, hook.0, &facts(reading, &known, at)?);
            brought_up(&evaluation, &without)
        }
        Against::Itself => (all(&evaluation), vec![]),
        Against::Unanswered => {
            let alike = Alike::of_found(app, &rules, &evaluation).await?;
            (told::unanswered(read, (&evaluation, &alike))?, vec![])
        }
    };
    let record = record(app.clock.new_id(), patient, hook.0, read.position, &facts_with, &evaluation);
    let told = Some(findings.iter().map(|finding| finding.id).collect());
    let record = EvaluationRecord { shadow, edition: Some(rules.edition(ward)), told, ..record };
    let version = (against == Against::Record).then_some(read.version);
    Ok(Looked { record, findings, lacking, version })
}

fn all(evaluation: &Evaluation) -> Vec<Finding> {
    evaluation.findings().into_iter().cloned().collect()
}

/// At which moment a draft is judged. What is held against itself alone is judged as of its own time: whether it can be
/// does not hang on how long ago it was, nor on a clock that is ahead of this one.
fn moment(against: Against, drafted: &[Row], now: DateTime<Utc>) -> DateTime<Utc> {
    match against {
        Against::Itself => drafted.iter().map(|row| row.at).max().unwrap_or(now),
        Against::Record | Against::Unanswered => now,
    }
}

/// What is found, and what is lacking, with the draft among the facts and not without it. A rule that could not look, at
/// all or in a part of its table, says so either way.
fn brought_up(with: &Evaluation, without: &Evaluation) -> (Vec<Finding>, Vec<Judgement>) {
    let found: HashSet<Uuid> = without.findings().into_iter().map(|finding| finding.id).collect();
    let findings = with.findings().into_iter().filter(|finding| !found.contains(&finding.id)).cloned().collect();
    let lacked = lacks(without);
    let known =
        |one: &Judgement| lacked.iter().any(|before| before.rule == one.rule && missing(before) == missing(one));
    let mut lacking = lacks(with);
    lacking.retain(|one| !known(one));
    (findings, lacking)
}

/// What a rule lacked.
fn missing(judgement: &Judgement) -> &[Text] {
    match &judgement.verdict {
        Verdict::Lacking { missing, .. } => missing,
        Verdict::Fired { .. } | Verdict::NotFired { .. } | Verdict::Unavailable { .. } => &[],
    }
}

#[cfg(test)]
mod tests {
    use healthcare_dss::{Explanation, Truth};

    use super::*;
    use crate::view::Kind;

    fn at(year: i32) -> DateTime<Utc> {
        format!("{year}-11-22T08:00:00Z").parse().unwrap()
    }

    fn explanation(lacking: Option<&str>) -> Explanation {
        Explanation {
            condition: "interaction".into(),
            outcome: Truth::Met,
            observed: vec![],
            lacking: lacking.map(Text::from),
            children: vec![],
        }
    }

    /// A rule that found this in a part of its table, and could not look into the rest for want of that.
    fn found_with_a_gap(finding: u128, lacking: Option<&str>) -> Evaluation {
        let finding = Finding {
            id: Uuid::from_u128(finding),
            rule: "drug-interaction".into(),
            version: 1,
            severity: Severity::Warning,
            summary: "found".into(),
            detail: "found".into(),
            subjects: vec![],
            evidence: vec![],
            override_reasons: vec![],
            suggestions: vec![],
            suppress_for_hours: None,
            links: vec![],
            explanation: explanation(lacking),
            aspect: None,
        };
        of_verdict(Verdict::Fired { findings: vec![finding] })
    }

    fn of_verdict(verdict: Verdict) -> Evaluation {
        let judgement = Judgement { rule: "drug-interaction".into(), version: 1, verdict };
        Evaluation { judgements: vec![judgement], ..Evaluation::default() }
    }

    #[test]
    fn a_gap_that_was_there_before_is_not_told_again() {
        let gap = found_with_a_gap(1, Some("an order that is not recognised"));
        let (findings, lacking) = brought_up(&gap, &gap);
        assert!(findings.is_empty() && lacking.is_empty(), "{lacking:?}");
        let another = found_with_a_gap(2, Some("an order that is not recognised"));
        let (findings, lacking) = brought_up(&another, &gap);
        assert_eq!((findings.len(), lacking.len()), (1, 0), "the finding is new, the gap is not");
    }

    #[test]
    fn a_gap_that_the_draft_brings_up_is_told() {
        let gap = found_with_a_gap(1, Some("an order that is not recognised"));
        assert_eq!(brought_up(&gap, &found_with_a_gap(1, None)).1.len(), 1);
        let missing = vec![Text::from("weight")];
        let lacking = of_verdict(Verdict::Lacking { missing, explanation: explanation(Some("weight")) });
        assert_eq!(brought_up(&gap, &lacking).1.len(), 1, "another gap than before");
        assert!(brought_up(&lacking, &lacking).1.is_empty());
    }

    #[test]
    fn a_value_is_held_against_itself_as_of_its_own_time_and_all_else_as_of_now() {
        let result = |year| Row {
            kind: Kind::Laboratory,
            id: Uuid::from_u128(1),
            item: 0,
            patient: None,
            version: 1,
            active: false,
            struck: false,
            at: at(year),
            code: None,
            body: String::new(),
        };
        for year in [2009, 2026, 2027] {
            assert_eq!(moment(Against::Itself, &[result(year)], at(2026)), at(year));
            assert_eq!(moment(Against::Record, &[result(year)], at(2026)), at(2026));
            assert_eq!(moment(Against::Unanswered, &[result(year)], at(2026)), at(2026));
        }
    }
}
