//! Wards, their rooms, and which beds stand in them: configuration of the house (FHIR Location).

mod bed;
#[cfg(test)]
mod properties;

pub use bed::{Bed, BedError, BedEvent, BedPlace, BlockReason};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Event, EventSourced, StreamType,
    code::CodeableConcept,
    encounter::Demands,
    id::{BedId, WardId},
};

/// The most rooms of a ward, and the most beds of a room.
const MOST: usize = 500;

/// What a ward is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WardProfile {
    /// What people call it. Its staff are assigned to it under this name, so that it never changes.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specialty: Option<CodeableConcept>,
    /// What has to be there before somebody leaves it.
    #[serde(default)]
    pub demands: Demands,
    /// Whether a bed is cleaned before it is given to the next patient.
    #[serde(default = "yes")]
    pub cleans_beds: bool,
}

fn yes() -> bool {
    true
}

/// A ward with its rooms and the beds in each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = WardRooms)]
pub struct Rooms {
    /// What it is.
    #[serde(flatten)]
    pub profile: WardProfile,
    /// The rooms by name, each with its beds.
    #[schema(value_type = Object)]
    pub rooms: BTreeMap<String, Vec<BedId>>,
}

/// A ward.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Ward {
    /// Nobody opened it.
    #[default]
    Undefined,
    /// It takes patients.
    Open(Rooms),
    /// It takes nobody.
    Closed(Rooms),
}

/// What can happen to a ward.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum WardEvent {
    /// It was opened.
    WardOpened {
        /// What it is.
        profile: WardProfile,
    },
    /// It is another from now on, but for its name.
    WardRevised {
        /// What it is.
        profile: WardProfile,
    },
    /// It has a further room.
    RoomAdded {
        /// Its name.
        room: String,
    },
    /// A room is gone.
    RoomRemoved {
        /// Its name.
        room: String,
    },
    /// A bed was put into a room.
    BedPlaced {
        /// The room.
        room: String,
        /// The bed.
        bed: BedId,
    },
    /// A bed was taken away.
    BedTakenAway {
        /// The bed.
        bed: BedId,
    },
    /// It takes nobody any more.
    WardClosed,
}

/// Why a decision about a ward is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WardError {
    /// There is no such ward.
    #[error("there is no such ward")]
    Undefined,
    /// It is open.
    #[error("the ward is open already")]
    AlreadyOpen,
    /// It is closed.
    #[error("the ward is closed")]
    Closed,
    /// Another ward has its name.
    #[error("another ward has this name")]
    NameTaken,
    /// A name has 1 to 100 characters.
    #[error("a ward, a room and a bed have a name of 1 to 100 characters, and `*` is none")]
    NoName,
    /// The staff of a ward are assigned to it by its name.
    #[error("a ward keeps its name: its staff are assigned to it by that")]
    NameChanged,
    /// It has that room.
    #[error("the ward has a room of this name")]
    RoomExists,
    /// It has no such room.
    #[error("the ward has no such room")]
    NoSuchRoom,
    /// Beds stand in it.
    #[error("beds stand in it: retire them first")]
    HasBeds,
    /// It holds as many as it can.
    #[error("a ward has at most 500 rooms, and a room 500 beds")]
    TooMany,
}

impl Event for WardEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::WardOpened { .. } => "ward.opened",
            Self::WardRevised { .. } => "ward.revised",
            Self::RoomAdded { .. } => "ward.room-added",
            Self::RoomRemoved { .. } => "ward.room-removed",
            Self::BedPlaced { .. } => "ward.bed-placed",
            Self::BedTakenAway { .. } => "ward.bed-taken-away",
            Self::WardClosed => "ward.closed",
        }
    }
    fn fhir_type(&self) -> &'static str {
        "Location"
    }
}

impl EventSourced for Ward {
    type Id = WardId;
    type Event = WardEvent;
    type Error = WardError;
    const STREAM: StreamType = StreamType::Ward;

    fn apply(&mut self, event: &WardEvent) {
        match event {
            WardEvent::WardOpened { profile } => {
                *self = Self::Open(Rooms { profile: profile.clone(), rooms: BTreeMap::new() });
            }
            WardEvent::WardRevised { profile } => self.with(|ward| ward.profile = profile.clone()),
            WardEvent::RoomAdded { room } => self.with(|ward| drop(ward.rooms.insert(room.clone(), vec![]))),
            WardEvent::RoomRemoved { room } => self.with(|ward| drop(ward.rooms.remove(room))),
            WardEvent::BedPlaced { room, bed } => {
                self.with(|ward| ward.rooms.entry(room.clone()).or_default().push(*bed))
            }
            WardEvent::BedTakenAway { bed } => self.with(|ward| {
                ward.rooms.values_mut().for_each(|beds| beds.retain(|one| one != bed));
            }),
            WardEvent::WardClosed => {
                *self = match std::mem::take(self) {
                    Self::Open(rooms) | Self::Closed(rooms) => Self::Closed(rooms),
                    Self::Undefined => Self::Undefined,
                };
            }
        }
    }
}

/// Whether something of a ward may be called so. `*` stands for the whole house where staff are assigned.
///
/// # Errors
/// When it is empty, longer than 100 characters, or holds what nobody sees.
pub fn named(name: &str) -> Result<(), WardError> {
    let seen = !name.trim().is_empty() && name.trim() == name && !name.chars().any(char::is_control);
    let fits = seen && name.chars().count() <= 100 && name != "*";
    if fits { Ok(()) } else { Err(WardError::NoName) }
}

type Decided = Result<Vec<WardEvent>, WardError>;

impl Ward {
    fn with(&mut self, change: impl FnOnce(&mut Rooms)) {
        if let Self::Open(rooms) = self {
            change(rooms);
        }
    }

    /// The ward, while it takes patients.
    ///
    /// # Errors
    /// When there is none, or it is closed.
    pub fn ensure_open(&self) -> Result<&Rooms, WardError> {
        match self {
            Self::Undefined => Err(WardError::Undefined),
            Self::Open(rooms) => Ok(rooms),
            Self::Closed(_) => Err(WardError::Closed),
        }
    }

    /// Opens a ward. It has no rooms yet.
    ///
    /// # Errors
    /// When it is open or was closed, or has no name.
    pub fn open(&self, profile: WardProfile) -> Decided {
        match self {
            Self::Undefined => named(&profile.name).map(|()| vec![WardEvent::WardOpened { profile }]),
            Self::Open(_) => Err(WardError::AlreadyOpen),
            Self::Closed(_) => Err(WardError::Closed),
        }
    }

    /// Makes it another, but for its name. The same again is no change.
    ///
    /// # Errors
    /// When it is not open, or would have another name.
    pub fn revise(&self, profile: WardProfile) -> Decided {
        let now = &self.ensure_open()?.profile;
        if now.name != profile.name {
            return Err(WardError::NameChanged);
        }
        Ok(if *now == profile { vec![] } else { vec![WardEvent::WardRevised { profile }] })
    }

    /// Adds a room.
    ///
    /// # Errors
    /// When it is not open, has a room of that name or too many, or the room has no name.
    pub fn add_room(&self, room: String) -> Decided {
        let rooms = &self.ensure_open()?.rooms;
        named(&room)?;
        if rooms.contains_key(&room) {
            return Err(WardError::RoomExists);
        }
        if rooms.len() >= MOST {
            return Err(WardError::TooMany);
        }
        Ok(vec![WardEvent::RoomAdded { room }])
    }

    /// Takes a room out.
    ///
    /// # Errors
    /// When it is not open, has no such room, or beds stand in it.
    pub fn remove_room(&self, room: &str) -> Decided {
        let beds = self.ensure_open()?.rooms.get(room).ok_or(WardError::NoSuchRoom)?;
        if beds.is_empty() {
            Ok(vec![WardEvent::RoomRemoved { room: room.to_owned() }])
        } else {
            Err(WardError::HasBeds)
        }
    }

    /// Puts a bed into a room.
    ///
    /// # Errors
    /// When it is not open, has no such room, or that is full.
    pub fn place_bed(&self, room: &str, bed: BedId) -> Decided {
        let beds = self.ensure_open()?.rooms.get(room).ok_or(WardError::NoSuchRoom)?;
        if beds.len() >= MOST {
            return Err(WardError::TooMany);
        }
        Ok(if beds.contains(&bed) { vec![] } else { vec![WardEvent::BedPlaced { room: room.to_owned(), bed }] })
    }

    /// Takes a bed away. One that does not stand there is no change.
    ///
    /// # Errors
    /// When it is not open.
    pub fn take_bed_away(&self, bed: BedId) -> Decided {
        let here = self.ensure_open()?.rooms.values().any(|beds| beds.contains(&bed));
        Ok(if here { vec![WardEvent::BedTakenAway { bed }] } else { vec![] })
    }

    /// Closes it.
    ///
    /// # Errors
    /// When it is not open, or beds stand in it.
    pub fn close(&self) -> Decided {
        let rooms = self.ensure_open()?;
        if rooms.rooms.values().all(Vec::is_empty) { Ok(vec![WardEvent::WardClosed]) } else { Err(WardError::HasBeds) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(name: &str) -> WardProfile {
        WardProfile { name: name.into(), specialty: None, demands: Demands::default(), cleans_beds: true }
    }

    fn then(state: &Ward, events: Vec<WardEvent>) -> Ward {
        let mut next = state.clone();
        events.iter().for_each(|event| next.apply(event));
        next
    }

    fn open() -> Ward {
        let ward = then(&Ward::Undefined, Ward::Undefined.open(profile("West")).unwrap());
        then(&ward, ward.add_room("101".into()).unwrap())
    }

    fn bed() -> BedId {
        BedId(uuid::Uuid::from_u128(1))
    }

    #[test]
    fn a_ward_is_opened_once_and_keeps_its_name() {
        assert_eq!(open().open(profile("West")), Err(WardError::AlreadyOpen));
        assert_eq!(open().revise(profile("East")), Err(WardError::NameChanged));
        assert_eq!(open().revise(profile("West")), Ok(vec![]));
        let demanding = WardProfile { demands: Demands { summary: true, diagnosis: true }, ..profile("West") };
        let revised = then(&open(), open().revise(demanding.clone()).unwrap());
        assert_eq!(revised.ensure_open().unwrap().profile, demanding);
        for none in ["", "  ", "*", " West", &"x".repeat(101)] {
            assert_eq!(Ward::Undefined.open(profile(none)), Err(WardError::NoName), "{none}");
        }
    }

    #[test]
    fn a_room_is_added_once_and_goes_when_it_is_empty() {
        assert_eq!(open().add_room("101".into()), Err(WardError::RoomExists));
        assert_eq!(open().add_room(String::new()), Err(WardError::NoName));
        assert_eq!(open().remove_room("102"), Err(WardError::NoSuchRoom));
        let furnished = then(&open(), open().place_bed("101", bed()).unwrap());
        assert_eq!(furnished.remove_room("101"), Err(WardError::HasBeds));
        assert_eq!(furnished.close(), Err(WardError::HasBeds));
        let empty = then(&furnished, furnished.take_bed_away(bed()).unwrap());
        assert!(then(&empty, empty.remove_room("101").unwrap()).ensure_open().unwrap().rooms.is_empty());
    }

    #[test]
    fn a_bed_stands_in_a_room_of_the_ward_once() {
        assert_eq!(open().place_bed("102", bed()), Err(WardError::NoSuchRoom));
        let furnished = then(&open(), open().place_bed("101", bed()).unwrap());
        assert_eq!(furnished.place_bed("101", bed()), Ok(vec![]));
        assert_eq!(open().take_bed_away(bed()), Ok(vec![]));
    }

    #[test]
    fn a_closed_ward_stays_closed() {
        let closed = then(&open(), open().close().unwrap());
        assert_eq!(closed.close(), Err(WardError::Closed));
        assert_eq!(closed.add_room("102".into()), Err(WardError::Closed));
        assert_eq!(closed.open(profile("West")), Err(WardError::Closed));
        assert_eq!(Ward::Undefined.close(), Err(WardError::Undefined));
    }
}
