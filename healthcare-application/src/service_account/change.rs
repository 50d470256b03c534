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

impl Change {
    /// Whether a program may more after it, so that who does it shows their second factor first. To take something away
    /// nobody is held up.
    fn opens(&self) -> bool {
        match self {
            Self::IssueSecret { .. } | Self::Enable { .. } | Self::BindCertificate { sha256: Some(_) } => true,
            Self::RevokeSecret { .. } | Self::Disable { .. } | Self::BindCertificate { sha256: None } => false,
        }
    }
}

/// Changes a service account. Who lets a program in has shown their second factor within five minutes; what a program
/// got by what is taken from it ends on every node within seconds.
///
/// # Errors
/// When the caller may not, has not stepped up, there is no such service account, it does not stand so that this can be done, or the record
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
    if change.opens() {
        call.actor.stepped_up(now)?;
    }
    let target = Target { id, patient: None, occurred_at: now, touches_safety: false };
    let binding = app.clock.new_id();
    let decide = |account: &ServiceAccount| match change.clone() {
        Change::IssueSecret { secret, expires_at } => account.issue_secret(secret, expires_at, now),
        Change::RevokeSecret { secret } => account.revoke_secret(secret),
        Change::BindCertificate { sha256 } => account.bind_certificate(sha256, binding),
        Change::Disable { reason } => account.disable(reason),
        Change::Enable { reason } => account.enable(reason),
    };
    transact(app, &permit, call, target, decide).await
}
