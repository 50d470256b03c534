//! One-time tickets: what a browser shows at the live connection instead of the bearer header it cannot send there.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use healthcare_application::{Actor, Permission, Role, StoreError, access::Strength};
use healthcare_domain::id::{AccountId, DeviceId, PatientId};
use rand::RngCore;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio_postgres::types::Json;
use uuid::Uuid;

use crate::database::{Database, unavailable};

/// Who holds a ticket, or a live connection, and until when their sign-in lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Who.
    pub actor: Actor,
    /// When the access token it was got with expires.
    pub until: DateTime<Utc>,
}

/// A holder as it is stored.
#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    account: AccountId,
    role: Role,
    patient: Option<PatientId>,
    #[serde(default)]
    scopes: Option<BTreeSet<Permission>>,
    #[serde(default)]
    device: Option<DeviceId>,
    #[serde(default)]
    session: Option<Uuid>,
    #[serde(default)]
    credential: Option<Uuid>,
    strength: Strength,
    until: DateTime<Utc>,
}

/// Issues and redeems tickets, on any node.
#[derive(Clone)]
pub struct Tickets {
    db: Database,
}

impl Tickets {
    /// How many seconds a ticket can be redeemed.
    pub const SECONDS: u32 = 30;

    /// Tickets in this database.
    pub fn new(db: Database) -> Self {
        Self { db }
    }

    /// A new ticket: 256 random bits, of which only the hash is kept.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn issue(&self, holder: &Holder) -> Result<SecretString, StoreError> {
        let mut bytes = [0; 32];
        rand::rng().fill_bytes(&mut bytes);
        let ticket = URL_SAFE_NO_PAD.encode(bytes);
        let Holder { actor, until } = holder.clone();
        let Actor { account, role, patient, device, session, credential, strength, scopes, system: _ } = actor;
        let stored = Stored { account, role, patient, device, session, credential, strength, scopes, until };
        let client = self.db.get().await?;
        // Those that nobody redeemed go when the next is issued.
        let statement = client
            .prepare_cached(
                "with over as (delete from live.ticket where expires_at < clock_timestamp())
                 insert into live.ticket (hash, holder, expires_at)
                 values ($1, $2, clock_timestamp() + make_interval(secs => $3))",
            )
            .await
            .map_err(unavailable)?;
        client
            .execute(&statement, &[&hash(&ticket), &Json(stored), &f64::from(Self::SECONDS)])
            .await
            .map_err(unavailable)?;
        Ok(ticket.into())
    }

    /// Redeems a ticket. It is gone then, whatever comes of it. `None` when there is no such ticket, or no longer.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn redeem(&self, ticket: &str) -> Result<Option<Holder>, StoreError> {
        let client = self.db.get().await?;
        let statement = client
            .prepare_cached("delete from live.ticket where hash = $1 returning holder, expires_at > clock_timestamp()")
            .await
            .map_err(unavailable)?;
        let Some(row) = client.query_opt(&statement, &[&hash(ticket)]).await.map_err(unavailable)? else {
            return Ok(None);
        };
        let Json(stored) = row.try_get(0).map_err(unavailable)?;
        let Stored { account, role, patient, device, session, credential, strength, scopes, until } = stored;
        let actor = Actor { patient, device, session, credential, strength, scopes, ..Actor::of(account, role) };
        let holder = Holder { actor, until };
        Ok(row.get::<_, bool>(1).then_some(holder))
    }
}

fn hash(ticket: &str) -> Vec<u8> {
    Sha256::digest(ticket.as_bytes()).to_vec()
}
