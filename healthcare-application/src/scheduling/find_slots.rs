//! Free slots of a type of appointment.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use healthcare_domain::{
    id::{AppointmentTypeId, ResourceId},
    scheduling::{
        appointment::{AppointmentError, Participant},
        availability::{Busy, Stretch},
        resource::{ResourceKind, Schedule},
        service::ServiceProfile,
        slots::{Candidate, First, Search, Slot, search},
        zone::Zone,
    },
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    facts::{BookingError, offered, refused, schedules},
    model::Candidates,
};
use crate::{
    App,
    access::{Call, Permission, Permit},
    read::Cursor,
};

/// What to look for.
#[derive(Debug, Clone)]
pub struct FindSlots {
    /// Of which type.
    pub appointment_type: AppointmentTypeId,
    /// Between which instants they begin.
    pub within: Stretch,
    /// With these resources, and any of the kinds that the type takes beside them; with any that it takes if absent.
    pub resources: Option<Vec<ResourceId>>,
    /// Behind this place.
    pub after: Option<Cursor>,
    /// Which come first.
    pub first: First,
    /// How many at most.
    pub limit: u16,
}

/// A free slot as it is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct FreeSlot {
    /// When it begins.
    pub start: DateTime<Utc>,
    /// When it ends.
    pub end: DateTime<Utc>,
    /// When it begins, by the clock on the wall of its first resource.
    #[schema(value_type = String, example = "2027-01-04T09:00:00")]
    pub local_start: chrono::NaiveDateTime,
    /// Whose clock that is.
    pub time_zone: Zone,
    /// With whom, to be booked as it stands.
    pub participants: Vec<Participant>,
}

/// A page of free slots.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundSlots {
    /// The slots, in the order that was asked for.
    pub items: Vec<FreeSlot>,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
}

/// Free slots over resources and days. Whose the others are is not told.
///
/// # Errors
/// When the caller may not, there is no such type, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn find_slots(app: &App, call: &Call, cmd: FindSlots) -> Result<FoundSlots, BookingError> {
    let permit = app.authorise(call, Permission::ReadSchedules, None).await?;
    let profile = offered(app, &permit, cmd.appointment_type).await?;
    let (found, with) = match cmd.resources {
        Some(named) => with_named(app, &permit, &profile, &named).await?,
        None => (app.read.resources(&permit, &Candidates::Kinds(profile.requires.clone())).await?, vec![]),
    };
    let zones: HashMap<ResourceId, Zone> = found.iter().map(|(id, one)| (*id, one.profile.time_zone)).collect();
    let after = cmd.after.map(|place| (place.at, ResourceId(place.id)));
    let wanted = Search {
        appointment_type: cmd.appointment_type,
        profile: &profile,
        with: &with,
        within: cmd.within,
        after,
        first: cmd.first,
        limit: usize::from(cmd.limit) + 1,
    };
    let now = app.clock.now();
    let wanted = Search { within: (wanted.within.0.max(now), wanted.within.1), ..wanted };
    let mut slots = free(app, &permit, &wanted, found).await?;
    permit.recorded().await?;
    let more = slots.len() > usize::from(cmd.limit);
    slots.truncate(cmd.limit.into());
    let place = |slot: &Slot| {
        let id = slot.participants.first().map(|one| one.resource.0).unwrap_or_default();
        Cursor { at: slot.start, id, item: 0 }.to_string()
    };
    let next_cursor = slots.last().filter(|_| more).map(place);
    let items = slots.into_iter().map(|slot| shown(slot, &zones)).collect();
    Ok(FoundSlots { items, next_cursor })
}

/// The resources that are named, and all of the kinds of which the type takes more than are named; and who of them has to be
/// taken: of a kind of which as many are named as the type takes, or more, one may stand for another.
///
/// # Errors
/// When one is not there or of a kind that the type does not take, or the record cannot be reached.
async fn with_named(
    app: &App,
    permit: &Permit,
    profile: &ServiceProfile,
    named: &[ResourceId],
) -> Result<(Vec<(ResourceId, Schedule)>, Vec<ResourceId>), BookingError> {
    let mut all: Vec<(ResourceId, Schedule)> = schedules(app, permit, named).await?.into_iter().collect();
    if all.iter().any(|(_, one)| !profile.requires.contains(&one.profile.kind)) {
        return Err(refused(AppointmentError::WrongResources));
    }
    let wants_more = |kind: ResourceKind| {
        let takes = profile.requires.iter().filter(|one| **one == kind).count();
        all.iter().filter(|(_, one)| one.profile.kind == kind).count() < takes
    };
    let left: Vec<ResourceKind> = profile.requires.iter().copied().filter(|kind| wants_more(*kind)).collect();
    let asked_for = all.iter().filter(|(_, one)| left.contains(&one.profile.kind));
    let with: Vec<ResourceId> = asked_for.map(|(id, _)| *id).collect();
    if !left.is_empty() {
        let more = app.read.resources(permit, &Candidates::Kinds(left)).await?;
        all.extend(more.into_iter().filter(|(id, _)| !with.contains(id)));
    }
    // Of several that are free the same one is taken each time, so that the pages of a list fit together; who is named first.
    all.sort_unstable_by_key(|(id, _)| (!with.contains(id), *id));
    Ok((all, with))
}

fn shown(slot: Slot, zones: &HashMap<ResourceId, Zone>) -> FreeSlot {
    let Slot { start, end, participants } = slot;
    let time_zone = participants.first().and_then(|one| zones.get(&one.resource)).copied().unwrap_or(Zone::UTC);
    FreeSlot { start, end, local_start: time_zone.local(start), time_zone, participants }
}

/// How much of the time is looked through first; what follows is looked through in ever longer parts. Who asks for a page
/// mostly finds it in the first days, and what is booked later need not be read.
const FIRST_PART: Duration = Duration::days(1);

/// Free slots with these resources.
pub(super) async fn free(
    app: &App,
    permit: &Permit,
    wanted: &Search<'_>,
    resources: Vec<(ResourceId, Schedule)>,
) -> Result<Vec<Slot>, BookingError> {
    let ids: Vec<ResourceId> = resources.iter().map(|(id, _)| *id).collect();
    let mut candidates: Vec<Candidate> =
        resources.into_iter().map(|(resource, schedule)| Candidate { resource, schedule, busy: vec![] }).collect();
    let (mut from, mut until) = wanted.within;
    if let Some((behind, _)) = wanted.after {
        match wanted.first {
            First::Earliest => from = from.max(behind),
            // Others that begin at the same moment may still be to come.
            First::Latest => until = until.min(behind + Duration::microseconds(1)),
        }
    }
    let (mut found, mut part) = (vec![], FIRST_PART);
    while from < until && found.len() < wanted.limit {
        let stretch = match wanted.first {
            First::Earliest => (from, until.min(from + part)),
            First::Latest => (from.max(until - part), until),
        };
        let within = Search { within: stretch, limit: wanted.limit - found.len(), ..*wanted };
        let mut busy = busy(app, permit, &ids, within.keeps()).await?;
        for one in &mut candidates {
            one.busy = busy.remove(&one.resource).unwrap_or_default();
        }
        found.extend(search(&within, &candidates));
        match wanted.first {
            First::Earliest => from = stretch.1,
            First::Latest => until = stretch.0,
        }
        part = part * 4;
    }
    Ok(found)
}

/// What keeps resources busy within a stretch.
async fn busy(
    app: &App,
    permit: &Permit,
    resources: &[ResourceId],
    within: Stretch,
) -> Result<HashMap<ResourceId, Vec<Busy>>, BookingError> {
    let now = app.clock.now();
    let mut busy: HashMap<ResourceId, Vec<Busy>> = HashMap::new();
    for one in app.read.kept(permit, resources, within).await? {
        if one.hold_until.is_none_or(|until| until > now) {
            let kept = Busy { appointment: one.appointment, kept: one.during };
            busy.entry(one.resource).or_default().push(kept);
        }
    }
    Ok(busy)
}

/// The first free slot, with the same resources where they are free.
pub(super) async fn first_free(
    app: &App,
    permit: &Permit,
    (appointment_type, profile): (AppointmentTypeId, &ServiceProfile),
    (within, participants): (Stretch, &[Participant]),
) -> Result<Option<Slot>, BookingError> {
    let wanted = Search { appointment_type, profile, with: &[], within, after: None, first: First::Earliest, limit: 1 };
    let same: Vec<ResourceId> = participants.iter().map(|one| one.resource).collect();
    let of_same = app.read.resources(permit, &Candidates::These(same.clone())).await?;
    if let Some(slot) = free(app, permit, &wanted, of_same).await?.into_iter().next() {
        return Ok(Some(slot));
    }
    // The same leading resource with others beside it.
    let mut all = app.read.resources(permit, &Candidates::Kinds(profile.requires.clone())).await?;
    let leading = profile.requires.first();
    let alone = profile.requires.iter().filter(|kind| Some(*kind) == leading).count() == 1;
    let first = same.get(..1).unwrap_or_default();
    if alone {
        all.retain(|(id, one)| Some(&one.profile.kind) != leading || same.contains(id));
    } else {
        all.sort_by_key(|(id, _)| !first.contains(id));
    }
    let wanted = if alone { wanted } else { Search { with: first, ..wanted } };
    Ok(free(app, permit, &wanted, all).await?.into_iter().next())
}
