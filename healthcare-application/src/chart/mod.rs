//! The chart: one patient, one call.

mod assemble;
mod get_chart;
mod list_entries;

pub use assemble::{AllergyStatus, Chart, Counts, Section, assemble};
pub use get_chart::get_chart;
pub use list_entries::list_entries;
