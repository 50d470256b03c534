//! The calendar of a resource, for a feed.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    id::{AppointmentId, PatientId, ResourceId},
    scheduling::{availability::Stretch, resource::Resource},
};

use crate::{
    App, QueryError,
    access::{Call, Permission},
    entry::demographics_of,
    view::Kind,
};

/// What a calendar covers.
pub type Span = Stretch;

/// One entry of a calendar.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The appointment.
    pub appointment: AppointmentId,
    /// When it begins.
    pub start: DateTime<Utc>,
    /// For whom, where the reader may see it: the patient's name.
    pub name: Option<String>,
    /// The view of the appointment, where the reader may see it.
    pub title: Option<String>,
    /// When it ends.
    pub end: DateTime<Utc>,
    /// Where it stands.
    pub status: String,
}

/// A resource's calendar.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// What the resource is called.
    pub name: String,
    /// Its entries, in order.
    pub entries: Vec<Entry>,
}

/// What is booked with a resource. Of patients whom the reader may not see, only the time.
///
/// # Errors
/// When the caller may not, there is no such resource, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(resource.id = %resource))]
pub async fn calendar_of(app: &App, call: &Call, resource: ResourceId, span: Span) -> Result<Calendar, QueryError> {
    let permit = app.authorise(call, Permission::ReadSchedules, None).await?;
    let loaded = app.load::<Resource>(resource).await?.open(&permit).await?;
    let name = match &loaded.state {
        Resource::Unknown => return Err(QueryError::NotFound),
        Resource::Active(schedule) | Resource::Retired(schedule) => schedule.profile.name.clone(),
    };
    let sees = call.actor.may(Permission::ReadAppointments);
    let circle = if sees { Some(app.circle(call, Permission::ReadAppointments).await?) } else { None };
    let mut entries = Vec::new();
    let mut shown: Vec<PatientId> = Vec::new();
    for one in app.read.calendar(&permit, resource, span).await? {
        let visible = circle.as_ref().is_some_and(|circle| circle.has(Some(one.patient)));
        let mut entry = Entry {
            appointment: one.appointment,
            start: one.start,
            end: one.end,
            status: one.status,
            name: None,
            title: None,
        };
        if visible {
            shown.push(one.patient);
            let person = app.authorise(call, Permission::ReadAppointments, Some(one.patient)).await?;
            if let Some(row) = app.read.entry(Kind::Patient, one.patient.0).await? {
                let demographics = demographics_of(&row.open(&person).await?)?;
                entry.name = demographics.names.first().map(|name| {
                    let given = name.given.first().map(String::as_str).unwrap_or_default();
                    format!("{given} {}", name.family.as_deref().unwrap_or_default()).trim().to_owned()
                });
            }
            if let Some(row) = app.read.entry(Kind::Appointment, one.appointment.0).await? {
                let view: serde_json::Value = crate::entry::content_of(&row.open(&person).await?)?;
                entry.title = view["title"].as_str().map(str::to_owned);
            }
        }
        entries.push(entry);
    }
    permit.recorded_of(shown).await?;
    Ok(Calendar { name, entries })
}
