//! When a practitioner is booked, for a program that cannot sign in. What it is told travels through the address lists and
//! logs of others: no patient is in it.

use std::collections::{BTreeMap, btree_map};

use healthcare_domain::{
    id::ResourceId,
    scheduling::resource::{Resource, Schedule},
};
use serde::Deserialize;

use super::calendar::{Calendar, Entry, Span};
use crate::{
    App, QueryError,
    access::{Call, Permission, Permit},
    entry::content_of,
    view::Kind,
};

/// What of a type's view is told.
#[derive(Deserialize)]
struct Named {
    name: String,
}

/// Whether a resource is the caller: a practitioner whose account it names.
///
/// # Errors
/// When the caller may not read schedules, there is no such resource, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(resource.id = %resource))]
pub async fn is_ones_own(app: &App, call: &Call, resource: ResourceId) -> Result<bool, QueryError> {
    let permit = app.authorise(call, Permission::ReadSchedules, None).await?;
    Ok(schedule(app, &permit, resource).await?.profile.account == Some(call.actor.account))
}

/// When the caller is booked and for what type of appointment, and never with whom.
///
/// # Errors
/// When the caller may not read schedules, there is no such resource or it is not theirs, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(resource.id = %resource))]
pub async fn busy_times_of(app: &App, call: &Call, resource: ResourceId, span: Span) -> Result<Calendar, QueryError> {
    let permit = app.authorise(call, Permission::ReadSchedules, None).await?;
    let schedule = schedule(app, &permit, resource).await?;
    if schedule.profile.account != Some(call.actor.account) {
        permit.recorded().await?;
        return Err(QueryError::NotFound);
    }
    let mut names: BTreeMap<_, Option<String>> = BTreeMap::new();
    let mut entries = vec![];
    for one in app.read.calendar(&permit, resource, span).await? {
        let title = match names.entry(one.appointment_type) {
            btree_map::Entry::Occupied(known) => known.get().clone(),
            btree_map::Entry::Vacant(unknown) => {
                let row = app.read.entry(Kind::AppointmentType, one.appointment_type.0).await?;
                let name = match row {
                    Some(row) => Some(content_of::<Named>(&row.open(&permit).await?)?.name),
                    None => None,
                };
                unknown.insert(name).clone()
            }
        };
        entries.push(Entry {
            appointment: one.appointment,
            start: one.start,
            end: one.end,
            status: one.status,
            name: None,
            title,
        });
    }
    permit.recorded().await?;
    Ok(Calendar { name: schedule.profile.name, entries })
}

async fn schedule(app: &App, permit: &Permit, resource: ResourceId) -> Result<Schedule, QueryError> {
    match app.load::<Resource>(resource).await?.open(permit).await?.state {
        Resource::Unknown => Err(QueryError::NotFound),
        Resource::Active(schedule) | Resource::Retired(schedule) => Ok(*schedule),
    }
}
