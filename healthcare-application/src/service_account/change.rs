//! Changes a service account: its secrets, its certificate, whether it may ask for tokens.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    id::ServiceAccountId,
    service_account::{ServiceAccount, ServiceAccountError},
    text::Remark,
};
use uuid::Uuid;

use crate::{
    App, CommandError, Permission,
    access::Call,
    store::Committed,
    transact::{Target, transact},
};

/// What is to be changed.
#[derive(Debug, Clone)]
pub enum Change {
    /// A secret is valid from now on. Its digest is kept before.
    IssueSecret {
        /// Which.
        secret: Uuid,
        /// Until when.
        expires_at: DateTime<Utc>,
    },
    /// A secret is taken back.
    RevokeSecret {
        /// Which.
        secret: Uuid,
    },
    /// A client certificate stands for a secret from now on, or none any more.
    BindCertificate {
        /// SHA-256 of it.
        sha256: Option<String>,
    },
    /// It may not ask for tokens any more.
    Disable {
        /// Why.
        reason: Remark,
    },
    /// It may again.
    Enable {
        /// Why.
        reason: Remark,
    },
}

/// Changes a service account.
///
/// # Errors
/// When the caller may not, there is no such service account, it does not stand so that this can be done, or the record
/// cannot be reached.
#[tracing::instrument(skip_all, fields(service_account.id = %id))]
pub async fn change_service_account(
    app: &App,
    call: &Call,
    id: ServiceAccountId,
    change: Change,
) -> Result<Committed, CommandError<ServiceAccountError>> {
    let permit = app.authorise(call, Permission::ManageAccounts, None).await?;
    let now = app.clock.now();
    let target = Target { id, patient: None, occurred_at: now, touches_safety: false };
    let decide = |account: &ServiceAccount| match change.clone() {
        Change::IssueSecret { secret, expires_at } => account.issue_secret(secret, expires_at, now),
        Change::RevokeSecret { secret } => account.revoke_secret(secret),
        Change::BindCertificate { sha256 } => account.bind_certificate(sha256),
        Change::Disable { reason } => account.disable(reason),
        Change::Enable { reason } => account.enable(reason),
    };
    transact(app, &permit, call, target, decide).await
}
