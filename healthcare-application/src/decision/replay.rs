//! Judges again what was judged before, and compares byte for byte with what was kept.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use healthcare_domain::{
    id::{PatientId, SuggestionId},
    suggestion::Suggestion,
};
use healthcare_dss::{Evaluation, Facts, Judgement, RuleBook, Trigger, rule::RuleDocument};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::{BookOfThen, Outcome, RuleOutcome, book_of_then, lines};
use crate::{
    App, QueryError,
    access::{Call, Permission, Permit},
    rule::refresh,
    store::{StoreError, StoredEvaluation},
};

/// What came of judging again.
#[derive(Debug, Serialize)]
pub struct Replayed {
    /// The entry of the justification log.
    pub evaluation: Uuid,
    /// Whom it is about.
    pub patient: PatientId,
    /// What asked: an event type or a hook.
    pub trigger: String,
    /// The moment that was judged.
    pub judged_at: DateTime<Utc>,
    /// The edition of rules and knowledge that judged; absent from before editions were kept.
    pub edition: Option<String>,
    /// How many rules were judged then.
    pub rules: usize,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: ReplayOutcome,
}

/// Whether it came out the same.
#[derive(Debug, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum ReplayOutcome {
    /// The same bytes.
    Same {
        /// How many bytes were compared.
        bytes: usize,
    },
    /// Other bytes.
    Different {
        /// What differs, by rule.
        differences: Vec<Difference>,
    },
    /// It cannot be judged again.
    CannotTell {
        /// Why.
        why: String,
        /// The rules whose version is no longer there, as `id version`.
        not_loaded: Vec<String>,
    },
}

/// A rule whose line differs.
#[derive(Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The rule.
    pub rule: String,
    /// What was kept; absent where there was no such line.
    pub stored: Option<Value>,
    /// What came out now.
    pub replayed: Option<Value>,
}

/// Judges an evaluation again, named by its own identity or by a suggestion that stands on it.
///
/// # Errors
/// When the caller may not, there is neither of this identity, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(replayed.id = %id))]
pub async fn replay_decision(app: &App, call: &Call, id: Uuid) -> Result<Replayed, QueryError> {
    let (permit, evaluation) = match app.store.evaluated(id).await? {
        Some(patient) => (app.authorise(call, Permission::ReadChart, Some(patient)).await?, id),
        None => of_suggestion(app, call, SuggestionId(id)).await?,
    };
    let stored = app.store.evaluation(&permit, evaluation).await?.ok_or(QueryError::NotFound)?;
    let then = book_of_then(app, &stored).await?;
    let broken = broken_then(app, &then, &stored).await?;
    Ok(replay_stored(&then, &broken, &stored)?)
}

async fn of_suggestion(app: &App, call: &Call, id: SuggestionId) -> Result<(Permit, Uuid), QueryError> {
    let sealed = app.load::<Suggestion>(id).await?;
    let patient = sealed.patient().ok_or(QueryError::NotFound)?;
    let permit = app.authorise(call, Permission::ReadChart, Some(patient)).await?;
    let content = sealed.open(&permit).await?.state.content().map(|content| content.evaluation);
    Ok((permit, content.ok_or(QueryError::NotFound)?))
}

fn is_in(book: &RuleBook, line: &RuleOutcome) -> bool {
    book.documents().any(|rule| *rule.id == *line.rule && rule.version == line.version)
}

/// The rules that were in force then and could not be judged, as they were told to who was about to sign: their words do
/// not compile on the knowledge of then, for the same reason. What is no longer here, or compiles now, is left out.
async fn broken_then(app: &App, then: &BookOfThen, stored: &StoredEvaluation) -> Result<Vec<Judgement>, StoreError> {
    let Some(book) = then.book() else { return Ok(vec![]) };
    let kept: Vec<RuleOutcome> =
        serde_json::from_value(stored.record.judgements.clone()).map_err(|e| StoreError::Damaged(Box::new(e)))?;
    let unavailable: Vec<RuleOutcome> =
        kept.into_iter().filter(|line| line.outcome == Outcome::Unavailable && !is_in(book, line)).collect();
    if unavailable.is_empty() {
        return Ok(vec![]);
    }
    // A command beside the server has read nothing of what the house keeps.
    refresh(app).await?;
    let mut found = vec![];
    for RuleOutcome { rule, version, .. } in unavailable {
        let text = match app.rules.document(&rule, version) {
            Some(document) => Some(document.to_string()),
            None => app.store.rule_version(&rule, version).await?,
        };
        found.extend(text.and_then(|text| broken(book, (&rule, version), &text)));
    }
    Ok(found)
}

/// The judgement of a rule that does not compile on the knowledge of a book.
fn broken(book: &RuleBook, (rule, version): (&str, u32), text: &str) -> Option<Judgement> {
    let document: RuleDocument = serde_json::from_str(text).ok()?;
    let fault = RuleBook::from_json(book.shared_knowledge(), [(rule, text)]).err()?;
    let same = *document.id == *rule && document.version == version;
    same.then(|| Judgement::unavailable(&document, format!("{}: {}", fault.path, fault.reason)))
}

/// Judges what was stored by the book of then, with the rules of which it was said that they could not be judged.
///
/// # Errors
/// When what was stored cannot be read.
pub fn replay_stored(
    then: &BookOfThen,
    broken: &[Judgement],
    stored: &StoredEvaluation,
) -> Result<Replayed, StoreError> {
    let damaged = |e: serde_json::Error| StoreError::Damaged(Box::new(e));
    let record = &stored.record;
    let facts: Facts = serde_json::from_value(record.facts.clone()).map_err(damaged)?;
    let kept: Vec<RuleOutcome> = serde_json::from_value(record.judgements.clone()).map_err(damaged)?;
    let outcome = match then {
        BookOfThen::Unreadable(why) => ReplayOutcome::CannotTell { why: why.clone(), not_loaded: vec![] },
        BookOfThen::Same(book) | BookOfThen::ByVersion(book) => {
            let told =
                |line: &RuleOutcome| broken.iter().any(|one| *one.rule == *line.rule && one.version == line.version);
            let gone: Vec<&RuleOutcome> = kept.iter().filter(|line| !is_in(book, line) && !told(line)).collect();
            if gone.is_empty() {
                let unavailable = Evaluation { judgements: broken.to_vec(), ..Evaluation::default() };
                let again = book.look(Trigger(&record.trigger), &facts).and(unavailable);
                let again = serde_json::to_value(lines(&again)).map_err(damaged)?;
                compare(&record.judgements, &again, matches!(then, BookOfThen::ByVersion(_)))
            } else {
                let why = match gone.iter().all(|line| line.outcome == Outcome::Unavailable) {
                    true => "rules that were in force and could not be judged then are no longer here as they were",
                    false => "versions of rules that judged are neither loaded nor kept",
                };
                let not_loaded = gone.iter().map(|line| format!("{} {}", line.rule, line.version)).collect();
                ReplayOutcome::CannotTell { why: why.to_owned(), not_loaded }
            }
        }
    };
    Ok(Replayed {
        evaluation: record.id,
        patient: record.patient,
        trigger: record.trigger.clone(),
        judged_at: facts.at,
        edition: stored.edition.clone(),
        rules: kept.len(),
        outcome,
    })
}

/// Compares the bytes as they are kept. What was judged before editions were kept may differ because the knowledge has
/// changed since, which nobody can tell from a defect.
fn compare(stored: &Value, again: &Value, knowledge_unknown: bool) -> ReplayOutcome {
    let (before, now) = (stored.to_string(), again.to_string());
    if before == now {
        return ReplayOutcome::Same { bytes: before.len() };
    }
    if knowledge_unknown {
        let why = "it comes out otherwise, and which knowledge judged was not kept then".to_owned();
        return ReplayOutcome::CannotTell { why, not_loaded: vec![] };
    }
    let by_rule = |lines: &Value| -> BTreeMap<String, Value> {
        let lines = lines.as_array().cloned().unwrap_or_default();
        lines.into_iter().map(|line| (line["rule"].as_str().unwrap_or_default().to_owned(), line)).collect()
    };
    let (mut before, mut now) = (by_rule(stored), by_rule(again));
    let mut rules: Vec<String> = before.keys().chain(now.keys()).cloned().collect();
    rules.sort_unstable();
    rules.dedup();
    let differences = rules
        .into_iter()
        .map(|rule| Difference { stored: before.remove(&rule), replayed: now.remove(&rule), rule })
        .filter(|line| line.stored != line.replayed)
        .collect();
    ReplayOutcome::Different { differences }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use healthcare_dss::rule::Given;

    use super::*;
    use crate::decision::record;

    fn stored(book: &Arc<RuleBook>) -> StoredEvaluation {
        let facts = Given {
            active: vec!["warfarin 5 MG Oral Tablet".into()],
            draft: Some("Ibuprofen 200 MG Oral Tablet".into()),
            ..Given::default()
        }
        .facts();
        let trigger = Trigger::ORDER_SIGN.0;
        let evaluation = book.look(Trigger(trigger), &facts);
        assert!(!evaluation.findings().is_empty());
        let patient = PatientId(Uuid::from_u128(1));
        let record = record(Uuid::from_u128(2), patient, trigger, 3, &facts, &evaluation);
        StoredEvaluation { edition: None, record, actor: Uuid::nil(), at: facts.at }
    }

    #[test]
    fn given_the_same_book_when_judged_again_then_the_bytes_are_the_same() {
        let book = Arc::new(RuleBook::embedded().unwrap());
        let again = replay_stored(&BookOfThen::Same(book.clone()), &[], &stored(&book)).unwrap();
        assert!(matches!(again.outcome, ReplayOutcome::Same { bytes } if bytes > 1_000), "{again:?}");
    }

    #[test]
    fn given_a_rule_with_other_words_when_judged_again_then_that_rule_differs_and_no_other() {
        let book = Arc::new(RuleBook::embedded().unwrap());
        let mut documents: Vec<_> = book.documents().cloned().collect();
        let rule = documents.iter_mut().find(|rule| *rule.id == *"drug-interaction").unwrap();
        rule.then.detail = "Otherwise.".into();
        let other = Arc::new(RuleBook::from_documents(book.shared_knowledge(), documents).unwrap());
        let again = replay_stored(&BookOfThen::Same(other), &[], &stored(&book)).unwrap();
        let ReplayOutcome::Different { differences } = again.outcome else { panic!("{again:?}") };
        assert_eq!(differences.iter().map(|one| one.rule.as_str()).collect::<Vec<_>>(), ["drug-interaction"]);
        assert!(differences[0].stored.is_some() && differences[0].replayed.is_some());
    }

    /// A rule of which it was said that it cannot be judged is told of again in the same bytes; and where its words are
    /// gone or compile now, that is said.
    #[test]
    fn given_a_rule_that_was_broken_when_judged_again_then_it_is_unavailable_again() {
        let book = Arc::new(RuleBook::embedded().unwrap());
        let mut document = book.document("drug-interaction").unwrap().clone();
        (document.id, document.version) = ("spoilt".into(), 4);
        let sound = serde_json::to_string(&document).unwrap();
        document.when =
            serde_json::from_value(serde_json::json!({ "drug": { "of": "draft", "in": ["class:gone"] } })).unwrap();
        let text = serde_json::to_string(&document).unwrap();
        let told = broken(&book, ("spoilt", 4), &text).expect("it does not compile");
        assert!(broken(&book, ("spoilt", 5), &text).is_none(), "another version");
        assert!(broken(&book, ("spoilt", 4), &sound).is_none(), "it compiles");
        let mut stored = stored(&book);
        let mut kept: Vec<RuleOutcome> = serde_json::from_value(stored.record.judgements).unwrap();
        let unavailable = Evaluation { judgements: vec![told.clone()], ..Evaluation::default() };
        kept.extend(lines(&unavailable));
        kept.sort_by(|a, b| a.rule.cmp(&b.rule));
        stored.record.judgements = serde_json::to_value(&kept).unwrap();
        let then = BookOfThen::Same(book);
        let again = replay_stored(&then, &[told], &stored).unwrap();
        assert!(matches!(again.outcome, ReplayOutcome::Same { .. }), "{again:?}");
        let again = replay_stored(&then, &[], &stored).unwrap();
        let ReplayOutcome::CannotTell { why, not_loaded } = again.outcome else { panic!("{again:?}") };
        assert!(why.contains("could not be judged then"), "{why}");
        assert_eq!(not_loaded, ["spoilt 4"]);
    }

    #[test]
    fn given_a_version_that_is_gone_when_judged_again_then_it_cannot_be_told_and_the_version_is_named() {
        let book = Arc::new(RuleBook::embedded().unwrap());
        let mut documents: Vec<_> = book.documents().cloned().collect();
        documents.iter_mut().find(|rule| *rule.id == *"drug-interaction").unwrap().version = 99;
        let other = Arc::new(RuleBook::from_documents(book.shared_knowledge(), documents).unwrap());
        let again = replay_stored(&BookOfThen::ByVersion(other), &[], &stored(&book)).unwrap();
        let ReplayOutcome::CannotTell { not_loaded, .. } = again.outcome else { panic!("{again:?}") };
        let was = book.document("drug-interaction").unwrap().version;
        assert_eq!(not_loaded, [format!("drug-interaction {was}")]);
    }
}
