//! Checks of what a caller brings, over REST.

mod check_medications;
mod given;
mod list;

use crate::startup::Routes;

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes.service(check_medications::check_medications);
}
