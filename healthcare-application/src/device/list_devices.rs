//! Lists the devices of the house.

use serde_json::{Map, Value, value::RawValue};

use super::{DeviceFilter, ListedDevice};
use crate::{
    App, QueryError,
    access::{Call, Circle, Permission},
    entry::content_of,
    read::{Page, Paging},
    store::StoreError,
    view::Row,
};

/// A page of devices. On whom each is, is told of patients whom a permit would open to who puts devices on them; of the
/// others, and to who keeps the devices of the house alone, that it is on somebody. Who asks for those of one patient must be
/// one who may put a device on that patient.
///
/// # Errors
/// When the caller may not, or has nothing to do with the patient who is named; when the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn list_devices(app: &App, call: &Call, filter: DeviceFilter, page: Paging) -> Result<Page, QueryError> {
    let cares = filter.patient.is_some() || call.actor.may(Permission::AssignDevice);
    let permission = if cares { Permission::AssignDevice } else { Permission::ManageDevices };
    let permit = app.authorise(call, permission, filter.patient).await?;
    let circle = match permit.patient() {
        Some(named) => Circle::Only([named].into()),
        None if cares => app.circle(call, permission).await?,
        None => Circle::Only([].into()),
    };
    let mut found = app.read.devices(&permit, &filter, &page).await?;
    for one in &mut found {
        one.worn_by = one.worn_by.filter(|patient| circle.has(Some(*patient)));
    }
    // The one too many is not shown.
    permit.recorded_of(found.iter().take(page.limit.into()).filter_map(|one| one.worn_by)).await?;
    let rows = found.into_iter().map(told).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::of(rows, page.limit, |row| RawValue::from_string(row.body.clone()))?)
}

/// A device with whom it is on, by the record that holds them now; without, where that is not told.
fn told(one: ListedDevice) -> Result<Row, StoreError> {
    let mut view: Map<String, Value> = content_of(&one.row)?;
    match one.worn_by {
        Some(holder) => drop(view.insert("assigned_to".into(), holder.to_string().into())),
        None => view.retain(|name, _| name != "assigned_to" && name != "assigned_since"),
    }
    let body = serde_json::to_string(&view).map_err(|e| StoreError::Damaged(Box::new(e)))?;
    Ok(Row { body, ..one.row })
}
