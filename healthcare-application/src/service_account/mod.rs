//! Accounts of programs, kept by an identity manager: made, given secrets, disabled. Each change is an event.

mod change;
mod create_service_account;
mod get_service_account;

pub use change::{Change, change_service_account};
pub use create_service_account::{CreateServiceAccount, create_service_account};
pub use get_service_account::{ServiceAccountView, get_service_account};
