//! Wards and beds over REST.

mod beds;
mod close_ward;
mod get_ward;
mod list_beds;
mod list_wards;
mod open_ward;
mod revise_ward;
mod rooms;

use actix_web::http::StatusCode;
use healthcare_application::{
    QueryError,
    order::{ByName, Direction},
    ward::{BedRefused, NamePaging},
};
use healthcare_domain::ward::{BedError, WardError};

use crate::{
    http::limit,
    problem::{DomainProblem, Problem},
    startup::Routes,
};

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(open_ward::open_ward)
        .service(list_wards::list_wards)
        .service(get_ward::get_ward)
        .service(revise_ward::revise_ward)
        .service(rooms::add_room)
        .service(rooms::remove_room)
        .service(close_ward::close_ward)
        .service(beds::add_bed)
        .service(list_beds::list_ward_beds)
        .service(list_beds::list_beds)
        .service(beds::get_bed)
        .service(beds::clean_bed)
        .service(beds::block_bed)
        .service(beds::unblock_bed)
        .service(beds::retire_bed);
}

/// Which page of a list that is sorted by name.
fn paging(cursor: Option<String>, asked: Option<u16>, sort: Option<ByName>) -> Result<NamePaging, Problem> {
    let read = |text: String| hex::decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let read = |text| read(text).filter(|place| !place.contains('\0')).ok_or(QueryError::BadCursor);
    let after = cursor.map(read).transpose()?;
    Ok(NamePaging { after, limit: limit(asked)?, direction: Direction::asked(sort, ByName::First) })
}

impl DomainProblem for WardError {
    const CONTEXT: &'static str = "ward";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        let (conflict, cannot_be) = (StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY);
        match self {
            Self::Undefined => (StatusCode::NOT_FOUND, "undefined", "There is no such ward"),
            Self::AlreadyOpen => (conflict, "already-open", "The ward is open"),
            Self::Closed => (conflict, "closed", "The ward is closed"),
            Self::NameTaken => (conflict, "name-taken", "Another ward has this name"),
            Self::NoName => (cannot_be, "no-name", "A ward, a room and a bed have a name"),
            Self::NameChanged => (cannot_be, "name-changed", "A ward keeps its name"),
            Self::RoomExists => (conflict, "room-exists", "The ward has a room of this name"),
            Self::NoSuchRoom => (cannot_be, "no-such-room", "The ward has no such room"),
            Self::HasBeds => (conflict, "has-beds", "Beds stand in it"),
            Self::TooMany => (conflict, "too-many", "It holds as many as it can"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::NameChanged => Some("/name"),
            Self::NoSuchRoom => Some("/room"),
            _ => None,
        }
    }
}

impl DomainProblem for BedError {
    const CONTEXT: &'static str = "bed";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        let conflict = StatusCode::CONFLICT;
        match self {
            Self::Undefined => (StatusCode::NOT_FOUND, "undefined", "There is no such bed"),
            Self::AlreadyThere => (conflict, "already-there", "The bed is there already"),
            Self::NameTaken => (conflict, "name-taken", "A bed of the ward has this name"),
            Self::Occupied(_) => (conflict, "occupied", "Somebody lies in the bed"),
            Self::Cleaning => (conflict, "cleaning", "The bed is to be cleaned first"),
            Self::Blocked(_) => (conflict, "blocked", "The bed is blocked"),
            Self::Retired => (conflict, "retired", "The bed is gone"),
            Self::Free => (conflict, "free", "The bed is free"),
        }
    }
}

impl DomainProblem for BedRefused {
    const CONTEXT: &'static str = "bed";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Bed(error) => error.kind(),
            Self::Ward(error) => error.kind(),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::Bed(error) => error.pointer(),
            Self::Ward(error) => error.pointer(),
        }
    }
}
