//! The event store on PostgreSQL.

mod append;
mod codec;
mod evaluation;
mod group;
mod load;
mod shadow;

pub use append::{append_in, prepare};
pub use codec::{Codec, Keys};
pub use load::{COLUMNS, decode_row, patient_of, stream};

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use healthcare_application::{
    Permit, StoreError,
    access::{Circle, Idempotency, Sealed},
    store::{Commit, Committed, EventStore, Recorded, ShadowSample, StoredEvaluation},
};
use healthcare_domain::{StreamType, id::PatientId};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    audit::answered,
    care::Standings,
    database::{Database, unavailable},
    vault::Vault,
};

/// The event store over a pool of the application's role.
#[derive(Clone)]
pub struct PgEventStore {
    log: Log,
    commits: group::Commits,
    appended: Arc<Notify>,
}

/// Where commits go, how they are sealed, and what is to be forgotten with them.
#[derive(Clone)]
struct Log {
    db: Database,
    codec: Codec,
    standings: Standings,
}

impl PgEventStore {
    /// A store over the record's database and the vault. To be made within a runtime: it commits in a task of its own.
    pub fn new(db: Database, vault: Vault) -> Self {
        let log = Log { db, codec: Codec::new(vault), standings: Standings::default() };
        Self { commits: group::Commits::start(log.clone()), log, appended: Arc::default() }
    }

    /// The pool, for readers of the log.
    pub fn database(&self) -> &Database {
        &self.log.db
    }

    /// Tells the ticker of this process that there are new events, so that it need not look for them. To be called
    /// by who committed an [`append_in`].
    pub fn has_appended(&self) {
        self.appended.notify_one();
    }

    /// Wakes when this process has appended.
    pub(crate) fn appended(&self) -> Arc<Notify> {
        self.appended.clone()
    }

    /// The patients' keys.
    pub fn vault(&self) -> &Vault {
        self.log.codec.vault()
    }

    /// What seals and opens payloads.
    pub fn codec(&self) -> &Codec {
        &self.log.codec
    }

    /// What is remembered of who cares for whom, which a commit may end.
    pub fn standings(&self) -> &Standings {
        &self.log.standings
    }
}

#[async_trait]
impl EventStore for PgEventStore {
    fn new_patient(&self) -> PatientId {
        self.vault().new_patient()
    }

    async fn next_number(&self) -> Result<u64, StoreError> {
        let client = self.log.db.get().await?;
        let next = client.prepare_cached("select nextval('es.patient_number')").await.map_err(unavailable)?;
        let number: i64 = client.query_one(&next, &[]).await.map_err(unavailable)?.get(0);
        u64::try_from(number).map_err(|_| StoreError::Damaged("a running number is negative".into()))
    }

    async fn load(&self, stream: StreamType, id: Uuid) -> Result<Sealed<Vec<Recorded>>, StoreError> {
        let client = self.log.db.get().await?;
        let (holder, events) = load::held_stream(&client, &self.log.codec, stream, id).await?;
        Ok(Sealed::of(holder, events))
    }

    async fn history(
        &self,
        permit: &Permit,
        patient: PatientId,
        known_by: DateTime<Utc>,
    ) -> Result<Vec<Recorded>, StoreError> {
        if permit.patient() != Some(patient) {
            return Ok(vec![]);
        }
        answered(permit, async {
            let client = self.log.db.get().await?;
            load::history(&client, &self.log.codec, patient, known_by).await
        })
        .await
    }

    async fn append(&self, permit: &Permit, mut commit: Commit) -> Result<Committed, StoreError> {
        if permit.ensure_covers(&commit).is_err() {
            // What was begun under a registration that was merged is the survivor's.
            let named: Vec<(Uuid, PatientId)> = commit.about().collect();
            let client = self.log.db.get().await?;
            permit.ensure_opens(load::holders(&client, &named).await?)?;
        }
        commit.meta.entry = Some(Box::new(permit.entry().clone()));
        let committed = self.commits.commit(commit).await?;
        self.has_appended();
        Ok(committed)
    }

    async fn evaluation(&self, permit: &Permit, id: Uuid) -> Result<Option<StoredEvaluation>, StoreError> {
        answered(permit, async {
            let client = self.log.db.get().await?;
            evaluation::one(&client, &self.log.codec, permit, id).await
        })
        .await
    }

    async fn shadow_samples(
        &self,
        permit: &Permit,
        circle: &Circle,
        of: (&str, u32),
        limit: u16,
    ) -> Result<Vec<ShadowSample>, StoreError> {
        shadow::samples(&self.log.db, &self.log.codec, permit, circle, of, limit).await
    }

    async fn answered(&self, actor: Uuid, idempotency: &Idempotency) -> Result<Option<Committed>, StoreError> {
        append::answered(&self.log.db, actor, idempotency).await
    }
}
