//! What needs a second person: the shadow, coming into force, rolling back, retiring.

use chrono::{DateTime, Duration, Utc};

use super::{
    Holder, Kept, Origin, Rule, RuleChange, RuleError, RuleEvent, RuleScope, Shipped, Signed, Stage, Standing, Version,
};

/// How far a clock may be behind ours when it says "now".
const LATE: Duration = Duration::minutes(5);
/// The most wards that one decision names.
const WARDS: usize = 500;

/// How a version is to come into force.
#[derive(Debug, Clone, PartialEq)]
pub struct Activation {
    /// Where.
    pub scope: RuleScope,
    /// From when; at once if not said.
    pub effective_at: Option<DateTime<Utc>>,
}

/// Whether the tests of a version hold on the knowledge of now: knowledge may have changed since they were run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proven {
    /// All of them.
    Yes,
    /// Not all, or it cannot be judged at all.
    No,
}

impl Rule {
    /// Has a version judged in the shadow.
    ///
    /// # Errors
    /// When there is none, it did not pass its tests or would not now, it is in the shadow there, its author approves it,
    /// or no ward is named.
    pub fn shadow(
        &self,
        number: u32,
        scope: RuleScope,
        (shipped, proven): (Option<Shipped<'_>>, Proven),
        signed: Signed,
    ) -> Result<Vec<RuleEvent>, RuleError> {
        let (rule, mut events) = self.with_shipped(Some(number), shipped, &signed);
        let (kept, version) = rule.found(number)?;
        match version.stage {
            Stage::Draft | Stage::Retired { proven: false } => return Err(RuleError::NotTested),
            Stage::Tested | Stage::Shadow | Stage::Active | Stage::Retired { proven: true } => {}
        }
        ensure_somewhere(&scope)?;
        if kept.placement(signed.at).shadows.get(&number) == Some(&scope) {
            return Err(RuleError::AlreadyShadowed);
        }
        let change = RuleChange::Shadow { scope: scope.clone() };
        if let Some(proposed) = kept.seconded((number, version), change, &signed)? {
            events.push(proposed);
            return Ok(events);
        }
        if proven == Proven::No {
            return Err(RuleError::TestsFail);
        }
        events.push(RuleEvent::RuleShadowed { version: number, scope, signed });
        Ok(events)
    }

    /// Puts a version into force, in place of whichever was there; an earlier one again to roll back. What shipped is
    /// adopted with it, so that it can be rolled back to.
    ///
    /// # Errors
    /// As [`Rule::shadow`], and when it was never in the shadow, is in force there, or would be in the past.
    pub fn activate(
        &self,
        number: u32,
        Activation { scope, effective_at }: Activation,
        (shipped, proven): (Option<Shipped<'_>>, Proven),
        signed: Signed,
    ) -> Result<Vec<RuleEvent>, RuleError> {
        let (rule, mut events) = self.with_shipped(None, shipped, &signed);
        let (kept, version) = rule.found(number)?;
        match version.stage {
            Stage::Draft | Stage::Retired { proven: false } => return Err(RuleError::NotTested),
            Stage::Tested => return Err(RuleError::NotShadowed),
            Stage::Shadow | Stage::Active | Stage::Retired { proven: true } => {}
        }
        ensure_somewhere(&scope)?;
        let from = effective_at.unwrap_or(signed.at);
        if from < signed.at - LATE {
            return Err(RuleError::InThePast);
        }
        let from = from.max(signed.at);
        if is_in_force(kept, number, &scope, from) {
            return Err(RuleError::AlreadyActive);
        }
        let change = RuleChange::Activate { scope: scope.clone(), effective_at };
        if let Some(proposed) = kept.seconded((number, version), change, &signed)? {
            events.push(proposed);
            return Ok(events);
        }
        if proven == Proven::No {
            return Err(RuleError::TestsFail);
        }
        events.push(RuleEvent::RuleActivated { version: number, scope, effective_at: from, signed });
        Ok(events)
    }

    /// Takes a version out, wherever it is in force or in the shadow; nothing takes its place. What was never in the
    /// shadow is thrown away by its author alone.
    ///
    /// # Errors
    /// When there is none, it is retired, or its author would take it out alone.
    pub fn retire(
        &self,
        number: u32,
        shipped: Option<Shipped<'_>>,
        signed: Signed,
    ) -> Result<Vec<RuleEvent>, RuleError> {
        let (rule, mut events) = self.with_shipped(Some(number), shipped, &signed);
        let (kept, version) = rule.found(number)?;
        // A draft of the house may have the number of what ships by now.
        let ships = version.origin == Origin::Shipped && shipped.is_some_and(|one| one.version == number);
        match version.stage {
            Stage::Retired { .. } => return Err(RuleError::AlreadyRetired),
            Stage::Draft | Stage::Tested => {}
            Stage::Shadow | Stage::Active => {
                let is_due = kept.deployments.iter().any(|one| one.version == number && one.from > signed.at);
                let standing = kept.standing(number, signed.at, shipped.map(|one| one.version));
                if standing == Some(Standing::Retired) && !is_due {
                    return Err(RuleError::AlreadyRetired);
                }
                if let Some(proposed) = kept.seconded((number, version), RuleChange::Retire, &signed)? {
                    events.push(proposed);
                    return Ok(events);
                }
            }
        }
        events.push(RuleEvent::RuleRetired { version: number, shipped: ships, signed });
        Ok(events)
    }

    /// The rule with what shipped among its versions, and the event that takes it there. `only` adopts it if it is that
    /// version; none adopts it whichever it is.
    fn with_shipped(&self, only: Option<u32>, shipped: Option<Shipped<'_>>, signed: &Signed) -> (Self, Vec<RuleEvent>) {
        let mut rule = self.clone();
        let wanted = shipped.filter(|one| only.is_none_or(|only| only == one.version));
        let wanted = wanted.filter(|one| self.kept().is_none_or(|kept| !kept.versions.contains_key(&one.version)));
        let Some(shipped) = wanted else { return (rule, vec![]) };
        let name = shipped.document["id"].as_str().unwrap_or_default().to_owned();
        let adopted = RuleEvent::ShippedRuleAdopted {
            name,
            version: shipped.version,
            document: Box::new(shipped.document.clone()),
            signed: Signed { reason: None, ..signed.clone() },
        };
        crate::EventSourced::apply(&mut rule, &adopted);
        (rule, vec![adopted])
    }

    fn found(&self, number: u32) -> Result<(&Kept, &Version), RuleError> {
        let version = self.version(number)?;
        self.kept().map(|kept| (kept, version)).ok_or(RuleError::NoSuchVersion)
    }
}

impl Kept {
    /// Whether a second person stands for a change. Who wrote the version is the first; for what nobody of the house
    /// wrote, who proposed the same change is: then the answer is the event of the proposal.
    fn seconded(
        &self,
        (number, version): (u32, &Version),
        change: RuleChange,
        signed: &Signed,
    ) -> Result<Option<RuleEvent>, RuleError> {
        if version.authors.contains(&signed.by) {
            return Err(RuleError::SecondPerson);
        }
        if !version.authors.is_empty() {
            return Ok(None);
        }
        match self.proposal.as_ref().filter(|one| one.version == number && one.change == change) {
            Some(proposal) if proposal.signed.by == signed.by => Err(RuleError::SecondPerson),
            Some(_) => Ok(None),
            None => Ok(Some(RuleEvent::RuleChangeProposed { version: number, change, signed: signed.clone() })),
        }
    }
}

fn ensure_somewhere(scope: &RuleScope) -> Result<(), RuleError> {
    match scope {
        RuleScope::House => Ok(()),
        RuleScope::Wards(wards) if (1..=WARDS).contains(&wards.len()) => Ok(()),
        RuleScope::Wards(_) => Err(RuleError::NoWard),
    }
}

/// Whether a version is in force there from that moment on anyway.
fn is_in_force(kept: &Kept, number: u32, scope: &RuleScope, from: DateTime<Utc>) -> bool {
    let placement = kept.placement(from);
    let held = |holder| holder == Holder::Version(number);
    match scope {
        RuleScope::House => held(placement.house) && placement.wards.values().all(|holder| held(*holder)),
        RuleScope::Wards(wards) => wards.iter().all(|ward| held(placement.on(Some(*ward)))),
    }
}
