//! The classes of visit, and which becomes which within one visit.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// HL7 v3 ActEncounterCode, the classes the record tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EncounterClass {
    /// AMB: comes and goes.
    Ambulatory,
    /// EMER: the emergency department.
    Emergency,
    /// IMP: stays.
    Inpatient,
    /// OBSENC, SS: stays for hours.
    Observation,
    /// HH: at home.
    Home,
    /// VR: by telephone or video.
    Virtual,
    /// Any other class.
    Other,
}

impl EncounterClass {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Ambulatory, Self::Emergency, Self::Inpatient, Self::Observation, Self::Home, Self::Virtual, Self::Other];

    /// The name it is stored and listed under.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ambulatory => "ambulatory",
            Self::Emergency => "emergency",
            Self::Inpatient => "inpatient",
            Self::Observation => "observation",
            Self::Home => "home",
            Self::Virtual => "virtual",
            Self::Other => "other",
        }
    }

    /// The code of HL7 v3 ActEncounterCode, where the class has one of its own.
    pub const fn code(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Ambulatory => Some(("AMB", "ambulatory")),
            Self::Emergency => Some(("EMER", "emergency")),
            Self::Inpatient => Some(("IMP", "inpatient encounter")),
            Self::Observation => Some(("OBSENC", "observation encounter")),
            Self::Home => Some(("HH", "home health")),
            Self::Virtual => Some(("VR", "virtual")),
            Self::Other => None,
        }
    }

    /// Whether a visit of this class becomes one of that without being another visit: who came for an hour or in an
    /// emergency may have to stay; who stays is discharged before they come again.
    pub const fn may_become(self, next: Self) -> bool {
        use EncounterClass as C;
        match self {
            C::Ambulatory => matches!(next, C::Emergency | C::Observation | C::Inpatient),
            C::Emergency => matches!(next, C::Ambulatory | C::Observation | C::Inpatient),
            C::Observation => matches!(next, C::Inpatient | C::Emergency),
            C::Inpatient => matches!(next, C::Observation),
            C::Other => !matches!(next, C::Other),
            C::Home | C::Virtual => false,
        }
    }

    /// Whether who comes so stays, for hours or for days.
    pub const fn is_stay(self) -> bool {
        matches!(self, Self::Inpatient | Self::Observation)
    }

    /// Whether who comes so may lie in a bed of a ward.
    pub const fn holds_a_bed(self) -> bool {
        !matches!(self, Self::Home | Self::Virtual)
    }
}

impl std::str::FromStr for EncounterClass {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|class| class.as_str() == text).ok_or(())
    }
}
