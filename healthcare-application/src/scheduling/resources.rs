//! Resources: added, given hours, closed and opened again, retired.

use healthcare_domain::{
    id::ResourceId,
    scheduling::resource::{Closure, Hours, Resource, ResourceError, ResourceEvent, ResourceProfile},
    text::Remark,
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::{Target, replay, transact},
    view::Kind,
};

type Changed = Result<Committed, CommandError<ResourceError>>;

/// Adds somebody or something that can be booked.
///
/// # Errors
/// When the caller may not, it cannot be or names what is not there, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn add_resource(app: &App, call: &Call, profile: ResourceProfile) -> Changed {
    let permit = app.authorise(call, Permission::ManageSchedules, None).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    let linked = [
        (Kind::Account, profile.account.map(|one| one.0)),
        (Kind::Practitioner, profile.practitioner.map(|one| one.0)),
        (Kind::Device, profile.device.map(|one| one.0)),
    ];
    for (kind, id) in linked {
        if let Some(id) = id
            && app.read.entry(kind, id).await?.is_none()
        {
            permit.recorded().await?;
            return Err(CommandError::Refused(ResourceError::NothingSuch));
        }
    }
    let resource = ResourceId(app.clock.new_id());
    decide(app, call, resource, |state| state.add(profile.clone())).await
}

/// Gives a resource other hours.
///
/// # Errors
/// When the caller may not, there is no such resource, there cannot be such hours, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(resource.id = %resource))]
pub async fn set_hours(app: &App, call: &Call, resource: ResourceId, hours: Vec<Hours>) -> Changed {
    decide(app, call, resource, |state| state.set_hours(hours.clone())).await
}

/// Closes a resource for a while: leave, repair.
///
/// # Errors
/// When the caller may not, there is no such resource, it ends before it begins, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(resource.id = %resource))]
pub async fn close_resource(
    app: &App,
    call: &Call,
    resource: ResourceId,
    (closure, note): (Closure, Option<Remark>),
) -> Changed {
    decide(app, call, resource, |state| state.close(closure.clone(), note.clone())).await
}

/// Lifts a closure.
///
/// # Errors
/// When the caller may not, there is no such resource or closure, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(resource.id = %resource))]
pub async fn reopen_resource(app: &App, call: &Call, resource: ResourceId, number: u32) -> Changed {
    decide(app, call, resource, |state| state.reopen(number)).await
}

/// Offers a resource no longer; what is booked stays booked.
///
/// # Errors
/// When the caller may not, there is no such resource, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(resource.id = %resource))]
pub async fn retire_resource(app: &App, call: &Call, resource: ResourceId) -> Changed {
    decide(app, call, resource, Resource::retire).await
}

/// A resource is nobody's: no erasure of a patient makes it unreadable.
async fn decide(
    app: &App,
    call: &Call,
    resource: ResourceId,
    decide: impl Fn(&Resource) -> Result<Vec<ResourceEvent>, ResourceError> + Send,
) -> Changed {
    let permit = app.authorise(call, Permission::ManageSchedules, None).await?;
    let target = Target { id: resource, patient: None, occurred_at: app.clock.now(), touches_safety: false };
    transact(app, &permit, call, target, decide).await
}
