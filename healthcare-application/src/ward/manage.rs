//! Wards: opened, revised, closed; rooms added and removed.

use healthcare_domain::{
    id::WardId,
    ward::{Ward, WardError, WardEvent, WardProfile},
};

use crate::{
    App, CommandError, StoreError,
    access::{Call, Permission},
    store::Committed,
    transact::{Target, transact},
};

type Changed = Result<Committed, CommandError<WardError>>;

/// Opens a ward. Its staff are assigned to it by its name.
///
/// # Errors
/// When the caller may not, another ward has its name, it has none, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn open_ward(app: &App, call: &Call, profile: WardProfile) -> Changed {
    let ward = WardId(app.clock.new_id());
    decide(app, call, ward, |state| state.open(profile.clone())).await
}

/// Revises what a ward is and asks for.
///
/// # Errors
/// When the caller may not, there is no such ward, it would have another name, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(ward.id = %ward))]
pub async fn revise_ward(app: &App, call: &Call, ward: WardId, profile: WardProfile) -> Changed {
    decide(app, call, ward, |state| state.revise(profile.clone())).await
}

/// Adds a room.
///
/// # Errors
/// When the caller may not, there is no such ward, it has that room, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(ward.id = %ward))]
pub async fn add_room(app: &App, call: &Call, ward: WardId, room: String) -> Changed {
    decide(app, call, ward, |state| state.add_room(room.clone())).await
}

/// Takes a room out.
///
/// # Errors
/// When the caller may not, there is no such ward or room, beds stand in it, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(ward.id = %ward))]
pub async fn remove_room(app: &App, call: &Call, ward: WardId, room: String) -> Changed {
    decide(app, call, ward, |state| state.remove_room(&room)).await
}

/// Closes a ward in which no beds stand.
///
/// # Errors
/// When the caller may not, there is no such ward, beds stand in it, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(ward.id = %ward))]
pub async fn close_ward(app: &App, call: &Call, ward: WardId) -> Changed {
    decide(app, call, ward, Ward::close).await
}

/// A ward is nobody's: no erasure of a patient makes it unreadable.
async fn decide(
    app: &App,
    call: &Call,
    ward: WardId,
    decide: impl Fn(&Ward) -> Result<Vec<WardEvent>, WardError> + Send,
) -> Changed {
    let permit = app.authorise(call, Permission::ManageWards, None).await?;
    let target = Target { id: ward, patient: None, occurred_at: app.clock.now(), touches_safety: false };
    match transact(app, &permit, call, target, decide).await {
        Err(CommandError::Store(StoreError::Exists(rule))) if rule == "ward_name_once" => {
            Err(CommandError::Refused(WardError::NameTaken))
        }
        other => other,
    }
}
