//! What all decisions on a rule share: they are stored, hold on this node at once, and are told to the others.

use healthcare_domain::{
    id::RuleId,
    rule::{Rule, RuleError, RuleEvent, Signed},
    text::Remark,
};
use serde_json::{Map, Value, json};

use super::{RuleRefused, refresh};
use crate::{
    App, CommandError, StoreError,
    access::{Call, Permission},
    store::Committed,
    transact::{Beside, Target, replay, store_with},
};

/// How often a decision is made again after somebody else was faster.
const ATTEMPTS: usize = 5;

/// What came of a decision on a rule.
pub type Decided = Result<Committed, CommandError<RuleRefused>>;

/// Who decides, now, and why.
pub(super) fn signed(app: &App, call: &Call, reason: Option<Remark>) -> Signed {
    Signed { by: call.actor.account, at: app.clock.now(), reason }
}

/// Decides on a version of a rule. The answer names both, and whether what was asked is done or waits for a second
/// person.
pub(super) async fn decide(
    app: &App,
    call: &Call,
    permission: Permission,
    (name, version): (&str, u32),
    decide: impl Fn(&Rule) -> Result<Vec<RuleEvent>, RuleError> + Send,
) -> Decided {
    let permit = app.authorise(call, permission, None).await?;
    let id = RuleId::of(name);
    let mut attempt = 0;
    loop {
        attempt += 1;
        if let Some(answer) = replay(app, call).await? {
            return Ok(answer);
        }
        let loaded = app.load::<Rule>(id).await?.open(&permit).await?;
        if let Some(seen) = call.if_match
            && seen != loaded.version
        {
            return Err(CommandError::Stale { current: loaded.version });
        }
        let events = match decide(&loaded.state) {
            Ok(events) => events,
            Err(refusal) => {
                permit.recorded().await?;
                return Err(CommandError::Refused(refusal.into()));
            }
        };
        let extra = told(name, version, &events);
        if events.is_empty() {
            return Ok(Committed { id: id.0, version: loaded.version, extra: Some(extra), replayed: false });
        }
        let target = Target { id, patient: None, occurred_at: app.clock.now(), touches_safety: false };
        let beside = Beside { extra: Some(extra), ..Beside::default() };
        match store_with(app, &permit, call, target, &loaded, events, beside).await {
            Err(StoreError::Conflict) if attempt < ATTEMPTS => {}
            Err(error) => return Err(error.into()),
            Ok(committed) => {
                // It is decided, whether or not this node can read it back just now: then it hears of it as the others.
                if let Err(error) = refresh(app).await {
                    tracing::warn!(error = &error as &dyn std::error::Error, "a rule that changed is read later");
                }
                return Ok(committed);
            }
        }
    }
}

/// What the answer says beside the version of the stream.
fn told(name: &str, version: u32, events: &[RuleEvent]) -> Value {
    let mut told = Map::from_iter([("rule".to_owned(), json!(name)), ("rule_version".to_owned(), json!(version))]);
    let outcome = match events.last() {
        Some(RuleEvent::RuleChangeProposed { .. }) => "proposed",
        Some(_) => "done",
        None => "unchanged",
    };
    told.insert("outcome".into(), outcome.into());
    if let Some(RuleEvent::RuleTested { report, .. }) = events.last() {
        told.insert("passed".into(), report.passed().into());
        // Text and numbers alone; writing it cannot fail.
        told.insert("report".into(), serde_json::to_value(report).unwrap_or_default());
    }
    if let Some(RuleEvent::RuleActivated { effective_at, .. }) = events.last() {
        told.insert("effective_at".into(), json!(effective_at));
    }
    told.into()
}
