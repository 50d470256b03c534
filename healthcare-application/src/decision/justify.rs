//! Why a suggestion was made: the rule with its evidence, what it was judged on, and every other rule beside it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use healthcare_domain::{
    StreamType,
    id::{PatientId, SuggestionId},
    suggestion::SuggestionContent,
};
use healthcare_dss::{Evidence, Explanation, Facts, Finding, Judgement, Observed, RuleBook, Text};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Answer, BookOfThen, Outcome, RuleOutcome, Shown, ShownVia, answers, book_of_then};
use crate::{
    App, QueryError,
    access::{Call, Permission},
    entry::{content_of, get_entry},
    store::{StoreError, StoredEvaluation},
    view::Kind,
};

/// Why a suggestion was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct Justification {
    /// The suggestion.
    pub suggestion: SuggestionId,
    /// Whom it is about.
    pub patient: PatientId,
    /// The entry of the justification log.
    pub evaluation: Uuid,
    /// What asked: an event type, a hook, or `time.passed` where a day passed.
    pub trigger: String,
    /// Who asked; nil for the system.
    pub actor: Uuid,
    /// When it was judged.
    pub at: DateTime<Utc>,
    /// The position in the log at which the facts were read.
    pub position: i64,
    /// The rules and knowledge that judged, by the name under which they are kept; absent from before that was done.
    pub edition: Option<String>,
    /// By what the other rules were judged again: `the-same-words` of rules and knowledge as then; `by-version`, the
    /// rules of the same version, where the knowledge of then was not kept; `not-loaded` where they cannot be had.
    pub rules_of_then: &'static str,
    /// The rule in the version that judged, where that can be had.
    pub rule: Option<RuleInForce>,
    /// What was found, with its evidence and the tree of conditions.
    pub finding: Finding,
    /// The tree in words, a condition a line: met, not met or missing.
    pub words: String,
    /// The values it was judged on, each with the event it comes from.
    pub inputs: Vec<Observed>,
    /// All facts of the evaluation.
    pub facts: Facts,
    /// To whom it was shown, in order: noted beside the answers, so that the latest may be missing for a moment.
    pub shown: Vec<Shown>,
    /// What they did with it, in order.
    pub answers: Vec<Answer>,
    /// What the other rules came to.
    pub others: Vec<OtherRule>,
}

/// The rule that made a finding.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleInForce {
    /// Its name.
    pub id: String,
    /// Its version.
    pub version: u32,
    /// What people call it.
    pub title: String,
    /// Why it exists.
    pub purpose: String,
    /// Who answers for it.
    pub owner: String,
    /// What it stands on.
    pub evidence: Vec<Evidence>,
}

/// Another rule of the same evaluation.
#[derive(Debug, Serialize, ToSchema)]
pub struct OtherRule {
    /// The rule.
    pub rule: String,
    /// Its version then.
    pub version: u32,
    /// What came of it.
    pub outcome: Outcome,
    /// Whence the tree: `stored` with the evaluation, `replayed` from the stored facts by the same version of the
    /// rule, or `not-loaded` where that version is no longer there to replay.
    pub source: &'static str,
    /// The tree in words.
    pub words: Option<String>,
    /// The tree.
    pub explanation: Option<Explanation>,
}

/// The justification of a suggestion. With `as_of`, as it was known then: before it was raised there is none, and to whom it
/// was shown and what they did is told up to then.
///
/// # Errors
/// When the caller may not, there is no such suggestion, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(suggestion.id = %id))]
pub async fn justify_suggestion(
    app: &App,
    call: &Call,
    id: SuggestionId,
    as_of: Option<DateTime<Utc>>,
) -> Result<Justification, QueryError> {
    let row = get_entry(app, call, Permission::ReadChart, (Kind::Suggestion, id.0), as_of).await?;
    let content: SuggestionContent = content_of(&row)?;
    let permit = app.authorise(call, Permission::ReadChart, Some(content.patient)).await?;
    let stored = app.store.evaluation(&permit, content.evaluation).await?.ok_or(QueryError::NotFound)?;
    let then = book_of_then(app, &stored).await?;
    let StoredEvaluation { record, edition, actor, at } = stored;
    let damaged = |e: serde_json::Error| StoreError::Damaged(Box::new(e));
    let facts: Facts = serde_json::from_value(record.facts).map_err(damaged)?;
    let lines: Vec<RuleOutcome> = serde_json::from_value(record.judgements).map_err(damaged)?;
    let found = lines
        .iter()
        .filter_map(|line| line.judgement.as_ref())
        .flat_map(|judgement| judgement.findings())
        .find(|finding| finding.id.to_string() == content.finding);
    let finding = found.cloned().ok_or(QueryError::NotFound)?;
    let mut inputs = Vec::new();
    collect(&finding.explanation, &mut inputs);
    let mut stream = app.store.load(StreamType::Suggestion, id.0).await?.open(&permit).await?;
    stream.retain(|one| as_of.is_none_or(|then| one.known_at <= then));
    app.shown(call, &[id.0], ShownVia::Justification);
    let mut shown = app.store.shown_to(&permit, id.0).await?;
    shown.retain(|one| as_of.is_none_or(|then| one.first_at <= then));
    let others: Vec<RuleOutcome> = lines.into_iter().filter(|line| *line.rule != *finding.rule).collect();
    // By the versions that judged then, whichever are in force now.
    let unkept = || others.iter().filter(|line| line.judgement.is_none()).map(|line| line.rule.as_str());
    let judged = then.book().map(|book| book.judge_some(unkept(), &facts)).unwrap_or_default();
    let replayed: HashMap<Text, Judgement> = judged.into_iter().map(|one| (one.rule.clone(), one)).collect();
    Ok(Justification {
        suggestion: id,
        patient: content.patient,
        evaluation: content.evaluation,
        trigger: record.trigger,
        actor,
        at,
        position: record.position,
        rule: then.book().and_then(|book| rule_in_force(book, &finding.rule, finding.version)),
        rules_of_then: match then {
            BookOfThen::Same(_) => "the-same-words",
            BookOfThen::ByVersion(_) => "by-version",
            BookOfThen::Unreadable(_) => "not-loaded",
        },
        edition,
        words: finding.explanation.words(),
        inputs,
        shown,
        answers: answers(&stream),
        others: others.into_iter().map(|line| other(line, &replayed)).collect(),
        finding,
        facts,
    })
}

/// Every value of the tree that comes from an event, once.
fn collect(explanation: &Explanation, into: &mut Vec<Observed>) {
    for observed in explanation.observed.iter().filter(|observed| observed.source.is_some()) {
        if !into.contains(observed) {
            into.push(observed.clone());
        }
    }
    for child in &explanation.children {
        collect(child, into);
    }
}

fn rule_in_force(book: &RuleBook, id: &str, version: u32) -> Option<RuleInForce> {
    let rule = book.document(id).filter(|rule| rule.version == version)?;
    Some(RuleInForce {
        id: rule.id.to_string(),
        version: rule.version,
        title: rule.title.to_string(),
        purpose: rule.purpose.to_string(),
        owner: rule.owner.to_string(),
        evidence: rule.evidence.clone(),
    })
}

/// The tree of another rule: kept where it fired or lacked data, else judged again from the same facts.
fn other(line: RuleOutcome, replayed: &HashMap<Text, Judgement>) -> OtherRule {
    let RuleOutcome { rule, version, outcome, judgement } = line;
    let again = || replayed.get(rule.as_str()).filter(|one| one.version == version).cloned();
    let (source, judgement) = match judgement {
        Some(kept) => ("stored", Some(kept)),
        None => again().map_or(("not-loaded", None), |again| ("replayed", Some(again))),
    };
    let explanation = judgement.as_ref().and_then(|judgement| judgement.explanation()).cloned();
    OtherRule { words: explanation.as_ref().map(Explanation::words), rule, version, outcome, source, explanation }
}
