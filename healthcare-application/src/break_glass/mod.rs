//! Breaking the glass: a record opened without a care relationship, announced and reviewed.

mod close_glass;
mod get_grant;
mod list_grants;
mod open_glass;
mod review_glass;

pub use close_glass::{CloseGlass, close_glass};
pub use get_grant::{GrantView, get_grant};
pub use list_grants::list_grants;
pub use open_glass::{OpenGlass, open_glass};
pub use review_glass::{ReviewGlass, review_glass};
