//! How often a sign-in may be tried: by name and by address, within a minute, and never so that a clinician is locked
//! out for good. The counters are shared by the nodes of a site; names and addresses are in them as digests only.

use std::{net::IpAddr, time::Duration};

use super::{SignInError, token};
use crate::shared::Shared;

const WINDOW: Duration = Duration::from_secs(60);
/// Attempts a minute for one name.
const BY_NAME: u64 = 10;
/// Attempts a minute from one address: a ward signs in through one gateway.
const BY_ADDRESS: u64 = 300;

/// The counters of one attempt.
pub(super) struct Attempts {
    by_name: String,
    by_address: Option<String>,
}

impl Attempts {
    pub(super) fn of(username: &str, from: Option<IpAddr>) -> Self {
        let named = |kind: &str, text: &str| format!("sign-in:{kind}:{}", hex::encode(&token::digest(text)[..16]));
        Self {
            by_name: named("name", &username.trim().to_lowercase()),
            by_address: from.map(|address| named("address", &address.to_string())),
        }
    }

    /// Counts the attempt.
    ///
    /// # Errors
    /// When there were too many within the minute.
    pub(super) async fn admit(&self, shared: &Shared) -> Result<(), SignInError> {
        let of_name = shared.count(&self.by_name, WINDOW).await;
        let of_address = match &self.by_address {
            Some(key) => shared.count(key, WINDOW).await,
            None => 0,
        };
        if of_name > BY_NAME || of_address > BY_ADDRESS {
            Err(SignInError::Throttled(WINDOW.as_secs()))
        } else {
            Ok(())
        }
    }

    /// The name is its owner's: their earlier attempts are forgiven.
    pub(super) async fn succeeded(&self, shared: &Shared) {
        shared.forget(&self.by_name).await;
    }
}
