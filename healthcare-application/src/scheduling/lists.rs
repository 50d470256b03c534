//! Lists and single entries of scheduling.

use chrono::{DateTime, Utc};
use healthcare_domain::id::{AppointmentId, PatientId, WaitlistEntryId};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::model::{AppointmentFilter, OfNobody, WaitlistFilter};
use crate::{
    App, QueryError,
    access::{Call, Circle, Permission},
    chart::{in_order, rows_known},
    entry::get_entry,
    order::Direction,
    read::{Page, Paging},
    view::{Kind, Row},
};

/// A page of resources or types of appointment.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn list_of_nobody(
    app: &App,
    call: &Call,
    kind: Kind,
    filter: OfNobody<'_>,
    page: Paging,
) -> Result<Page, QueryError> {
    let permit = app.authorise(call, Permission::ReadSchedules, None).await?;
    Ok(app.read.of_nobody(&permit, kind, &filter, &page).await?)
}

/// A resource or a type of appointment.
///
/// # Errors
/// When the caller may not, there is none, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn get_of_nobody(
    app: &App,
    call: &Call,
    what: (Kind, Uuid),
    as_of: Option<DateTime<Utc>>,
) -> Result<Row, QueryError> {
    get_entry(app, call, Permission::ReadSchedules, what, as_of).await
}

/// An appointment.
///
/// # Errors
/// When the caller may not, there is none, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn get_appointment(
    app: &App,
    call: &Call,
    id: AppointmentId,
    as_of: Option<DateTime<Utc>>,
) -> Result<Row, QueryError> {
    get_entry(app, call, Permission::ReadAppointments, (Kind::Appointment, id.0), as_of).await
}

/// A wish on the waitlist.
///
/// # Errors
/// When the caller may not, there is none, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn get_wish(
    app: &App,
    call: &Call,
    id: WaitlistEntryId,
    as_of: Option<DateTime<Utc>>,
) -> Result<Row, QueryError> {
    get_entry(app, call, Permission::ReadAppointments, (Kind::Waitlist, id.0), as_of).await
}

/// A page of the appointments of one patient as they were known then.
///
/// # Errors
/// As [`list_appointments`].
#[tracing::instrument(skip_all, fields(patient.id = %patient))]
pub async fn list_appointments_known(
    app: &App,
    call: &Call,
    (patient, filter): (PatientId, AppointmentFilter),
    page: Paging,
    then: DateTime<Utc>,
) -> Result<Page, QueryError> {
    let permit = app.authorise(call, Permission::ReadAppointments, Some(patient)).await?;
    let known = rows_known(app, &permit, patient, then).await?;
    let rows = in_order(known, |row| filter.takes(row), &page);
    Ok(Page::of(rows, page.limit, |row| RawValue::from_string(row.body.clone()))?)
}

/// A page of appointments. A patient's own account must name its patient.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn list_appointments(
    app: &App,
    call: &Call,
    filter: AppointmentFilter,
    page: Paging,
) -> Result<Page, QueryError> {
    let permit = app.authorise(call, Permission::ReadAppointments, filter.patient).await?;
    let circle = match filter.patient {
        Some(patient) => Circle::Only([patient].into()),
        None => app.circle(call, Permission::ReadAppointments).await?,
    };
    Ok(app.read.appointments(&permit, &circle, &filter, &page).await?)
}

/// A page of the waitlist, in the order in which something is offered.
///
/// # Errors
/// As [`list_appointments`].
#[tracing::instrument(skip_all)]
pub async fn list_waitlist(app: &App, call: &Call, filter: WaitlistFilter, page: Paging) -> Result<Page, QueryError> {
    let permit = app.authorise(call, Permission::ReadAppointments, filter.patient).await?;
    let circle = match filter.patient {
        Some(patient) => Circle::Only([patient].into()),
        None => app.circle(call, Permission::ReadAppointments).await?,
    };
    Ok(app.read.waitlist(&permit, &circle, &filter, &page).await?)
}

/// A page of the wishes of one patient as they were known then, in the order in which something is offered.
///
/// # Errors
/// As [`list_appointments`].
#[tracing::instrument(skip_all, fields(patient.id = %patient))]
pub async fn list_waitlist_known(
    app: &App,
    call: &Call,
    (patient, filter): (PatientId, WaitlistFilter),
    page: Paging,
    then: DateTime<Utc>,
) -> Result<Page, QueryError> {
    let permit = app.authorise(call, Permission::ReadAppointments, Some(patient)).await?;
    let known = rows_known(app, &permit, patient, then).await?;
    // The rank stands in the item, as in the cursors of the list of today.
    let ranked = known.into_iter().filter_map(|row| filter.rank(&row).map(|rank| Row { item: rank, ..row }));
    let place = |row: &Row| (row.item, row.id);
    let mut rows: Vec<Row> = ranked.collect();
    rows.retain(|row| match (page.after.map(|after| (after.item, after.id)), page.direction) {
        (None, _) => true,
        (Some(after), Direction::Up) => place(row) > after,
        (Some(after), Direction::Down) => place(row) < after,
    });
    rows.sort_by_key(place);
    match page.direction {
        Direction::Up => {}
        Direction::Down => rows.reverse(),
    }
    Ok(Page::of(rows, page.limit, |row| RawValue::from_string(row.body.clone()))?)
}
