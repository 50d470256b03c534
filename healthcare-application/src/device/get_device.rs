//! Reads a device.

use chrono::{DateTime, Utc};
use healthcare_domain::id::{DeviceId, PatientId};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    App, QueryError,
    access::{Call, Permission},
    entry::{content_of, get_entry},
    store::StoreError,
    view::{Kind, Row},
};

/// A device, and on whom it is: that is told to who may put it on that patient, and not to who keeps the devices of the house
/// alone. With `as_of`, as the hospital knew it then.
///
/// # Errors
/// When the caller may not, or has nothing to do with the patient it is on; when there is no such device (by then); when the
/// record cannot be reached.
#[tracing::instrument(skip_all, fields(device.id = %id))]
pub async fn get_device(app: &App, call: &Call, id: DeviceId, as_of: Option<DateTime<Utc>>) -> Result<Row, QueryError> {
    let cares = call.actor.may(Permission::AssignDevice);
    let permission = if cares { Permission::AssignDevice } else { Permission::ManageDevices };
    let row = get_entry(app, call, permission, (Kind::Device, id.0), as_of).await?;
    let mut view: Map<String, Value> = content_of(&row)?;
    let Worn { assigned_to } = content_of(&row)?;
    // A merge leaves the device's own stream as it is: whoever holds the record now is told.
    let holder = match assigned_to.filter(|_| cares) {
        Some(patient) => Some(app.care.survivor(patient).await?),
        None => None,
    };
    app.authorise(call, permission, holder).await?.recorded().await?;
    match holder {
        Some(holder) => drop(view.insert("assigned_to".into(), holder.to_string().into())),
        None => view.retain(|name, _| name != "assigned_to" && name != "assigned_since"),
    }
    Ok(Row { body: serde_json::to_string(&view).map_err(damaged)?, ..row })
}

/// Whom a device is on.
#[derive(Deserialize)]
struct Worn {
    assigned_to: Option<PatientId>,
}

fn damaged(error: serde_json::Error) -> StoreError {
    StoreError::Damaged(Box::new(error))
}
