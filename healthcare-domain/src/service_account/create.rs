//! Making a service account.

use std::collections::BTreeSet;

use super::{ServiceAccount, ServiceAccountError, ServiceAccountEvent};
use crate::id::DeviceId;

/// A service account to be made.
#[derive(Debug, Clone)]
pub struct NewServiceAccount {
    /// What it is called, 1 to 100 characters.
    pub name: String,
    /// What it is for, 1 to 500 characters.
    pub purpose: String,
    /// The role in whose bounds it acts.
    pub role: String,
    /// What it may at the most.
    pub scopes: BTreeSet<String>,
    /// The one device it speaks for.
    pub device: Option<DeviceId>,
}

impl ServiceAccount {
    /// Makes a service account without any secret.
    ///
    /// # Errors
    /// When it exists, or has no name, no purpose or no scope.
    pub fn create(&self, new: NewServiceAccount) -> Result<Vec<ServiceAccountEvent>, ServiceAccountError> {
        let fits = |text: &str, longest: usize| (1..=longest).contains(&text.trim().chars().count());
        match self {
            Self::Enabled(_) | Self::Disabled(_) => Err(ServiceAccountError::AlreadyCreated),
            Self::Uncreated if !fits(&new.name, 100) || !fits(&new.purpose, 500) => Err(ServiceAccountError::Unnamed),
            Self::Uncreated if new.scopes.is_empty() => Err(ServiceAccountError::NoScope),
            Self::Uncreated => {
                let NewServiceAccount { name, purpose, role, scopes, device } = new;
                Ok(vec![ServiceAccountEvent::ServiceAccountCreated { name, purpose, role, scopes, device }])
            }
        }
    }
}
