//! The cases by which the knowledge of a site is shown to hold: those of the shipped rules, and its own.

use std::sync::Arc;

use serde::Deserialize;

use super::{SiteError, TESTS};
use crate::book::RuleBook;
use crate::knowledge::Knowledge;
use crate::rule::{Case, Expected, Given, RuleError, read_json};
use crate::text::Text;

/// `tests.json` of a site.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    /// Its own, each of a shipped rule.
    cases: Vec<OwnCase>,
    /// Cases of shipped rules that are meant to come out otherwise now.
    #[serde(default)]
    changed: Vec<ChangedCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnCase {
    rule: String,
    name: Text,
    given: Given,
    expect: Expected,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangedCase {
    rule: String,
    case: String,
    reason: String,
}

/// Runs them over the knowledge.
///
/// # Errors
/// When a shipped rule refers to what is not there any more, a shipped case fails that is not named as changed, one that is
/// named does not, or a case of the site does not hold.
pub(super) fn hold(knowledge: &Arc<Knowledge>, tests: Option<&str>) -> Result<(), SiteError> {
    let fault = |path: String, reason: &str| SiteError::from(RuleError::at(TESTS, &path, reason.to_owned()));
    let tests =
        tests.ok_or_else(|| fault(".".into(), "this file is missing: what the site changes is shown by cases"))?;
    let Cases { cases, changed } = read_json(TESTS, tests)?;
    if cases.is_empty() {
        return Err(fault("cases".into(), "a case that shows what the site changes is expected"));
    }
    let book = RuleBook::from_embedded(knowledge.clone())?;
    let mut failed = book.run_cases();
    for (nth, ChangedCase { rule, case, reason }) in changed.iter().enumerate() {
        let document =
            book.document(rule).ok_or_else(|| fault(format!("changed[{nth}].rule"), "no such rule ships"))?;
        if !document.tests.iter().any(|one| *one.name == **case) {
            return Err(fault(format!("changed[{nth}].case"), "the rule has no case of this name"));
        }
        if reason.trim().is_empty() {
            return Err(fault(format!("changed[{nth}].reason"), "why it comes out otherwise is expected"));
        }
        let before = failed.len();
        failed.retain(|failure| *failure.rule != **rule || *failure.case != **case);
        if failed.len() == before {
            return Err(fault(format!("changed[{nth}].case"), "this case holds as it ships: it is not changed"));
        }
    }
    if !failed.is_empty() {
        return Err(SiteError::Shipped(failed));
    }
    let mut own = vec![];
    for (nth, OwnCase { rule, name, given, expect }) in cases.into_iter().enumerate() {
        let held = book.try_case(&rule, &Case { name, given, expect });
        own.extend(held.ok_or_else(|| fault(format!("cases[{nth}].rule"), "no such rule ships"))?);
    }
    if own.is_empty() { Ok(()) } else { Err(SiteError::Own(own)) }
}
