//! What waits for somebody: notes to sign and co-sign, alerts, tasks, reviews, offers of the waitlist.

mod items;
mod list_inbox;
mod model;
mod site_days;

pub use items::{Asked, REVIEWS_FROM, items};
pub use list_inbox::list_inbox;
pub use model::{Inbox, InboxFilter, InboxItem, InboxKind, InboxModel, InboxSort, Kinds, Subject, ToDo};
pub use site_days::SiteDays;
