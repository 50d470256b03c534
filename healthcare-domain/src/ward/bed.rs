//! Beds: free, occupied, to be cleaned, blocked. A bed holds one visit at a time.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Event, EventSourced, StreamType,
    id::{BedId, EncounterId, WardId},
};

/// Where a bed stands and what it is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BedPlace {
    /// The ward.
    pub ward_id: WardId,
    /// The ward's name.
    pub ward: String,
    /// The room.
    pub room: String,
    /// The bed's name, one in the ward.
    pub name: String,
}

/// Why a bed is kept from patients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BlockReason {
    /// It or its room is being repaired.
    Maintenance,
    /// Somebody beside it is isolated, or it is contaminated.
    InfectionControl,
    /// There is nobody to care for who would lie in it.
    Staffing,
    /// It is kept for somebody who is on the way.
    Reserved,
    /// Another reason.
    Other,
}

/// A bed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Bed {
    /// There is none.
    #[default]
    Undefined,
    /// It can be given to somebody (HL7 v2 table 0116: U).
    Free(BedPlace),
    /// A visit holds it (O).
    Occupied {
        /// Where it stands.
        place: BedPlace,
        /// Which visit.
        encounter: EncounterId,
        /// Since when.
        since: DateTime<Utc>,
    },
    /// It is to be cleaned (H).
    Cleaning {
        /// Where it stands.
        place: BedPlace,
        /// Since when.
        since: DateTime<Utc>,
    },
    /// It is kept from patients (C).
    Blocked {
        /// Where it stands.
        place: BedPlace,
        /// Why.
        reason: BlockReason,
        /// Since when.
        since: DateTime<Utc>,
    },
    /// It is gone.
    Retired(BedPlace),
}

/// What can happen to a bed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum BedEvent {
    /// It was put up.
    BedAdded {
        /// Where, and under which name.
        place: BedPlace,
    },
    /// A visit took it.
    BedOccupied {
        /// Which.
        encounter: EncounterId,
        /// When.
        at: DateTime<Utc>,
    },
    /// The visit gave it up.
    BedVacated {
        /// When.
        at: DateTime<Utc>,
        /// Whether it is to be cleaned before the next.
        to_clean: bool,
    },
    /// It is clean.
    BedCleaned {
        /// When.
        at: DateTime<Utc>,
    },
    /// It is kept from patients.
    BedBlocked {
        /// Why.
        reason: BlockReason,
        /// When.
        at: DateTime<Utc>,
    },
    /// It is no longer kept from patients.
    BedUnblocked {
        /// When.
        at: DateTime<Utc>,
    },
    /// It is gone.
    BedRetired {
        /// When.
        at: DateTime<Utc>,
    },
}

/// Why a decision about a bed is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BedError {
    /// There is no such bed.
    #[error("there is no such bed")]
    Undefined,
    /// It is there already.
    #[error("the bed is there already")]
    AlreadyThere,
    /// A bed of the ward has its name.
    #[error("a bed of the ward has this name")]
    NameTaken,
    /// A visit holds it.
    #[error("the bed is occupied")]
    Occupied(EncounterId),
    /// It is to be cleaned first.
    #[error("the bed is to be cleaned first")]
    Cleaning,
    /// It is kept from patients.
    #[error("the bed is blocked")]
    Blocked(BlockReason),
    /// It is gone.
    #[error("the bed is retired")]
    Retired,
    /// It is free.
    #[error("the bed is free")]
    Free,
}

impl Event for BedEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::BedAdded { .. } => "bed.added",
            Self::BedOccupied { .. } => "bed.occupied",
            Self::BedVacated { .. } => "bed.vacated",
            Self::BedCleaned { .. } => "bed.cleaned",
            Self::BedBlocked { .. } => "bed.blocked",
            Self::BedUnblocked { .. } => "bed.unblocked",
            Self::BedRetired { .. } => "bed.retired",
        }
    }
    fn fhir_type(&self) -> &'static str {
        "Location"
    }
}

impl EventSourced for Bed {
    type Id = BedId;
    type Event = BedEvent;
    type Error = BedError;
    const STREAM: StreamType = StreamType::Bed;

    fn apply(&mut self, event: &BedEvent) {
        if let BedEvent::BedAdded { place } = event {
            *self = Self::Free(place.clone());
            return;
        }
        let Some(place) = self.place().cloned() else { return };
        *self = match event {
            BedEvent::BedAdded { .. } => return,
            BedEvent::BedOccupied { encounter, at } => Self::Occupied { place, encounter: *encounter, since: *at },
            BedEvent::BedVacated { at, to_clean: true } => Self::Cleaning { place, since: *at },
            BedEvent::BedVacated { to_clean: false, .. }
            | BedEvent::BedCleaned { .. }
            | BedEvent::BedUnblocked { .. } => Self::Free(place),
            BedEvent::BedBlocked { reason, at } => Self::Blocked { place, reason: *reason, since: *at },
            BedEvent::BedRetired { .. } => Self::Retired(place),
        };
    }
}

type Decided = Result<Vec<BedEvent>, BedError>;

impl Bed {
    /// Where it stands, or stood.
    pub fn place(&self) -> Option<&BedPlace> {
        match self {
            Self::Undefined => None,
            Self::Free(place)
            | Self::Occupied { place, .. }
            | Self::Cleaning { place, .. }
            | Self::Blocked { place, .. }
            | Self::Retired(place) => Some(place),
        }
    }

    /// The name of its state.
    pub fn status(&self) -> &'static str {
        match self {
            Self::Undefined => "undefined",
            Self::Free(_) => "free",
            Self::Occupied { .. } => "occupied",
            Self::Cleaning { .. } => "cleaning",
            Self::Blocked { .. } => "blocked",
            Self::Retired(_) => "retired",
        }
    }

    /// Why nobody can be given it.
    fn obstacle(&self) -> Result<(), BedError> {
        match self {
            Self::Free(_) => Ok(()),
            Self::Undefined => Err(BedError::Undefined),
            Self::Occupied { encounter, .. } => Err(BedError::Occupied(*encounter)),
            Self::Cleaning { .. } => Err(BedError::Cleaning),
            Self::Blocked { reason, .. } => Err(BedError::Blocked(*reason)),
            Self::Retired(_) => Err(BedError::Retired),
        }
    }

    /// Puts it up.
    ///
    /// # Errors
    /// When it is there or was.
    pub fn add(&self, place: BedPlace) -> Decided {
        match self {
            Self::Undefined => Ok(vec![BedEvent::BedAdded { place }]),
            Self::Retired(_) => Err(BedError::Retired),
            Self::Free(_) | Self::Occupied { .. } | Self::Cleaning { .. } | Self::Blocked { .. } => {
                Err(BedError::AlreadyThere)
            }
        }
    }

    /// A visit takes it. One that holds it keeps it.
    ///
    /// # Errors
    /// When it is not free.
    pub fn occupy(&self, by: EncounterId, at: DateTime<Utc>) -> Decided {
        match self {
            Self::Occupied { encounter, .. } if *encounter == by => Ok(vec![]),
            other => other.obstacle().map(|()| vec![BedEvent::BedOccupied { encounter: by, at }]),
        }
    }

    /// The visit that holds it gives it up. One that does not hold it changes nothing.
    ///
    /// # Errors
    /// Never.
    pub fn vacate(&self, by: EncounterId, at: DateTime<Utc>, to_clean: bool) -> Decided {
        match self {
            Self::Occupied { encounter, .. } if *encounter == by => Ok(vec![BedEvent::BedVacated { at, to_clean }]),
            _ => Ok(vec![]),
        }
    }

    /// It is clean.
    ///
    /// # Errors
    /// When it was not to be cleaned.
    pub fn clean(&self, at: DateTime<Utc>) -> Decided {
        match self {
            Self::Cleaning { .. } => Ok(vec![BedEvent::BedCleaned { at }]),
            other => Err(other.obstacle().err().unwrap_or(BedError::Free)),
        }
    }

    /// Keeps it from patients.
    ///
    /// # Errors
    /// When somebody lies in it, it is blocked already, or gone. One that is to be cleaned may be blocked.
    pub fn block(&self, reason: BlockReason, at: DateTime<Utc>) -> Decided {
        match self {
            Self::Cleaning { .. } => Ok(vec![BedEvent::BedBlocked { reason, at }]),
            other => other.obstacle().map(|()| vec![BedEvent::BedBlocked { reason, at }]),
        }
    }

    /// Keeps it no longer from patients.
    ///
    /// # Errors
    /// When it is not blocked.
    pub fn unblock(&self, at: DateTime<Utc>) -> Decided {
        match self {
            Self::Blocked { .. } => Ok(vec![BedEvent::BedUnblocked { at }]),
            other => Err(other.obstacle().err().unwrap_or(BedError::Free)),
        }
    }

    /// Takes it away.
    ///
    /// # Errors
    /// When somebody lies in it, there is none, or it is gone.
    pub fn retire(&self, at: DateTime<Utc>) -> Decided {
        match self {
            Self::Free(_) | Self::Cleaning { .. } | Self::Blocked { .. } => Ok(vec![BedEvent::BedRetired { at }]),
            other => other.obstacle().map(|()| vec![]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: u32) -> DateTime<Utc> {
        format!("2026-11-20T{hour:02}:00:00Z").parse().unwrap()
    }

    fn visit(n: u128) -> EncounterId {
        EncounterId(uuid::Uuid::from_u128(n))
    }

    fn place() -> BedPlace {
        let ward_id = WardId(uuid::Uuid::from_u128(9));
        BedPlace { ward_id, ward: "West".into(), room: "101".into(), name: "1".into() }
    }

    fn then(state: &Bed, events: Vec<BedEvent>) -> Bed {
        let mut next = state.clone();
        events.iter().for_each(|event| next.apply(event));
        next
    }

    fn free() -> Bed {
        then(&Bed::Undefined, Bed::Undefined.add(place()).unwrap())
    }

    #[test]
    fn a_bed_holds_one_visit_until_it_is_given_up_and_clean() {
        let taken = then(&free(), free().occupy(visit(1), at(8)).unwrap());
        assert_eq!(taken.occupy(visit(2), at(9)), Err(BedError::Occupied(visit(1))));
        assert_eq!(taken.occupy(visit(1), at(9)), Ok(vec![]));
        assert_eq!(taken.vacate(visit(2), at(9), true), Ok(vec![]), "who does not hold it gives nothing up");
        let dirty = then(&taken, taken.vacate(visit(1), at(9), true).unwrap());
        assert_eq!(dirty.occupy(visit(2), at(9)), Err(BedError::Cleaning));
        let clean = then(&dirty, dirty.clean(at(10)).unwrap());
        assert!(clean.occupy(visit(2), at(10)).is_ok());
        assert_eq!(clean.clean(at(10)), Err(BedError::Free));
        assert_eq!(then(&taken, taken.vacate(visit(1), at(9), false).unwrap()).status(), "free");
    }

    #[test]
    fn a_blocked_bed_takes_nobody_and_an_occupied_one_is_not_blocked() {
        let blocked = then(&free(), free().block(BlockReason::Staffing, at(8)).unwrap());
        assert_eq!(blocked.occupy(visit(1), at(9)), Err(BedError::Blocked(BlockReason::Staffing)));
        assert_eq!(blocked.block(BlockReason::Other, at(9)), Err(BedError::Blocked(BlockReason::Staffing)));
        assert_eq!(then(&blocked, blocked.unblock(at(9)).unwrap()), free());
        assert_eq!(free().unblock(at(9)), Err(BedError::Free));
        let taken = then(&free(), free().occupy(visit(1), at(8)).unwrap());
        assert_eq!(taken.block(BlockReason::Staffing, at(9)), Err(BedError::Occupied(visit(1))));
        assert_eq!(taken.retire(at(9)), Err(BedError::Occupied(visit(1))));
    }

    #[test]
    fn a_bed_is_put_up_once_and_taken_away_once() {
        assert_eq!(free().add(place()), Err(BedError::AlreadyThere));
        assert_eq!(Bed::Undefined.occupy(visit(1), at(8)), Err(BedError::Undefined));
        let gone = then(&free(), free().retire(at(8)).unwrap());
        assert_eq!(gone.retire(at(9)), Err(BedError::Retired));
        assert_eq!(gone.add(place()), Err(BedError::Retired));
        assert_eq!(gone.occupy(visit(1), at(9)), Err(BedError::Retired));
        assert_eq!(Bed::Undefined.retire(at(8)), Err(BedError::Undefined));
    }
}
