//! Our own record in the place of what a client did not send: only where it is registered under which system the client names
//! patients, only for the one patient who carries that number, and only in the rights of an account that may read the chart.

use std::collections::BTreeSet;

use healthcare_application::{
    Actor, App, Call, Permission, Role, StoreError, access::Unauthorised, cds_hooks::Given, decision,
};
use healthcare_domain::{
    cds_client::RecordAccess,
    id::{AccountId, PatientId},
    service_account::ServiceAccount,
};

use super::store::Store;
use crate::database::unavailable;

/// What our record knows of the patient whom a client names; nothing where it is not certain who that is, or the client may
/// not see it. Whatever is read, and whatever is denied, is in the audit trail before this answers.
///
/// # Errors
/// When the record cannot be reached.
pub async fn given(
    app: &App,
    store: &Store,
    access: &RecordAccess,
    named: &str,
    call: &Call,
) -> Result<Option<Given>, StoreError> {
    let patient = match &access.identifier_system {
        Some(system) => store.patient_of(system, named).await?,
        None => named.parse().ok().map(PatientId),
    };
    let (Some(patient), Some(actor)) = (patient, actor(app, access, call).await?) else { return Ok(None) };
    let call = Call { actor, ..call.clone() };
    let (patient, permit) = match app.authorise(&call, Permission::ReadChart, Some(patient)).await {
        Ok(permit) => (patient, permit),
        // It is the same person: the record is held by the survivor of a merge.
        Err(Unauthorised::Merged(survivor)) => {
            match app.authorise(&call, Permission::ReadChart, Some(survivor)).await {
                Ok(permit) => (survivor, permit),
                Err(why) => return denied(why),
            }
        }
        Err(why) => return denied(why),
    };
    let read = app.read.safety(&permit, patient).await?;
    if read.rows.is_empty() {
        return Ok(None);
    }
    let facts = decision::facts(app.reading(), &read.rows, app.clock.now())?;
    Ok(Some(Given {
        patient: Some(facts.patient),
        born: decision::born(&read.rows)?,
        allergies: Some(facts.allergies),
        medications: Some(facts.medications),
        conditions: Some(facts.conditions),
        // The record does not tell the two apart; what is there twice is seen once.
        laboratory: Some(facts.observations.clone()),
        vitals: Some(facts.observations),
        signs: vec![],
        scores: facts.scores,
        cut: vec![],
        modified: vec![],
    }))
}

fn denied(why: Unauthorised) -> Result<Option<Given>, StoreError> {
    match why {
        Unauthorised::Denied(_) | Unauthorised::Merged(_) => Ok(None),
        Unauthorised::Store(error) => Err(error),
    }
}

/// The account of a program in whose rights is read, while it is enabled and has the scope.
async fn actor(app: &App, access: &RecordAccess, call: &Call) -> Result<Option<Actor>, StoreError> {
    // Who asks is known by its token; what its account may is looked up by the system.
    let looks = Call::system(call.request_id);
    let permit = app.authorise(&looks, Permission::ManageAccounts, None).await.map_err(unavailable)?;
    let loaded = app.load::<ServiceAccount>(access.service_account).await?.open(&permit).await?;
    let Some(account) = loaded.state.active() else { return Ok(None) };
    let Ok(role) = account.role.parse::<Role>() else { return Ok(None) };
    if !account.scopes.contains(Permission::ReadChart.name()) {
        return Ok(None);
    }
    let scopes = Some(BTreeSet::from([Permission::ReadChart]));
    Ok(Some(Actor { scopes, ..Actor::of(AccountId(access.service_account.0), role) }))
}
