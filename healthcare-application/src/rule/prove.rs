//! Whether a document can be judged, and whether its own tests hold.

use std::collections::BTreeMap;

use healthcare_domain::rule::{CaseResult, Proven, RuleError, TestReport};
use healthcare_dss::{
    RuleBook,
    rule::{Expected, RuleDocument},
};

use super::Rules;

/// Why nothing is done to a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleRefused {
    /// By its life cycle.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// The document cannot be judged: the JSON path, and the reason.
    #[error("{}: {}", .0.path, .0.reason)]
    Document(#[from] healthcare_dss::RuleError),
    /// A ward is named that the house does not have.
    #[error("the house has no such ward, or it is closed")]
    NoSuchWard,
}

impl Rules {
    /// A document that somebody submits, as the only rule of a book.
    ///
    /// # Errors
    /// When it cannot be judged, with the JSON path and the reason.
    pub fn alone(&self, document: RuleDocument) -> Result<RuleBook, healthcare_dss::RuleError> {
        RuleBook::submitted(self.library().knowledge.clone(), document)
    }

    /// Runs the tests of a document.
    ///
    /// # Errors
    /// As [`Rules::alone`].
    pub fn run_tests(&self, document: &RuleDocument) -> Result<TestReport, healthcare_dss::RuleError> {
        let book = self.alone(document.clone())?;
        let failed: BTreeMap<String, String> =
            book.run_cases().into_iter().map(|failure| (failure.case.to_string(), failure.came)).collect();
        let expects = |is: fn(&Expected) -> bool| document.tests.iter().filter(|case| is(&case.expect)).count();
        let cases = document.tests.iter().map(|case| {
            let came = failed.get(case.name.as_str()).cloned();
            CaseResult { name: case.name.to_string(), passed: came.is_none(), came }
        });
        Ok(TestReport {
            cases: cases.collect(),
            fired: expects(|expected| matches!(expected, Expected::Fired(findings) if !findings.is_empty())),
            not_fired: expects(|expected| matches!(expected, Expected::NotFired)),
        })
    }

    /// The document of a version as it can be judged.
    ///
    /// # Errors
    /// When there is none, or it cannot be judged.
    pub(super) fn readable(&self, rule: &str, version: u32) -> Result<RuleDocument, RuleRefused> {
        let text = self.document(rule, version).ok_or(RuleError::NoSuchVersion)?.to_string();
        let book = RuleBook::from_json(self.library().knowledge.clone(), [(rule, text.as_str())])?;
        Ok(book.documents().next().cloned().ok_or(RuleError::NoSuchVersion)?)
    }

    /// Whether the tests of a version hold on the knowledge of now.
    pub(super) fn holds_now(&self, rule: &str, version: u32) -> Proven {
        let report = self.readable(rule, version).ok().and_then(|document| self.run_tests(&document).ok());
        if report.is_some_and(|report| report.passed()) { Proven::Yes } else { Proven::No }
    }
}
