//! What a second person decides: the shadow, coming into force, rolling back, retiring.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    id::WardId,
    rule::{Activation, RuleScope, Shipped},
    text::Remark,
};

use super::{
    RuleRefused, Rules,
    decide::{Decided, decide, signed},
    refresh,
};
use crate::{
    App, CommandError,
    access::{Call, Permission},
    view::Kind,
};

/// Has a version judged in the shadow: for every patient it concerns, shown to nobody, counted.
///
/// # Errors
/// When the caller may not, wrote the version, it did not pass its tests, a ward is not one of the house, or the record
/// cannot be reached.
#[tracing::instrument(skip_all, fields(rule = of.0, rule.version = of.1))]
pub async fn shadow_rule(app: &App, call: &Call, of: (&str, u32), scope: RuleScope, reason: Remark) -> Decided {
    ready(app, call, &scope).await?;
    let (signed, proven) = (signed(app, call, Some(reason)), app.rules.holds_now(of.0, of.1));
    decide(app, call, Permission::ApproveRules, of, |rule| {
        rule.shadow(of.1, scope.clone(), (shipped(&app.rules, of.0), proven), signed.clone())
    })
    .await
}

/// Puts a version into force, now or at a moment, in the house or on wards, in place of whichever is there; an earlier
/// one again to roll back to it.
///
/// # Errors
/// As [`shadow_rule`], and when it was never in the shadow, is in force there, or would be in the past.
#[tracing::instrument(skip_all, fields(rule = of.0, rule.version = of.1))]
pub async fn activate_rule(
    app: &App,
    call: &Call,
    of: (&str, u32),
    (scope, effective_at): (RuleScope, Option<DateTime<Utc>>),
    reason: Remark,
) -> Decided {
    ready(app, call, &scope).await?;
    let (signed, proven) = (signed(app, call, Some(reason)), app.rules.holds_now(of.0, of.1));
    let activation = Activation { scope, effective_at };
    decide(app, call, Permission::ApproveRules, of, |rule| {
        rule.activate(of.1, activation.clone(), (shipped(&app.rules, of.0), proven), signed.clone())
    })
    .await
}

/// Takes a version out, wherever it is in force or in the shadow. Nothing takes its place.
///
/// # Errors
/// When the caller may not, wrote the version, there is none, it is retired, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(rule = of.0, rule.version = of.1))]
pub async fn retire_rule(app: &App, call: &Call, of: (&str, u32), reason: Remark) -> Decided {
    ready(app, call, &RuleScope::House).await?;
    let signed = signed(app, call, Some(reason));
    decide(app, call, Permission::ApproveRules, of, |rule| rule.retire(of.1, shipped(&app.rules, of.0), signed.clone()))
        .await
}

fn shipped<'a>(rules: &'a Rules, name: &str) -> Option<Shipped<'a>> {
    let shipped = rules.library().shipped.get(name)?;
    Some(Shipped { version: shipped.document.version, document: &shipped.text })
}

/// Who may not is told so first; then the rules are read as they are, and the wards seen to be the house's.
async fn ready(app: &App, call: &Call, scope: &RuleScope) -> Result<(), CommandError<RuleRefused>> {
    app.authorise(call, Permission::ApproveRules, None).await?;
    refresh(app).await?;
    let RuleScope::Wards(wards) = scope else { return Ok(()) };
    for ward in wards {
        if !is_open(app, *ward).await? {
            return Err(CommandError::Refused(RuleRefused::NoSuchWard));
        }
    }
    Ok(())
}

async fn is_open(app: &App, ward: WardId) -> Result<bool, crate::StoreError> {
    let Some(found) = app.read.entry(Kind::Ward, ward.0).await? else { return Ok(false) };
    let permit = app.authorise(&Call::system(app.clock.new_id()), Permission::ReadWards, None).await;
    let permit = permit.map_err(|why| crate::StoreError::Damaged(Box::new(why)))?;
    Ok(found.open(&permit).await?.active)
}
