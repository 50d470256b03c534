//! The clients of CDS Hooks, kept by an administrator: registered, described anew, taken off. Each change is an event.

use healthcare_domain::{
    cds_client::{CdsClient, CdsClientError, Registration},
    id::CdsClientId,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    App, CommandError, Permission, QueryError,
    access::Call,
    store::Committed,
    transact::{Target, transact},
};

/// A client as an administrator sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CdsClientView)]
pub struct ClientView {
    /// Its identity.
    pub id: CdsClientId,
    /// Its version, as in `ETag`.
    pub version: i32,
    /// What was registered.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub registration: Registration,
}

/// Registers a client. Who lets a system in has shown their second factor within five minutes.
///
/// # Errors
/// When the caller may not, has not stepped up, another client has the issuer, it cannot be registered like this, or the
/// record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn register_client(
    app: &App,
    call: &Call,
    registration: Registration,
) -> Result<Committed, CommandError<CdsClientError>> {
    let permit = app.authorise(call, Permission::ManageAccounts, None).await?;
    call.actor.stepped_up(app.clock.now())?;
    let target = target(app, CdsClientId(app.clock.new_id()));
    transact(app, &permit, call, target, |client: &CdsClient| client.register(registration.clone())).await
}

/// Describes a client anew, as from now on. Who does it has shown their second factor within five minutes: other keys let
/// somebody else in.
///
/// # Errors
/// As [`register_client`], and when there is no such client.
#[tracing::instrument(skip_all, fields(cds_client.id = %id))]
pub async fn change_client(
    app: &App,
    call: &Call,
    id: CdsClientId,
    registration: Registration,
) -> Result<Committed, CommandError<CdsClientError>> {
    let permit = app.authorise(call, Permission::ManageAccounts, None).await?;
    call.actor.stepped_up(app.clock.now())?;
    let decide = |client: &CdsClient| client.change(registration.clone());
    transact(app, &permit, call, target(app, id), decide).await
}

/// Takes a client off, at once.
///
/// # Errors
/// When the caller may not, there is no such client, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(cds_client.id = %id))]
pub async fn remove_client(app: &App, call: &Call, id: CdsClientId) -> Result<Committed, CommandError<CdsClientError>> {
    let permit = app.authorise(call, Permission::ManageAccounts, None).await?;
    transact(app, &permit, call, target(app, id), CdsClient::remove).await
}

/// Reads a client.
///
/// # Errors
/// When the caller may not, there is none, or the record cannot be reached.
pub async fn get_client(app: &App, call: &Call, id: CdsClientId) -> Result<ClientView, QueryError> {
    let permit = app.authorise(call, Permission::ManageAccounts, None).await?;
    let loaded = app.load::<CdsClient>(id).await?.open(&permit).await?;
    let registration = loaded.state.registration().cloned().ok_or(QueryError::NotFound)?;
    Ok(ClientView { id, version: loaded.version, registration })
}

fn target(app: &App, id: CdsClientId) -> Target<CdsClientId> {
    Target { id, patient: None, occurred_at: app.clock.now(), touches_safety: false }
}
