//! The chart over REST, the lists and the timeline behind it, and the record for elsewhere.

mod export_record;
mod get_chart;
mod get_timeline;
mod list_entries;
mod summary;

pub use list_entries::List;

use crate::startup::Routes;

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(get_chart::get_chart)
        .service(get_timeline::get_timeline)
        .service(export_record::export_record)
        .service(list_entries::list_entries);
}
