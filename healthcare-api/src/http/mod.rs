//! What every endpoint shares: who calls, what they send, what they are answered.

mod body;
pub mod bounds;
mod caller;
mod command;
mod depth;
mod form;
mod merge_patch;
mod query;
mod reply;

pub use body::{Body, patience, read as read_json, receive_json};
pub use bounds::{Because, Nothing};
pub use caller::{Caller, Recorded, SignedIn, Tried, origin, path, plain, request_id, signed_in};
pub use command::Command;
pub use form::FormBody;
pub use merge_patch::MergePatch;
pub use query::{AsOf, Query, limit, of_one, paging};
pub use reply::{Changed, Entity, listed, next_link, next_page, own_page};
