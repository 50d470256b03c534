//! The directory.

use std::collections::HashSet;

use healthcare_domain::id::PatientId;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::directory_entry;
use crate::{
    App, QueryError,
    access::{Call, Circle, Permission, Unauthorised},
    identity::survivors_for,
    read::{Page, PatientSearch},
    store::StoreError,
};

/// Who was found.
#[derive(Deserialize)]
struct Found {
    id: PatientId,
}

/// A page of the patients that match: those the caller cares for as their record shows them, of the others names, birth
/// dates, identifiers and sex, and no more. Where somebody stands on a pathway is of the record: who asks for it is shown
/// those they care for alone. Somebody very restricted to whom they do not stand close enough is not found by a telephone
/// number, which would tell it digit by digit. Each of those found is recorded as read.
///
/// # Errors
/// When the caller may not, there is no such pathway or stage, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn find_patients(app: &App, call: &Call, search: PatientSearch) -> Result<Page, QueryError> {
    let permit = app.authorise(call, Permission::ReadDirectory, None).await?;
    if search.pathway.is_some() || search.stage.is_some() {
        let circle = app.circle(call, Permission::ReadChart).await?;
        let search = PatientSearch { within: Some(circle), ..search };
        let page = app.read.patients(&permit, &search).await?;
        permit.recorded_of(of_whom(&page.items)?).await?;
        return Ok(page);
    }
    let search = if search.phone.is_some() {
        PatientSearch { within: Some(Circle::Except(app.kept_from(call).await?)), ..search }
    } else {
        search
    };
    let Page { items, next_cursor } = app.read.patients(&permit, &search).await?;
    let items = survivors_for(app, &permit, items).await?;
    let shown = of_whom(&items)?;
    let circle = match app.circle(call, Permission::ReadChart).await {
        Ok(circle) => circle,
        Err(Unauthorised::Denied(_)) => Circle::Only(HashSet::new()),
        Err(why) => return Err(why.into()),
    };
    permit.recorded_of(shown.iter().copied()).await?;
    let show = |(id, item): (PatientId, Box<RawValue>)| {
        if circle.has(Some(id)) { Ok(item) } else { directory_entry(item.get()) }
    };
    let items = shown.into_iter().zip(items).map(show).collect::<Result<_, StoreError>>()?;
    Ok(Page { items, next_cursor })
}

/// Whom a page shows, in its order.
fn of_whom(items: &[Box<RawValue>]) -> Result<Vec<PatientId>, StoreError> {
    let of = |item: &RawValue| serde_json::from_str(item.get()).map(|Found { id }| id);
    items.iter().map(|item| of(item)).collect::<Result<_, _>>().map_err(|e| StoreError::Damaged(Box::new(e)))
}
