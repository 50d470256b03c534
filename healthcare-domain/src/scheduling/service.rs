//! Types of appointment: what can be booked, for how long, and what it takes (FHIR HealthcareService).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::resource::ResourceKind;
use crate::{
    Event, EventSourced, StreamType,
    code::{CodeableConcept, Coding},
    id::AppointmentTypeId,
};

/// How many resources an appointment takes at the most.
const MOST: usize = 10;
/// The code system of HL7 v2 table 0276.
const V2_0276: &str = "http://terminology.hl7.org/CodeSystem/v2-0276";

/// Why one comes, as FHIR's `Appointment.appointmentType` has it (HL7 v2 table 0276).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum VisitKind {
    /// A routine check-up.
    Checkup,
    /// An emergency.
    Emergency,
    /// A follow-up of an earlier visit.
    Followup,
    /// A routine visit.
    Routine,
    /// Somebody who came without an appointment.
    Walkin,
}

impl VisitKind {
    /// The code with its system and display.
    pub fn coding(self) -> Coding {
        match self {
            Self::Checkup => Coding::new(V2_0276, "CHECKUP", "A routine check-up, such as an annual physical"),
            Self::Emergency => Coding::new(V2_0276, "EMERGENCY", "Emergency appointment"),
            Self::Followup => Coding::new(V2_0276, "FOLLOWUP", "A follow up visit from a previous appointment"),
            Self::Routine => Coding::new(V2_0276, "ROUTINE", "Routine appointment - default if not valued"),
            Self::Walkin => Coding::new(V2_0276, "WALKIN", "A previously unscheduled walk-in visit"),
        }
    }
}

/// What a type of appointment is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ServiceProfile {
    /// What people call it.
    pub name: String,
    /// Why one comes.
    pub kind: VisitKind,
    /// The service, e.g. in SNOMED CT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<CodeableConcept>,
    /// How long it lasts, in minutes: 1 to 1,440.
    pub duration_minutes: u16,
    /// For how long its resources are kept before it, in minutes: up to 240.
    #[serde(default)]
    pub buffer_before_minutes: u16,
    /// For how long its resources are kept after it, in minutes: up to 240.
    #[serde(default)]
    pub buffer_after_minutes: u16,
    /// What it takes: a resource for each of these kinds, so that a kind that is named twice takes two; one to ten. The hours
    /// of the first give the times it begins at.
    pub requires: Vec<ResourceKind>,
}

/// A type of appointment.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum AppointmentType {
    /// Nobody defined it.
    #[default]
    Undefined,
    /// It can be booked.
    Offered(Box<ServiceProfile>),
    /// It can no longer be booked.
    Retired(Box<ServiceProfile>),
}

/// What can happen to a type of appointment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum AppointmentTypeEvent {
    /// It was defined.
    AppointmentTypeDefined {
        /// What it is.
        profile: Box<ServiceProfile>,
        /// Why one comes, coded.
        code: Coding,
    },
    /// It is another from now on; what was booked stays as it was.
    AppointmentTypeRevised {
        /// What it is.
        profile: Box<ServiceProfile>,
        /// Why one comes, coded.
        code: Coding,
    },
    /// It is no longer offered.
    AppointmentTypeRetired,
}

/// Why a decision about a type of appointment is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AppointmentTypeError {
    /// There is no such type.
    #[error("there is no such appointment type")]
    Undefined,
    /// It is defined.
    #[error("the appointment type is defined already")]
    AlreadyDefined,
    /// It is no longer offered.
    #[error("the appointment type is retired")]
    Retired,
    /// It lasts no time, or longer than a day; or a buffer is longer than four hours.
    #[error("an appointment lasts 1 to 1,440 minutes, with buffers of up to 240")]
    BadLength,
    /// It has no name.
    #[error("an appointment type has a name of 1 to 200 characters")]
    NoName,
    /// It takes nothing, or more than ten.
    #[error("an appointment takes one to ten resources")]
    BadRequirements,
}

impl Event for AppointmentTypeEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::AppointmentTypeDefined { .. } => "appointmenttype.defined",
            Self::AppointmentTypeRevised { .. } => "appointmenttype.revised",
            Self::AppointmentTypeRetired => "appointmenttype.retired",
        }
    }
    fn fhir_type(&self) -> &'static str {
        "HealthcareService"
    }
}

impl EventSourced for AppointmentType {
    type Id = AppointmentTypeId;
    type Event = AppointmentTypeEvent;
    type Error = AppointmentTypeError;
    const STREAM: StreamType = StreamType::AppointmentType;

    fn apply(&mut self, event: &AppointmentTypeEvent) {
        *self = match (std::mem::take(self), event) {
            (Self::Retired(held), _) => Self::Retired(held),
            (
                Self::Undefined | Self::Offered(_),
                AppointmentTypeEvent::AppointmentTypeDefined { profile, code: _ }
                | AppointmentTypeEvent::AppointmentTypeRevised { profile, code: _ },
            ) => Self::Offered(profile.clone()),
            (Self::Offered(held), AppointmentTypeEvent::AppointmentTypeRetired) => Self::Retired(held),
            (Self::Undefined, AppointmentTypeEvent::AppointmentTypeRetired) => Self::Undefined,
        };
    }
}

impl AppointmentType {
    /// Defines it.
    ///
    /// # Errors
    /// When it is defined, or cannot be.
    pub fn define(&self, profile: ServiceProfile) -> Result<Vec<AppointmentTypeEvent>, AppointmentTypeError> {
        match self {
            Self::Undefined => {
                let profile = Box::new(sound(profile)?);
                let code = profile.kind.coding();
                Ok(vec![AppointmentTypeEvent::AppointmentTypeDefined { profile, code }])
            }
            Self::Offered(_) | Self::Retired(_) => Err(AppointmentTypeError::AlreadyDefined),
        }
    }

    /// Makes it another for what is booked from now on. The same again is no change.
    ///
    /// # Errors
    /// When it is not offered, or cannot be.
    pub fn revise(&self, profile: ServiceProfile) -> Result<Vec<AppointmentTypeEvent>, AppointmentTypeError> {
        let profile = Box::new(sound(profile)?);
        if *self.offered()? == *profile {
            return Ok(vec![]);
        }
        let code = profile.kind.coding();
        Ok(vec![AppointmentTypeEvent::AppointmentTypeRevised { profile, code }])
    }

    /// Offers it no longer.
    ///
    /// # Errors
    /// When it is not offered.
    pub fn retire(&self) -> Result<Vec<AppointmentTypeEvent>, AppointmentTypeError> {
        self.offered().map(|_| vec![AppointmentTypeEvent::AppointmentTypeRetired])
    }

    /// What it is, while it can be booked.
    ///
    /// # Errors
    /// When it cannot.
    pub fn offered(&self) -> Result<&ServiceProfile, AppointmentTypeError> {
        match self {
            Self::Undefined => Err(AppointmentTypeError::Undefined),
            Self::Offered(profile) => Ok(profile),
            Self::Retired(_) => Err(AppointmentTypeError::Retired),
        }
    }
}

fn sound(profile: ServiceProfile) -> Result<ServiceProfile, AppointmentTypeError> {
    let name = profile.name.trim().chars().count();
    if name == 0 || name > 200 {
        return Err(AppointmentTypeError::NoName);
    }
    let buffers = profile.buffer_before_minutes.max(profile.buffer_after_minutes);
    if !(1..=1_440).contains(&profile.duration_minutes) || buffers > 240 {
        return Err(AppointmentTypeError::BadLength);
    }
    if profile.requires.is_empty() || profile.requires.len() > MOST {
        return Err(AppointmentTypeError::BadRequirements);
    }
    Ok(profile)
}

#[cfg(test)]
#[path = "service_properties.rs"]
mod properties;
#[cfg(test)]
mod tests {
    use super::*;

    fn consultation() -> ServiceProfile {
        ServiceProfile {
            name: "Consultation".into(),
            kind: VisitKind::Routine,
            service: None,
            duration_minutes: 20,
            buffer_before_minutes: 0,
            buffer_after_minutes: 5,
            requires: vec![ResourceKind::Practitioner, ResourceKind::Room],
        }
    }

    #[test]
    fn it_is_defined_once_revised_while_it_is_offered_and_retired_for_good() {
        let mut offered = AppointmentType::fold(&AppointmentType::Undefined.define(consultation()).unwrap());
        assert_eq!(offered.define(consultation()), Err(AppointmentTypeError::AlreadyDefined));
        assert_eq!(offered.revise(consultation()), Ok(vec![]));
        let longer = ServiceProfile { duration_minutes: 30, ..consultation() };
        for event in offered.revise(longer.clone()).unwrap() {
            offered.apply(&event);
        }
        assert_eq!(offered.offered(), Ok(&longer));
        for event in offered.retire().unwrap() {
            offered.apply(&event);
        }
        assert_eq!(offered.retire(), Err(AppointmentTypeError::Retired));
        assert_eq!(offered.revise(consultation()), Err(AppointmentTypeError::Retired));
        assert_eq!(AppointmentType::Undefined.retire(), Err(AppointmentTypeError::Undefined));
    }

    #[test]
    fn what_cannot_be_booked_is_not_defined() {
        let refused = |profile| AppointmentType::Undefined.define(profile).unwrap_err();
        let none = ServiceProfile { duration_minutes: 0, ..consultation() };
        assert_eq!(refused(none), AppointmentTypeError::BadLength);
        let kept = ServiceProfile { buffer_before_minutes: 241, ..consultation() };
        assert_eq!(refused(kept), AppointmentTypeError::BadLength);
        for takes in [0, 11] {
            let of_rooms = ServiceProfile { requires: vec![ResourceKind::Room; takes], ..consultation() };
            assert_eq!(refused(of_rooms), AppointmentTypeError::BadRequirements);
        }
        let two_nurses = vec![ResourceKind::Practitioner, ResourceKind::Room, ResourceKind::Practitioner];
        let two_nurses = ServiceProfile { requires: two_nurses, ..consultation() };
        assert!(AppointmentType::Undefined.define(two_nurses).is_ok());
        assert_eq!(refused(ServiceProfile { name: " ".into(), ..consultation() }), AppointmentTypeError::NoName);
    }
}
