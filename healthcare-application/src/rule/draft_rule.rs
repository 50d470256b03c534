//! Writes a version of a rule, and proves it by its own tests.

use healthcare_domain::{
    rule::{Draft, RuleError},
    text::Remark,
};
use healthcare_dss::rule::RuleDocument;

use super::{
    RuleRefused, Rules,
    decide::{Decided, decide, signed},
    refresh,
};
use crate::{
    App, CommandError,
    access::{Call, Permission},
};

/// Begins a version of a rule: of a new one, or the next of one that ships or is kept. The document is checked at once.
///
/// # Errors
/// When the caller may not, the document cannot be judged, its version is not higher than all before, or the record
/// cannot be reached.
#[tracing::instrument(skip_all, fields(rule = %document.id))]
pub async fn draft_rule(app: &App, call: &Call, document: RuleDocument, reason: Remark) -> Decided {
    app.authorise(call, Permission::WriteRules, None).await?;
    let draft = drafted(&app.rules, document)?;
    let shipped = app.rules.library().shipped.get(&draft.name).map(|shipped| shipped.document.version);
    let signed = signed(app, call, Some(reason));
    let of = (draft.name.as_str(), draft.version);
    decide(app, call, Permission::WriteRules, of, |rule| rule.draft(draft.clone(), shipped, signed.clone())).await
}

/// Changes what a draft says.
///
/// # Errors
/// As [`draft_rule`], and when there is no such version, it is past the draft, or the caller saw another state of it.
#[tracing::instrument(skip_all, fields(rule = name, rule.version = version))]
pub async fn revise_rule(
    app: &App,
    call: &Call,
    (name, version): (&str, u32),
    document: RuleDocument,
    reason: Remark,
) -> Decided {
    app.authorise(call, Permission::WriteRules, None).await?;
    let draft = drafted(&app.rules, document)?;
    let signed = signed(app, call, Some(reason));
    decide(app, call, Permission::WriteRules, (name, version), |rule| {
        rule.revise(version, draft.clone(), signed.clone())
    })
    .await
}

/// Runs the tests of a draft and keeps how they went. Where all hold, it is fixed from now on.
///
/// # Errors
/// When the caller may not, there is no such version, it is past the draft, its tests do not show both a firing and a
/// silence, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(rule = name, rule.version = version))]
pub async fn test_rule(app: &App, call: &Call, (name, version): (&str, u32)) -> Decided {
    app.authorise(call, Permission::WriteRules, None).await?;
    refresh(app).await?;
    let signed = signed(app, call, None);
    decide(app, call, Permission::WriteRules, (name, version), |rule| {
        // What is tested is what stands in the stream that is decided on.
        let document = rule.kept().and_then(|kept| kept.versions.get(&version)).ok_or(RuleError::NoSuchVersion)?;
        let read = serde_json::from_value(document.document.clone()).map_err(|_| RuleError::TestsFail)?;
        let report = app.rules.run_tests(&read).map_err(|_| RuleError::TestsFail)?;
        rule.test(version, report, signed.clone())
    })
    .await
}

/// A document that was seen to be one.
fn drafted(rules: &Rules, document: RuleDocument) -> Result<Draft, CommandError<RuleRefused>> {
    rules.alone(document.clone()).map_err(|error| CommandError::Refused(error.into()))?;
    let (name, version) = (document.id.to_string(), document.version);
    // A document holds text, numbers and lists alone; writing it cannot fail.
    Ok(Draft { name, version, document: serde_json::to_value(&document).unwrap_or_default() })
}
