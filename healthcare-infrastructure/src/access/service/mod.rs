//! Tokens for programs: the client credentials grant (RFC 6749, 4.4), by a secret or by a client certificate.

mod grant;
mod key;
mod secrets;

pub use grant::{GrantError, Proof, ServiceToken, TokenRequest};
pub use key::{ServiceKey, ServiceKeyError};

use std::sync::Arc;

use healthcare_application::App;

use super::Access;
use crate::database::Database;

/// Service accounts over a pool of the application's role.
#[derive(Clone)]
pub struct ServiceAccounts {
    db: Database,
    key: Arc<ServiceKey>,
    app: App,
    access: Access,
}

impl ServiceAccounts {
    /// Service accounts over this pool, their secrets digested under this key, their tokens signed by `access`.
    pub fn new(db: Database, key: ServiceKey, app: App, access: Access) -> Self {
        Self { db, key: Arc::new(key), app, access }
    }
}
