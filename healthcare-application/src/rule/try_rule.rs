//! Judges a document on facts that somebody made up. Nothing is stored.

use healthcare_domain::rule::TestReport;
use healthcare_dss::{
    Judgement,
    rule::{Given, RuleDocument},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::RuleRefused;
use crate::{
    App, CommandError,
    access::{Call, Permission},
};

/// What came of trying a document.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RuleTried)]
pub struct Tried {
    /// How the document's own tests go.
    pub tests: TestReport,
    /// What comes of the facts that were given; nothing where none were.
    pub judgement: Option<Judgement>,
    /// The tree in clinicians' words, a condition a line: met, not met or missing.
    pub words: Option<String>,
}

/// Judges a document on given facts, and runs its own tests.
///
/// # Errors
/// When the caller may not, or the document cannot be judged.
#[tracing::instrument(skip_all)]
pub async fn try_rule(
    app: &App,
    call: &Call,
    document: RuleDocument,
    given: Option<Given>,
) -> Result<Tried, CommandError<RuleRefused>> {
    app.authorise(call, Permission::WriteRules, None).await?;
    let refused = |error: healthcare_dss::RuleError| CommandError::Refused(RuleRefused::Document(error));
    let tests = app.rules.run_tests(&document).map_err(refused)?;
    let rule = document.id.clone();
    let book = app.rules.alone(document).map_err(refused)?;
    let judgement = given.and_then(|given| book.judge_one(&rule, &given.facts()));
    let words = judgement.as_ref().and_then(|one| one.explanation()).map(healthcare_dss::Explanation::words);
    Ok(Tried { tests, judgement, words })
}
