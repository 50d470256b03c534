//! What happens, as it happens: a WebSocket of notifications and vitals, and the list behind it.

mod connection;
mod issue_ticket;
mod list_notifications;
mod open_live;
mod outbound;
mod shown;

use crate::startup::Routes;

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(issue_ticket::issue_ticket)
        .service(list_notifications::list_notifications)
        .service(open_live::open_live);
}
