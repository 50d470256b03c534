//! What decision support suggests, and what clinicians make of it.

mod accept_suggestion;
mod get_suggestion;
mod override_suggestion;
mod proposal;
mod return_suggestion;
mod snooze_suggestion;
mod work;

pub use accept_suggestion::{AcceptRefused, AcceptSuggestion, accept_suggestion};
pub use get_suggestion::get_suggestion;
pub use override_suggestion::{OverrideSuggestion, override_suggestion};
pub use return_suggestion::return_suggestion;
pub use snooze_suggestion::{SnoozeSuggestion, snooze_suggestion};
