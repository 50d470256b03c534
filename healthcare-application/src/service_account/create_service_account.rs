//! Makes a service account.

use std::collections::BTreeSet;

use healthcare_domain::{
    id::{DeviceId, ServiceAccountId},
    service_account::{NewServiceAccount, ServiceAccount, ServiceAccountError},
};

use crate::{
    App, CommandError, Permission, Role,
    access::Call,
    store::Committed,
    transact::{Target, transact},
};

/// Make a service account.
#[derive(Debug, Clone)]
pub struct CreateServiceAccount {
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// The role in whose bounds it acts.
    pub role: Role,
    /// What it may at the most.
    pub scopes: BTreeSet<Permission>,
    /// The one device it speaks for, for the role `device`.
    pub device: Option<DeviceId>,
}

/// Makes a service account without any secret. What it may is part of what its role may, and nothing that a person
/// answers for with a licence. Who makes it has shown their second factor within five minutes.
///
/// # Errors
/// When the caller may not, has not stepped up, a scope is too wide, a field is empty, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn create_service_account(
    app: &App,
    call: &Call,
    cmd: CreateServiceAccount,
) -> Result<Committed, CommandError<ServiceAccountError>> {
    let permit = app.authorise(call, Permission::ManageAccounts, None).await?;
    call.actor.stepped_up(app.clock.now())?;
    let CreateServiceAccount { name, purpose, role, scopes, device } = cmd;
    if !scopes.iter().all(|scope| role.may(*scope) && scope.is_for_programs()) {
        return Err(CommandError::Refused(ServiceAccountError::ScopeTooWide));
    }
    let scopes = scopes.into_iter().map(|scope| scope.name().to_owned()).collect();
    let new = NewServiceAccount { name, purpose, role: role.as_str().to_owned(), scopes, device };
    let id = ServiceAccountId(app.clock.new_id());
    let target = Target { id, patient: None, occurred_at: app.clock.now(), touches_safety: false };
    transact(app, &permit, call, target, |account: &ServiceAccount| account.create(new.clone())).await
}
