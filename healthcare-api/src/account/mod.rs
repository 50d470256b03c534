//! Accounts, as an identity manager keeps them.

mod change_role;
mod create_account;
mod disable_account;
mod enable_account;
mod end_session;
mod end_sessions;
mod get_account;
mod issue_activation;
mod list_accounts;
mod list_sessions;
mod profile;
mod remove_second_factor;
mod update_account;

use actix_web::http::StatusCode;
use healthcare_domain::account::AccountError;

use crate::{problem::DomainProblem, startup::Routes};

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(create_account::create_account)
        .service(list_accounts::list_accounts)
        .service(get_account::get_account)
        .service(update_account::update_account)
        .service(disable_account::disable_account)
        .service(enable_account::enable_account)
        .service(issue_activation::issue_activation)
        .service(change_role::change_role)
        .service(remove_second_factor::remove_second_factor)
        .service(list_sessions::list_account_sessions)
        .service(end_sessions::end_account_sessions)
        .service(end_session::end_account_session);
}

impl DomainProblem for AccountError {
    const CONTEXT: &'static str = "account";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        let (conflict, cannot_be) = (StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY);
        match self {
            Self::Unknown => (StatusCode::NOT_FOUND, "unknown", "There is no such account"),
            Self::AlreadyCreated => (conflict, "already-created", "The account is there already"),
            Self::Taken => (conflict, "username-taken", "The user name is taken"),
            Self::BadUsername => (cannot_be, "username", "That is no user name"),
            Self::BadProfile => (cannot_be, "profile", "That is no profile"),
            Self::WrongOwner => (cannot_be, "wrong-owner", "An account of this role belongs to something else"),
            Self::SelfGrant => (StatusCode::FORBIDDEN, "self-grant", "Nobody does this to their own account"),
            Self::Disabled => (conflict, "disabled", "The account is disabled"),
            Self::Enabled => (conflict, "enabled", "The account is enabled"),
            Self::SameRole => (conflict, "same-role", "The account has this role already"),
            Self::NotActivated => (conflict, "not-activated", "The account was never activated"),
            Self::NoSecondFactor => (conflict, "no-second-factor", "The account has no second factor"),
            Self::HasSecondFactor => (conflict, "has-second-factor", "The account has a second factor already"),
            Self::TooManyFeeds => (conflict, "too-many-feeds", "Ten addresses for calendar programs are open"),
            Self::NoSuchFeed => (StatusCode::NOT_FOUND, "no-such-feed", "There is no such address"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::Taken | Self::BadUsername => Some("/username"),
            Self::BadProfile => Some("/profile"),
            Self::WrongOwner | Self::SameRole => Some("/role"),
            Self::Unknown
            | Self::AlreadyCreated
            | Self::SelfGrant
            | Self::Disabled
            | Self::Enabled
            | Self::NotActivated
            | Self::NoSecondFactor
            | Self::HasSecondFactor
            | Self::TooManyFeeds
            | Self::NoSuchFeed => None,
        }
    }
}
