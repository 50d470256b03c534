//! What a decision about an appointment stands on: hours, closures, and what is booked already.

use std::collections::HashMap;

use healthcare_domain::{
    id::{AppointmentId, AppointmentTypeId, PatientId, ResourceId},
    scheduling::{
        appointment::{Appointment, AppointmentError, Participant, Place},
        availability::{Busy, Conflict, Obstacle, Wanted, conflicts},
        resource::Schedule,
        service::{AppointmentType, ServiceProfile},
    },
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    model::{Candidates, Kept},
    waitlist::expire_hold,
};
use crate::{
    App, CommandError,
    access::{Call, Permission, Permit},
    store::StoreError,
};

/// The constraint that no resource is booked twice by.
pub(super) const BOOKED_ONCE: &str = "booking_once";
/// How often a booking is tried again when somebody was faster and is gone again.
pub(super) const ATTEMPTS: usize = 3;

/// Something that is in the way of an appointment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InTheWay {
    /// Which resource is not free.
    pub resource: ResourceId,
    /// What it is called.
    pub name: String,
    /// From when.
    pub from: chrono::DateTime<chrono::Utc>,
    /// Until when.
    pub until: chrono::DateTime<chrono::Utc>,
    /// `taken`, `closed` or `outside_hours`.
    pub why: &'static str,
    /// By which appointment, where the caller may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appointment: Option<AppointmentId>,
    /// Whose, where the caller may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient: Option<PatientId>,
}

/// Why an appointment was not booked or moved.
#[derive(Debug)]
pub enum BookingError {
    /// All that is in the way.
    Conflicts(Vec<InTheWay>),
    /// Anything else.
    Command(CommandError<AppointmentError>),
}

impl<C: Into<CommandError<AppointmentError>>> From<C> for BookingError {
    fn from(error: C) -> Self {
        Self::Command(error.into())
    }
}

/// Refuses in the words of the domain.
pub(super) fn refused(error: AppointmentError) -> BookingError {
    BookingError::Command(CommandError::Refused(error))
}

/// The resources of an appointment as they are.
#[derive(Debug, Default)]
pub(super) struct Facts {
    schedules: HashMap<ResourceId, Schedule>,
    kept: Vec<Kept>,
}

impl Facts {
    /// Reads the resources of some places and what keeps them. Holds that are over are given back on the way.
    pub async fn of(app: &App, permit: &Permit, places: &[&Place]) -> Result<Self, BookingError> {
        let mut wanted: Vec<ResourceId> =
            places.iter().flat_map(|place| place.participants.iter().map(|one| one.resource)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let schedules = schedules(app, permit, &wanted).await?;
        let now = app.clock.now();
        let mut kept: Vec<Kept> = Vec::new();
        for place in places {
            let resources: Vec<ResourceId> = place.participants.iter().map(|one| one.resource).collect();
            for one in app.read.kept(permit, &resources, place.kept()).await? {
                match one.hold_until {
                    Some(until) if until <= now => expire_hold(app, one.appointment).await?,
                    _ => kept.push(one),
                }
            }
        }
        Ok(Self { schedules, kept })
    }

    /// What is in the way of a time that is held, by now; nothing where none is, or no longer.
    pub async fn of_held(
        app: &App,
        permit: &Permit,
        (id, state): (AppointmentId, &Appointment),
    ) -> Result<(Self, Vec<Conflict>), BookingError> {
        match state {
            Appointment::Held { booking, until, .. } if *until > app.clock.now() => {
                let facts = Self::of(app, permit, &[&booking.place]).await?;
                let conflicts = facts.conflicts(&booking.place, booking.appointment_type, &[id]);
                Ok((facts, conflicts))
            }
            _ => Ok((Self::default(), vec![])),
        }
    }

    /// All that is in the way of an appointment at a place, but for some appointments themselves.
    pub fn conflicts(
        &self,
        place: &Place,
        appointment_type: AppointmentTypeId,
        but: &[AppointmentId],
    ) -> Vec<Conflict> {
        let wanted = Wanted { during: (place.start, place.end), kept: place.kept(), appointment_type };
        let mut all = Vec::new();
        for participant in &place.participants {
            let Some(schedule) = self.schedules.get(&participant.resource) else { continue };
            let of = self.kept.iter().filter(|one| one.resource == participant.resource);
            let of = of.filter(|one| !but.contains(&one.appointment));
            let busy: Vec<Busy> = of.map(|one| Busy { appointment: one.appointment, kept: one.during }).collect();
            all.extend(conflicts(participant.resource, schedule, &busy, &wanted));
        }
        all.dedup();
        all
    }

    /// What a caller may hear of what is in the way: who, only where they may see that patient.
    pub async fn told(
        &self,
        app: &App,
        call: &Call,
        permit: &Permit,
        conflicts: Vec<Conflict>,
    ) -> Result<BookingError, BookingError> {
        let sees = !call.actor.system && call.actor.may(Permission::ReadAppointments) && call.actor.patient.is_none();
        let circle = if sees { Some(app.circle(call, Permission::ReadAppointments).await?) } else { None };
        let mut shown = Vec::new();
        let mut all = Vec::new();
        for Conflict { resource, from, until, obstacle } in conflicts {
            let (why, appointment) = match obstacle {
                Obstacle::Taken(appointment) => ("taken", Some(appointment)),
                Obstacle::Closed => ("closed", None),
                Obstacle::OutsideHours => ("outside_hours", None),
            };
            let whose = self.kept.iter().find(|one| Some(one.appointment) == appointment).map(|one| one.patient);
            let patient = whose.filter(|patient| circle.as_ref().is_some_and(|circle| circle.has(Some(*patient))));
            shown.extend(patient);
            let name = self.schedules.get(&resource).map(|one| one.profile.name.clone()).unwrap_or_default();
            let appointment = appointment.filter(|_| patient.is_some());
            all.push(InTheWay { resource, name, from, until, why, appointment, patient });
        }
        permit.recorded_of(shown).await?;
        Ok(BookingError::Conflicts(all))
    }

    /// The participants of these identities, where they are what a type takes, in the order in which it names their kinds,
    /// however they were asked for: the clock of the first is the one that people agree by.
    pub fn participants(
        schedules: &HashMap<ResourceId, Schedule>,
        resources: &[ResourceId],
        profile: &ServiceProfile,
    ) -> Result<Vec<Participant>, AppointmentError> {
        let find = |resource: &ResourceId| {
            let kind = schedules.get(resource).ok_or(AppointmentError::NoSuchResource)?.profile.kind;
            Ok(Participant { resource: *resource, kind })
        };
        let mut participants: Vec<Participant> = resources.iter().map(find).collect::<Result<_, AppointmentError>>()?;
        let mut given: Vec<_> = participants.iter().map(|one| one.kind).collect();
        let mut taken = profile.requires.clone();
        given.sort_unstable();
        taken.sort_unstable();
        if given != taken {
            return Err(AppointmentError::WrongResources);
        }
        participants.sort_by_key(|one| profile.requires.iter().position(|kind| *kind == one.kind));
        Ok(participants)
    }
}

/// The resources of these identities that can be booked.
///
/// # Errors
/// When one is not there or retired, or the record cannot be reached.
pub(super) async fn schedules(
    app: &App,
    permit: &Permit,
    wanted: &[ResourceId],
) -> Result<HashMap<ResourceId, Schedule>, BookingError> {
    let found = app.read.resources(permit, &Candidates::These(wanted.to_vec())).await?;
    let found: HashMap<ResourceId, Schedule> = found.into_iter().collect();
    if wanted.iter().all(|one| found.contains_key(one)) {
        Ok(found)
    } else {
        Err(refused(AppointmentError::NoSuchResource))
    }
}

/// What a type of appointment is, while it is offered.
///
/// # Errors
/// When it is not, or the record cannot be reached.
pub(super) async fn offered(
    app: &App,
    permit: &Permit,
    appointment_type: AppointmentTypeId,
) -> Result<ServiceProfile, BookingError> {
    let loaded = app.load::<AppointmentType>(appointment_type).await?.open(permit).await?;
    loaded.state.offered().cloned().map_err(|_| refused(AppointmentError::NotOffered))
}

/// Whether somebody else was faster by a moment.
pub(super) fn somebody_was_faster(error: &CommandError<AppointmentError>) -> bool {
    match error {
        CommandError::Store(StoreError::Exists(rule)) => rule == BOOKED_ONCE,
        CommandError::Store(StoreError::Conflict) => true,
        _ => false,
    }
}

/// The booking of an appointment, or why there is none.
pub(super) fn booking_of(
    state: &Appointment,
) -> Result<&healthcare_domain::scheduling::appointment::Booking, BookingError> {
    state.booking().ok_or_else(|| refused(AppointmentError::Unbooked))
}
