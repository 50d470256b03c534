//! The inbox over REST. Live updates come over `/live`.

mod list_inbox;

use crate::startup::Routes;

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes.service(list_inbox::list_inbox);
}
