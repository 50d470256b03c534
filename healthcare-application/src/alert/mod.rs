//! Alerts: raised and ended by what is measured, answered by people, escalated by the clock.

mod acknowledge_alert;
mod clear_alert;
mod escalate_alert;
mod get_alert;
mod list_alerts;
mod raise_alert;

pub use acknowledge_alert::{AcknowledgeAlert, acknowledge_alert};
pub use clear_alert::{ClearAlert, clear_alert};
pub use escalate_alert::escalate_alert;
pub use get_alert::get_alert;
pub use list_alerts::{AlertFilter, AlertStatus, list_alerts, list_alerts_known};
pub use raise_alert::raise_alert;
