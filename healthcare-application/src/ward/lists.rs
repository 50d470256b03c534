//! Wards and beds as they are looked at.

use chrono::{DateTime, Utc};
use healthcare_domain::id::{BedId, WardId};

use super::model::{BedFilter, NamePaging};
use crate::{
    App, QueryError,
    access::{Call, Permission},
    entry::get_entry,
    read::Page,
    view::{Kind, Row},
};

/// A ward.
///
/// # Errors
/// When the caller may not, there is none, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(ward.id = %ward))]
pub async fn get_ward(app: &App, call: &Call, ward: WardId, as_of: Option<DateTime<Utc>>) -> Result<Row, QueryError> {
    get_entry(app, call, Permission::ReadWards, (Kind::Ward, ward.0), as_of).await
}

/// A bed, without who lies in it.
///
/// # Errors
/// When the caller may not, there is none, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(bed.id = %bed))]
pub async fn get_bed(app: &App, call: &Call, bed: BedId, as_of: Option<DateTime<Utc>>) -> Result<Row, QueryError> {
    get_entry(app, call, Permission::ReadWards, (Kind::Bed, bed.0), as_of).await
}

/// A page of wards by name, each with how many of its beds are free, occupied, to be cleaned, blocked.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn list_wards(app: &App, call: &Call, active: Option<bool>, page: NamePaging) -> Result<Page, QueryError> {
    let permit = app.authorise(call, Permission::ReadWards, None).await?;
    Ok(app.read.wards(&permit, active, &page).await?)
}

/// A page of beds by ward, room and name. Who lies in them is told of the patients whom the caller may see.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn list_beds(app: &App, call: &Call, filter: BedFilter, page: NamePaging) -> Result<Page, QueryError> {
    let permit = app.authorise(call, Permission::ReadWards, None).await?;
    let sees = !call.actor.system && call.actor.may(Permission::ReadChart);
    let circle = if sees { Some(app.circle(call, Permission::ReadChart).await?) } else { None };
    Ok(app.read.beds(&permit, circle.as_ref(), &filter, &page).await?)
}

/// A page of the beds of one ward.
///
/// # Errors
/// When the caller may not, there is no such ward, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(ward.id = %ward))]
pub async fn occupancy(
    app: &App,
    call: &Call,
    (ward, filter): (WardId, BedFilter),
    page: NamePaging,
) -> Result<Page, QueryError> {
    get_ward(app, call, ward, None).await?;
    list_beds(app, call, BedFilter { ward: Some(ward), ..filter }, page).await
}
