//! The audit trail over REST: for who audits, and for the patient whose record it is about.

mod audit_event;
mod denials;
mod export_audit;
mod list_accesses;
mod record_sign_ins;
mod search_audit;

pub use denials::Denials;
pub use record_sign_ins::{HeldUp, done_at_door, known_by, record_sign_ins};

use crate::startup::Routes;

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(export_audit::export_audit)
        .service(search_audit::search_audit)
        .service(list_accesses::list_accesses);
}
