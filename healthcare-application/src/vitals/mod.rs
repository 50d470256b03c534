//! Vital signs charted by hand.

mod enter_vitals_in_error;
mod get_vitals;
mod list_vitals;
mod record_vitals;

pub use enter_vitals_in_error::{EnterVitalsInError, enter_vitals_in_error};
pub use get_vitals::{VitalsWithScore, get_vitals};
pub use list_vitals::{ChartedPage, list_charted_vitals};
pub use record_vitals::{RecordVitals, VitalsRefused, record_vitals};
