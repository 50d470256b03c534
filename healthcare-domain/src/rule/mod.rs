//! Rules of decision support as the house keeps them: written as versions, tested, tried in the shadow, put into force by
//! a second person, replaced, rolled back, retired. What shipped with the program is the base that a house may override.

mod deploy;
mod draft;
mod event;
mod kept;
mod placement;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
mod version;

pub use deploy::{Activation, Proven};
pub use draft::Draft;
pub use event::{RuleChange, RuleEvent, Signed};
pub use kept::{Kept, Proposal, Step};
pub use placement::{Deployment, Holder, Placement, Put, RuleScope};
pub use version::{CaseResult, Origin, Stage, Standing, TestReport, Version};

use serde_json::Value;

use crate::{EventSourced, StreamType, id::RuleId};

/// A rule with all its versions.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Rule {
    /// The house has decided nothing about it: it is as it shipped, or there is none.
    #[default]
    Untouched,
    /// The house keeps it.
    Kept(Box<Kept>),
}

/// A rule as it ships with the program that decides.
#[derive(Debug, Clone, Copy)]
pub struct Shipped<'a> {
    /// Its version.
    pub version: u32,
    /// The document.
    pub document: &'a Value,
}

/// Why a decision about a rule is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// There is no such rule or version.
    #[error("there is no such version of a rule")]
    NoSuchVersion,
    /// Versions only grow.
    #[error("the rule has version {0}: a new one has a higher number")]
    VersionNotNew(u32),
    /// It is past the draft.
    #[error("what is past the draft never changes: draft a new version")]
    Immutable,
    /// It is another rule, or another version of it.
    #[error("a draft stays of its rule and its version")]
    AnotherRule,
    /// Its tests do not show both.
    #[error("the tests of a rule show at least one case in which it fires and one in which it does not")]
    NotCovered,
    /// It was not tested.
    #[error("the version has to pass its tests first")]
    NotTested,
    /// Its tests do not hold any more.
    #[error("the tests of the version do not hold on the knowledge of now")]
    TestsFail,
    /// It was never in the shadow.
    #[error("the version has to be in the shadow first")]
    NotShadowed,
    /// Who wrote or proposed it does not approve it.
    #[error("a second person is needed: who wrote or proposed a change does not approve it")]
    SecondPerson,
    /// It is there already.
    #[error("the version is in the shadow there already")]
    AlreadyShadowed,
    /// It is in force there already.
    #[error("the version is in force there already")]
    AlreadyActive,
    /// It is retired.
    #[error("the version is retired")]
    AlreadyRetired,
    /// It would have been in force before it was decided.
    #[error("a rule comes into force now or later, never in the past")]
    InThePast,
    /// It would be in force nowhere.
    #[error("name at least one ward and at most 500, or none for the whole house")]
    NoWard,
}

impl EventSourced for Rule {
    type Id = RuleId;
    type Event = RuleEvent;
    type Error = RuleError;
    const STREAM: StreamType = StreamType::Rule;

    fn apply(&mut self, event: &RuleEvent) {
        if let (Self::Untouched, RuleEvent::ShippedRuleAdopted { name, .. } | RuleEvent::RuleDrafted { name, .. }) =
            (&*self, event)
        {
            *self = Self::Kept(Box::new(Kept::named(name)));
        }
        // Nothing else begins a stream; what happened is never refused.
        if let Self::Kept(kept) = self {
            kept.take(event);
        }
    }
}

impl Rule {
    /// What the house keeps of it.
    pub fn kept(&self) -> Option<&Kept> {
        match self {
            Self::Untouched => None,
            Self::Kept(kept) => Some(kept),
        }
    }

    /// A version that the house keeps.
    ///
    /// # Errors
    /// When there is none.
    fn version(&self, number: u32) -> Result<&Version, RuleError> {
        self.kept().and_then(|kept| kept.versions.get(&number)).ok_or(RuleError::NoSuchVersion)
    }
}
