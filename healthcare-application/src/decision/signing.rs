//! The check of what a person is about to put on record: a diagnosis, an allergy, a stay, a result. One frame for all.
//!
//! Who is asked is a person who may see what they are told. Imports, devices and programs are never interrupted: what
//! they bring is looked at after it is stored, and suggestions say what there is to say.
//!
//! - `asked`: who is asked, and may be told
//! - `look`: the draft among the facts, judged
//! - `found`: what of it is told
//! - `check`: whether it may be signed
//! - `sign`: decided, checked and stored, again if somebody else was faster

mod asked;
mod check;
mod found;
mod look;
mod sign;

use healthcare_domain::signing::Override;
use healthcare_dss::Trigger;

use crate::store::Change;

pub(crate) use check::{check, keep, tell};
pub use found::Interruption;
pub(crate) use found::{Looked, interrupts, lacks};
pub(crate) use look::rows_of;
pub(crate) use sign::{Signature, sign, sign_from};

/// What a draft is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Against {
    /// The record: what the draft brings up that was not there without it.
    Record,
    /// Nothing but itself: whether it can be. Nothing else of the record is looked at, and so nothing else is told.
    Itself,
    /// What is there and nobody has answered yet.
    Unanswered,
}

/// What is about to be stored, as far as it is signed.
pub(crate) struct Drafted<'a> {
    /// At which point of the work.
    pub(crate) hook: Trigger<'static>,
    /// What it is held against.
    pub(crate) against: Against,
    /// What is stored, where nothing speaks against it; what was set aside is put into its events.
    pub(crate) change: &'a mut Change,
    /// Answers to findings.
    pub(crate) overrides: &'a [Override],
}
