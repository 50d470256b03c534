//! Decision support for other systems, by CDS Hooks 2.0: a clinician's system tells what they are doing with a patient, and
//! is answered with cards. Judged by the same rules as our own record; nothing of it enters that record.

mod ask;
mod card;
mod client;
mod hook;
mod judge;
mod markdown;
mod suggestion;

pub use ask::{Ask, Draft, Given, Origin};
pub use card::{Action, Card, Indicator, Issued, Link, OverrideReason, Source, Suggestion, Topic, cards};
pub use client::{ClientView, change_client, get_client, register_client, remove_client};
pub use hook::{Hook, Part, UnknownService};
pub use judge::{Judged, Noticed, judge};
