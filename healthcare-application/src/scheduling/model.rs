//! The port to what is booked when.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use healthcare_domain::{
    id::{AppointmentId, AppointmentTypeId, PatientId, ResourceId, SeriesId, WaitlistEntryId},
    scheduling::{
        appointment::{Participant, Place},
        availability::Stretch,
        resource::{ResourceKind, Schedule},
        waitlist::WaitPriority,
    },
};
use serde::Deserialize;

use crate::{
    access::{Circle, Permit},
    read::{Page, Paging},
    store::StoreError,
    view::{Kind, Row},
};

/// Which resources a search looks at.
#[derive(Debug, Clone)]
pub enum Candidates {
    /// These.
    These(Vec<ResourceId>),
    /// All of these kinds.
    Kinds(Vec<ResourceKind>),
}

/// A resource that is kept by an appointment for a while.
#[derive(Debug, Clone, Copy)]
pub struct Kept {
    /// Which.
    pub resource: ResourceId,
    /// By which appointment.
    pub appointment: AppointmentId,
    /// Whose.
    pub patient: PatientId,
    /// For how long.
    pub during: Stretch,
    /// Until when it is only held.
    pub hold_until: Option<DateTime<Utc>>,
}

/// An appointment that stands in a resource's day or in a series.
#[derive(Debug, Clone, Copy)]
pub struct Scheduled {
    /// Which.
    pub appointment: AppointmentId,
    /// Whose.
    pub patient: PatientId,
    /// When it begins.
    pub start: DateTime<Utc>,
}

/// An appointment in a resource's calendar.
#[derive(Debug, Clone)]
pub struct InCalendar {
    /// Which.
    pub appointment: AppointmentId,
    /// Whose.
    pub patient: PatientId,
    /// When it begins.
    pub start: DateTime<Utc>,
    /// When it ends.
    pub end: DateTime<Utc>,
    /// Where it stands.
    pub status: String,
    /// Of which type.
    pub appointment_type: AppointmentTypeId,
}

/// A wish that waits.
#[derive(Debug, Clone, Copy)]
pub struct Waiting {
    /// Which.
    pub entry: WaitlistEntryId,
    /// Whose.
    pub patient: PatientId,
}

/// A slot that became free.
#[derive(Debug, Clone)]
pub struct FreedSlot {
    /// For which type of appointment it was used.
    pub appointment_type: AppointmentTypeId,
    /// When and with whom.
    pub place: Place,
}

/// Which appointments to list; all that is given must match.
#[derive(Debug, Clone, Default)]
pub struct AppointmentFilter {
    /// Of this patient.
    pub patient: Option<PatientId>,
    /// With this resource.
    pub resource: Option<ResourceId>,
    /// That stand here, e.g. `booked`.
    pub status: Option<String>,
    /// Of this type.
    pub appointment_type: Option<AppointmentTypeId>,
    /// That begin then or later.
    pub from: Option<DateTime<Utc>>,
    /// That begin before.
    pub until: Option<DateTime<Utc>>,
}

impl AppointmentFilter {
    /// Whether a row of an appointment is one of these.
    pub(super) fn takes(&self, row: &Row) -> bool {
        /// What of an appointment's view is filtered by.
        #[derive(Deserialize)]
        struct Seen {
            status: String,
            appointment_type: AppointmentTypeId,
            participants: Vec<Participant>,
        }
        let Self { patient, resource, status, appointment_type, from, until } = self;
        if row.kind != Kind::Appointment {
            return false;
        }
        let Ok(Seen { status: stands, appointment_type: of, participants }) = serde_json::from_str(&row.body) else {
            return false;
        };
        patient.is_none_or(|whose| row.patient == Some(whose))
            && resource.is_none_or(|with| participants.iter().any(|one| one.resource == with))
            && status.as_ref().is_none_or(|asked| *asked == stands)
            && appointment_type.is_none_or(|asked| asked == of)
            && from.is_none_or(|from| row.at >= from)
            && until.is_none_or(|until| row.at < until)
    }
}

/// Which resources, types of appointment or templates to list; all that is given must match.
#[derive(Debug, Clone, Copy, Default)]
pub struct OfNobody<'f> {
    /// Only those in use, or only those that are not.
    pub active: Option<bool>,
    /// Of this kind.
    pub code: Option<&'f str>,
    /// Of whose name words begin with all of these; case and accents do not matter.
    pub name: Option<&'f str>,
}

/// Which wishes to list; all that is given must match.
#[derive(Debug, Clone, Default)]
pub struct WaitlistFilter {
    /// Of this patient.
    pub patient: Option<PatientId>,
    /// That stand here, e.g. `waiting`.
    pub status: Option<String>,
    /// For this type.
    pub appointment_type: Option<AppointmentTypeId>,
}

impl WaitlistFilter {
    /// The place in the order of a row of one patient's record, if it is one of these wishes.
    pub(super) fn rank(&self, row: &Row) -> Option<i16> {
        /// What of a wish's view is filtered by.
        #[derive(Deserialize)]
        struct Seen {
            status: String,
            appointment_type: AppointmentTypeId,
            priority: WaitPriority,
        }
        let Self { patient: _, status, appointment_type } = self;
        if row.kind != Kind::Waitlist || row.struck {
            return None;
        }
        let Seen { status: stands, appointment_type: of, priority } = serde_json::from_str(&row.body).ok()?;
        let asked_for =
            status.as_ref().is_none_or(|asked| *asked == stands) && appointment_type.is_none_or(|asked| asked == of);
        asked_for.then(|| priority.rank())
    }
}

/// What is booked when.
#[async_trait]
pub trait ScheduleModel: Send + Sync {
    /// Resources that can be booked, by identity.
    async fn resources(&self, permit: &Permit, which: &Candidates) -> Result<Vec<(ResourceId, Schedule)>, StoreError>;

    /// What keeps these resources during a stretch, holds that are over included.
    async fn kept(&self, permit: &Permit, resources: &[ResourceId], within: Stretch) -> Result<Vec<Kept>, StoreError>;

    /// Resources, types of appointment or templates, by when they last changed.
    async fn of_nobody(
        &self,
        permit: &Permit,
        kind: Kind,
        filter: &OfNobody<'_>,
        page: &Paging,
    ) -> Result<Page, StoreError>;

    /// Appointments of the circle's patients.
    async fn appointments(
        &self,
        permit: &Permit,
        circle: &Circle,
        filter: &AppointmentFilter,
        page: &Paging,
    ) -> Result<Page, StoreError>;

    /// Wishes of the circle's patients, in the order in which they are offered something.
    async fn waitlist(
        &self,
        permit: &Permit,
        circle: &Circle,
        filter: &WaitlistFilter,
        page: &Paging,
    ) -> Result<Page, StoreError>;

    /// What keeps a resource at any moment of a stretch, buffers included, and is not over: booked, held, or the patient is
    /// there. In order.
    async fn day(&self, permit: &Permit, resource: ResourceId, within: Stretch) -> Result<Vec<Scheduled>, StoreError>;

    /// What stands in a resource's calendar and begins within a stretch, in order; what was cancelled or given back is left
    /// out.
    async fn calendar(
        &self,
        permit: &Permit,
        resource: ResourceId,
        within: Stretch,
    ) -> Result<Vec<InCalendar>, StoreError>;

    /// What is booked of a series of the permit's patient, in order.
    async fn series(&self, permit: &Permit, series: SeriesId) -> Result<Vec<Scheduled>, StoreError>;

    /// Who waits for a type of appointment that begins at a time with these resources, the first to be asked first; none
    /// of those who died or whose record is not in use.
    async fn waiting(&self, permit: &Permit, slot: &FreedSlot) -> Result<Vec<Waiting>, StoreError>;
}
