//! What scheduling refuses, over HTTP.

use actix_web::http::StatusCode;
use healthcare_application::scheduling::BookingError;
use healthcare_domain::scheduling::{
    appointment::AppointmentError, resource::ResourceError, service::AppointmentTypeError, waitlist::WaitlistError,
};
use serde_json::json;

use crate::problem::{DomainProblem, Problem};

const NOT_FOUND: StatusCode = StatusCode::NOT_FOUND;
const CONFLICT: StatusCode = StatusCode::CONFLICT;
const CANNOT_BE: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

impl From<BookingError> for Problem {
    fn from(error: BookingError) -> Self {
        match error {
            BookingError::Conflicts(all) => {
                Self::new(CONFLICT, "/problems/appointment/conflicts", "Something is in the way")
                    .detail("Not all of its resources are free then; `conflicts` lists all that is in the way.")
                    .with(json!({ "conflicts": all }))
            }
            BookingError::Command(error) => error.into(),
        }
    }
}

impl DomainProblem for AppointmentError {
    const CONTEXT: &'static str = "appointment";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Unbooked => (NOT_FOUND, "unbooked", "There is no such appointment"),
            Self::NotNow(_) => (CONFLICT, "not-now", "The appointment stands where this cannot be done"),
            Self::Conflicts(_) => (CONFLICT, "conflicts", "Something is in the way"),
            Self::InThePast => (CANNOT_BE, "in-the-past", "The appointment would begin in the past"),
            Self::TooFar => (CANNOT_BE, "too-far", "The appointment lies too far in the future"),
            Self::Impossible => (CANNOT_BE, "impossible", "There cannot be such an appointment"),
            Self::WrongResources => (CANNOT_BE, "wrong-resources", "The appointment type takes other resources"),
            Self::BadHold => (CANNOT_BE, "bad-hold", "A time is held for at most a day"),
            Self::Offered => (CONFLICT, "offered", "The time is offered to somebody on the waitlist"),
            Self::HoldOver => (CONFLICT, "hold-over", "The time is no longer held"),
            Self::HoldNotOver => (CONFLICT, "hold-not-over", "The time is still held"),
            Self::TooEarly => (CONFLICT, "too-early", "The appointment is not today"),
            Self::NotBegun => (CONFLICT, "not-begun", "The appointment has not begun yet"),
            Self::NotOffered => (CANNOT_BE, "not-offered", "The appointment type is not offered"),
            Self::NoSuchResource => (CANNOT_BE, "no-such-resource", "There is no such resource"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::InThePast | Self::TooFar => Some("/start"),
            Self::WrongResources | Self::NoSuchResource => Some("/resources"),
            Self::BadHold => Some("/hold_minutes"),
            Self::NotOffered => Some("/appointment_type"),
            Self::Unbooked
            | Self::NotNow(_)
            | Self::Conflicts(_)
            | Self::Impossible
            | Self::Offered
            | Self::HoldOver
            | Self::HoldNotOver
            | Self::TooEarly
            | Self::NotBegun => None,
        }
    }
}

impl DomainProblem for ResourceError {
    const CONTEXT: &'static str = "schedule";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Unknown => (NOT_FOUND, "unknown", "There is no such resource"),
            Self::AlreadyAdded => (CONFLICT, "already-added", "The resource was added already"),
            Self::Retired => (CONFLICT, "retired", "The resource is retired"),
            Self::NoName => (CANNOT_BE, "no-name", "A resource has a name"),
            Self::AnotherKind => (CANNOT_BE, "another-kind", "The resource is of another kind"),
            Self::NothingSuch => (CANNOT_BE, "nothing-such", "There is no such account, practitioner or device"),
            Self::BadHours => (CANNOT_BE, "bad-hours", "There cannot be such hours"),
            Self::BadClosure => (CANNOT_BE, "bad-closure", "The closure ends before it begins"),
            Self::NoSuchClosure => (NOT_FOUND, "no-such-closure", "There is no such closure"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::NoName => Some("/name"),
            Self::BadHours => Some("/hours"),
            Self::BadClosure => Some("/until"),
            Self::Unknown
            | Self::AlreadyAdded
            | Self::Retired
            | Self::AnotherKind
            | Self::NothingSuch
            | Self::NoSuchClosure => None,
        }
    }
}

impl DomainProblem for AppointmentTypeError {
    const CONTEXT: &'static str = "appointment-type";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Undefined => (NOT_FOUND, "undefined", "There is no such appointment type"),
            Self::AlreadyDefined => (CONFLICT, "already-defined", "The appointment type is defined already"),
            Self::Retired => (CONFLICT, "retired", "The appointment type is retired"),
            Self::BadLength => (CANNOT_BE, "bad-length", "An appointment cannot last so long"),
            Self::NoName => (CANNOT_BE, "no-name", "An appointment type has a name"),
            Self::BadRequirements => (CANNOT_BE, "bad-requirements", "An appointment takes one to ten resources"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::NoName => Some("/name"),
            Self::BadRequirements => Some("/requires"),
            Self::Undefined | Self::AlreadyDefined | Self::Retired | Self::BadLength => None,
        }
    }
}

impl DomainProblem for WaitlistError {
    const CONTEXT: &'static str = "waitlist";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Unwritten => (NOT_FOUND, "unwritten", "There is no such waitlist entry"),
            Self::AlreadyWritten => (CONFLICT, "already-written", "The waitlist entry was written already"),
            Self::NothingOffered => (CONFLICT, "nothing-offered", "Nothing is offered"),
            Self::Offered => (CONFLICT, "offered", "Something is offered, to be answered first"),
            Self::Closed => (CONFLICT, "closed", "They wait no longer"),
            Self::OfferOver => (CONFLICT, "offer-over", "The offer is over"),
            Self::NoLongerOpen => (CONFLICT, "no-longer-open", "The time that is offered is closed by now"),
            Self::AnotherWish => (CONFLICT, "another-wish", "It is not what they wait for"),
            Self::BadTimes => (CANNOT_BE, "bad-times", "The wish ends before it begins, or is over"),
            Self::NotOffered => (CANNOT_BE, "not-offered", "The appointment type is not offered"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::BadTimes => Some("/until"),
            Self::NotOffered => Some("/appointment_type"),
            Self::Unwritten
            | Self::AlreadyWritten
            | Self::NothingOffered
            | Self::Offered
            | Self::Closed
            | Self::OfferOver
            | Self::NoLongerOpen
            | Self::AnotherWish => None,
        }
    }
}
