//! Alarm limits for one patient.

mod set_alarm_limits;

pub use set_alarm_limits::set_alarm_limits;
