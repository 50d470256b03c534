//! Import over REST.

mod import_records;

use crate::startup::Routes;

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes.service(import_records::import_records);
}
