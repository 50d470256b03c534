//! Writing a version, and proving it by its own tests.

use serde_json::Value;

use super::{Rule, RuleError, RuleEvent, Signed, Stage, TestReport};

/// What a version is to say. That the document can be judged is checked before.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The rule.
    pub name: String,
    /// The version.
    pub version: u32,
    /// The document.
    pub document: Value,
}

impl Rule {
    /// Begins a version. `shipped` is the version that ships with the program, if one does.
    ///
    /// # Errors
    /// When its number is not higher than all before.
    pub fn draft(&self, draft: Draft, shipped: Option<u32>, signed: Signed) -> Result<Vec<RuleEvent>, RuleError> {
        let latest = self.kept().and_then(super::Kept::latest).max(shipped);
        if let Some(latest) = latest.filter(|latest| draft.version <= *latest) {
            return Err(RuleError::VersionNotNew(latest));
        }
        let Draft { name, version, document } = draft;
        Ok(vec![RuleEvent::RuleDrafted { name, version, document: Box::new(document), signed }])
    }

    /// Changes what a draft says; the same again is no event.
    ///
    /// # Errors
    /// When there is no such version, it is past the draft, or the document is of another one.
    pub fn revise(&self, number: u32, draft: Draft, signed: Signed) -> Result<Vec<RuleEvent>, RuleError> {
        let now = self.version(number)?;
        if now.stage != Stage::Draft {
            return Err(RuleError::Immutable);
        }
        let of_another = self.kept().is_none_or(|kept| kept.name != draft.name) || draft.version != number;
        if of_another {
            return Err(RuleError::AnotherRule);
        }
        if now.document == draft.document {
            return Ok(vec![]);
        }
        Ok(vec![RuleEvent::RuleRevised { version: number, document: Box::new(draft.document), signed }])
    }

    /// Keeps how the tests of a draft went. Where all held, its document is fixed from now on.
    ///
    /// # Errors
    /// When there is no such version, it is past the draft, or its cases do not show both a firing and a silence.
    pub fn test(&self, number: u32, report: TestReport, signed: Signed) -> Result<Vec<RuleEvent>, RuleError> {
        if self.version(number)?.stage != Stage::Draft {
            return Err(RuleError::Immutable);
        }
        if !report.covers() {
            return Err(RuleError::NotCovered);
        }
        Ok(vec![RuleEvent::RuleTested { version: number, report, signed }])
    }
}
