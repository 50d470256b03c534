//! Reads a service account.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    id::{DeviceId, ServiceAccountId},
    service_account::ServiceAccount,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{App, Permission, QueryError, access::Call};

/// A service account as an identity manager sees it. What its secrets are is kept nowhere.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ServiceAccountView {
    /// Its identity, and the `client_id` of its token requests.
    pub id: ServiceAccountId,
    /// Its version, as in `ETag`.
    pub version: i32,
    /// `enabled` or `disabled`.
    #[schema(example = "enabled")]
    pub status: &'static str,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// The role in whose bounds it acts.
    pub role: String,
    /// What it may at the most.
    pub scopes: Vec<String>,
    /// The one device it speaks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// SHA-256 of the client certificate that stands for a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// Its secrets that were not revoked.
    pub secrets: Vec<SecretView>,
}

/// A secret, without the secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SecretView {
    /// Which.
    pub id: Uuid,
    /// Until when it is valid.
    pub expires_at: DateTime<Utc>,
    /// When a token was last given for it, within a minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<DateTime<Utc>>,
}

/// Reads a service account.
///
/// # Errors
/// When the caller may not, there is none, or the record cannot be reached.
pub async fn get_service_account(
    app: &App,
    call: &Call,
    id: ServiceAccountId,
) -> Result<ServiceAccountView, QueryError> {
    let permit = app.authorise(call, Permission::ManageAccounts, None).await?;
    let loaded = app.load::<ServiceAccount>(id).await?.open(&permit).await?;
    let status = if loaded.state.active().is_some() { "enabled" } else { "disabled" };
    let details = loaded.state.details().cloned().ok_or(QueryError::NotFound)?;
    let secret = |(id, expires_at)| SecretView { id, expires_at, last_used_at: None };
    Ok(ServiceAccountView {
        id,
        version: loaded.version,
        status,
        name: details.name,
        purpose: details.purpose,
        role: details.role,
        scopes: details.scopes.into_iter().collect(),
        device: details.device,
        certificate: details.certificate,
        secrets: details.secrets.into_iter().map(secret).collect(),
    })
}
