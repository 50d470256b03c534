//! Makes an account.

use healthcare_domain::{
    account::{Account, AccountError, NewAccount, RoleName, StaffProfile},
    id::{AccountId, DeviceId, PatientId},
};

use super::target;
use crate::{
    App, CommandError,
    access::{Call, Permission, Role},
    store::{Committed, StoreError},
    transact::transact,
    view::Kind,
};

/// Make an account. Nobody can sign in with it until its owner has chosen a password by a one-time link.
#[derive(Debug, Clone)]
pub struct CreateAccount {
    /// The name to sign in with.
    pub username: String,
    /// What it is in the house.
    pub role: Role,
    /// The person behind it.
    pub profile: Option<StaffProfile>,
    /// The patient it belongs to.
    pub patient: Option<PatientId>,
    /// The device it belongs to.
    pub device: Option<DeviceId>,
}

/// Makes an account under a new identity. Whatever its role, it opens records, if only that of a patient: who makes it has
/// shown their second factor within five minutes.
///
/// # Errors
/// When the caller may not, has not stepped up, the name is taken or none, there is no such patient, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn create_account(
    app: &App,
    call: &Call,
    cmd: CreateAccount,
) -> Result<Committed, CommandError<AccountError>> {
    let permit = app.authorise(call, Permission::ManageAccounts, None).await?;
    call.actor.stepped_up(app.clock.now())?;
    if let Some(patient) = cmd.patient
        && app.read.entry(Kind::Patient, patient.0).await?.is_none()
    {
        return Err(CommandError::NoSuchPatient);
    }
    let CreateAccount { username, role, profile, patient, device } = cmd;
    let new = NewAccount { username, role: RoleName(role.as_str().into()), profile, patient, device };
    let (account, now) = (AccountId(app.clock.new_id()), app.clock.now());
    let made =
        transact(app, &permit, call, target(app, account), |account: &Account| account.create(new.clone(), now)).await;
    match made {
        Err(CommandError::Store(StoreError::Exists(rule))) if rule == "account_username_key" => {
            Err(CommandError::Refused(AccountError::Taken))
        }
        other => other,
    }
}
