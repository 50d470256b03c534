//! Accounts of programs over REST, for identity managers.

mod bind_certificate;
mod create_service_account;
mod disable_service_account;
mod enable_service_account;
mod get_service_account;
mod issue_secret;
mod list_service_accounts;
mod revoke_secret;

use actix_web::http::StatusCode;
use healthcare_domain::service_account::ServiceAccountError;

use crate::{problem::DomainProblem, startup::Routes};

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(create_service_account::create_service_account)
        .service(list_service_accounts::list_service_accounts)
        .service(get_service_account::get_service_account)
        .service(issue_secret::issue_secret)
        .service(revoke_secret::revoke_secret)
        .service(bind_certificate::bind_certificate)
        .service(disable_service_account::disable_service_account)
        .service(enable_service_account::enable_service_account);
}

impl DomainProblem for ServiceAccountError {
    const CONTEXT: &'static str = "service-account";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        let (conflict, cannot_be) = (StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY);
        match self {
            Self::Uncreated => (StatusCode::NOT_FOUND, "unknown", "There is no such service account"),
            Self::NoSuchSecret => (StatusCode::NOT_FOUND, "no-such-secret", "There is no such secret"),
            Self::AlreadyCreated => (conflict, "already-created", "The service account exists already"),
            Self::TwoSecrets => (conflict, "two-secrets", "Two secrets are valid"),
            Self::Disabled => (conflict, "disabled", "The service account is disabled"),
            Self::NotDisabled => (conflict, "not-disabled", "The service account is not disabled"),
            Self::Unnamed => (cannot_be, "unnamed", "A service account has a name and a purpose"),
            Self::NoScope => (cannot_be, "no-scope", "A service account has a scope"),
            Self::ScopeTooWide => (cannot_be, "scope-too-wide", "A program may not have that scope"),
            Self::BadExpiry => (cannot_be, "expiry", "A secret is valid for 1 to 400 days"),
            Self::BadFingerprint => (cannot_be, "fingerprint", "That is no fingerprint"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::Unnamed => Some("/name"),
            Self::NoScope | Self::ScopeTooWide => Some("/scopes"),
            Self::BadExpiry => Some("/valid_days"),
            Self::BadFingerprint => Some("/sha256"),
            Self::Uncreated
            | Self::NoSuchSecret
            | Self::AlreadyCreated
            | Self::TwoSecrets
            | Self::Disabled
            | Self::NotDisabled => None,
        }
    }
}
