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
/// those they care for alone.
///
/// # Errors
/// When the caller may not, there is no such pathway or stage, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn find_patients(app: &App, call: &Call, search: PatientSearch) -> Result<Page, QueryError> {
    let permit = app.authorise(call, Permission::ReadDirectory, None).await?;
    if search.pathway.is_some() || search.stage.is_some() {
        let circle = app.circle(call, Permission::ReadChart).await?;
        let search = PatientSearch { within: Some(circle), ..search };
        return Ok(app.read.patients(&permit, &search).await?);
    }
    let Page { items, next_cursor } = app.read.patients(&permit, &search).await?;
    let items = survivors_for(app, &permit, items).await?;
    let circle = match app.circle(call, Permission::ReadChart).await {
        Ok(circle) => circle,
        Err(Unauthorised::Denied(_)) => Circle::Only(HashSet::new()),
        Err(why) => return Err(why.into()),
    };
    let show = |item: Box<RawValue>| {
        let found: Found = serde_json::from_str(item.get()).map_err(|e| StoreError::Damaged(Box::new(e)))?;
        if circle.has(Some(found.id)) { Ok(item) } else { directory_entry(item.get()) }
    };
    let items = items.into_iter().map(show).collect::<Result<_, StoreError>>()?;
    Ok(Page { items, next_cursor })
}
