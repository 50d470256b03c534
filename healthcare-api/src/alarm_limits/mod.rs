//! Alarm limits for one patient over REST. They are listed by `GET /patients/{id}/alarm-limits`.

mod set_alarm_limits;

use actix_web::http::StatusCode;
use healthcare_domain::alarm_limits::{AlarmLimitsError, LimitSide};

use crate::{problem::DomainProblem, startup::Routes};

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes.service(set_alarm_limits::set_alarm_limits);
}

impl DomainProblem for AlarmLimitsError {
    const CONTEXT: &'static str = "alarm-limits";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        let (kind, title) = match self {
            Self::Empty => ("empty", "Limits name a lower or an upper one"),
            Self::NoSuchAlarm(..) => ("no-such-alarm", "There is no alarm on that side of the sign"),
            Self::CriticalNotBeyondWarning(_) => {
                ("critical-not-beyond-warning", "The critical limit lies beyond the warning")
            }
            Self::OutOfBounds { .. } => ("out-of-bounds", "An alarm is not moved so far"),
            Self::Crossed => ("crossed", "The lower limit lies below the upper one"),
            Self::Expired => ("expired", "Limits expire in the future"),
            Self::TooLong => ("too-long", "Limits are set for 7 days at the most"),
        };
        (StatusCode::UNPROCESSABLE_ENTITY, kind, title)
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::NoSuchAlarm(_, side) | Self::CriticalNotBeyondWarning(side) | Self::OutOfBounds { side, .. } => {
                Some(match side {
                    LimitSide::Low => "/low",
                    LimitSide::High => "/high",
                })
            }
            Self::Empty | Self::Crossed => Some("/low"),
            Self::Expired | Self::TooLong => Some("/expires_at"),
        }
    }
}
