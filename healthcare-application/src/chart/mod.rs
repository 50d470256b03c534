//! The chart: one patient, one call; the lists and the timeline behind it; and the whole record for elsewhere.

mod assemble;
mod export_record;
mod fold;
mod get_chart;
mod get_summary;
mod get_timeline;
mod list_entries;

pub use assemble::{AllergyStatus, Chart, Counts, DevicesTold, Section, assemble};
pub use export_record::{export_record, shared_streams};
pub use fold::{Folded, fold, row_known, rows_known};
pub use get_chart::get_chart;
pub use get_summary::{Summary, get_summary};
pub use get_timeline::get_timeline;
pub(crate) use list_entries::is_listed;
pub use list_entries::list_entries;

use std::cmp::Reverse;

use crate::{
    order::Direction,
    read::{Cursor, Paging},
    view::Row,
};

/// What the read model would answer from these rows: those to keep behind the cursor, in the order that is asked for, and
/// one more than the page holds. What was struck out is in no list.
pub(crate) fn in_order(mut rows: Vec<Row>, keep: impl Fn(&Row) -> bool, paging: &Paging) -> Vec<Row> {
    let place = |at: Cursor| (at.at, at.id, at.item);
    let follows = |row: &Row, after: Cursor| match paging.direction {
        Direction::Up => place(Cursor::of(row)) > place(after),
        Direction::Down => place(Cursor::of(row)) < place(after),
    };
    rows.retain(|row| !row.struck && keep(row));
    rows.retain(|row| paging.after.is_none_or(|after| follows(row, after)));
    rows.sort_by_key(|row| Reverse(place(Cursor::of(row))));
    match paging.direction {
        Direction::Up => rows.reverse(),
        Direction::Down => {}
    }
    rows.truncate(usize::from(paging.limit) + 1);
    rows
}
