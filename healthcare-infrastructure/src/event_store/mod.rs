//! The event store on PostgreSQL.

mod answer;
mod append;
mod codec;
mod edition;
mod evaluation;
mod group;
mod load;
mod shadow;

pub use answer::{forget_answers, forget_old_answers};
pub use append::{append_in, prepare};
pub use codec::{Codec, Keys};
pub(crate) use codec::{open_bytes, sample_place, seal_bytes};
pub(crate) use evaluation::{judged, patient_of as judged_patient, rows_of as judged_rows};
pub use load::{COLUMNS, decode_row, patient_of, stream};

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use healthcare_application::{
    Call, Permit, StoreError,
    access::{Circle, Idempotency, Sealed},
    backtest::{JudgedLive, KeptSample},
    decision::{Shown, ShownVia},
    store::{Commit, Committed, EventStore, Recorded, ShadowSample, StoredEvaluation, StoredReview},
};
use healthcare_domain::{StreamType, id::PatientId};
use healthcare_dss::Edition;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    audit::answered,
    care::Standings,
    database::{Database, unavailable},
    governance::{ShownLog, shown_to},
    vault::Vault,
};

/// The event store over a pool of the application's role.
#[derive(Clone)]
pub struct PgEventStore {
    log: Log,
    commits: group::Commits,
    appended: Arc<Notify>,
    shown: ShownLog,
}

/// Where commits go, how they are sealed, and what is to be forgotten with them.
#[derive(Clone)]
struct Log {
    db: Database,
    codec: Codec,
    standings: Standings,
    editions: edition::Editions,
}

impl PgEventStore {
    /// A store over the record's database and the vault. To be made within a runtime: it commits in a task of its own.
    pub fn new(db: Database, vault: Vault) -> Self {
        let log = Log {
            db,
            codec: Codec::new(vault),
            standings: Standings::default(),
            editions: edition::Editions::default(),
        };
        let shown = ShownLog::start(log.db.clone());
        Self { commits: group::Commits::start(log.clone()), log, appended: Arc::default(), shown }
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
        commit.meta.closeness = Some(permit.closeness());
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

    async fn last_review(&self, permit: &Permit) -> Result<Option<StoredReview>, StoreError> {
        answered(permit, async {
            let client = self.log.db.get().await?;
            evaluation::last_review(&client, &self.log.codec, permit).await
        })
        .await
    }

    async fn evaluated(&self, id: Uuid) -> Result<Option<PatientId>, StoreError> {
        evaluation::of_whom(&self.log.db, id).await
    }

    fn shown(&self, call: &Call, suggestions: &[Uuid], how: (ShownVia, DateTime<Utc>)) {
        self.shown.note(call, suggestions, how);
    }

    async fn shown_to(&self, permit: &Permit, suggestion: Uuid) -> Result<Vec<Shown>, StoreError> {
        answered(permit, shown_to(&self.log.db, suggestion)).await
    }

    async fn judged_live(
        &self,
        permit: &Permit,
        between: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Vec<JudgedLive>, StoreError> {
        let Some(patient) = permit.patient() else { return Ok(vec![]) };
        answered(permit, async {
            let client = self.log.db.get().await?;
            let identities = client.query_one("select es.identities($1)", &[&patient.0]).await.map_err(unavailable)?;
            let rows = evaluation::rows_of(&client, &identities.get::<_, Vec<Uuid>>(0), between).await?;
            let keys = self.log.codec.keys(rows.iter().map(evaluation::patient_of)).await?;
            rows.iter().map(|row| evaluation::judged(&keys, row)).collect()
        })
        .await
    }

    async fn edition(&self, sha256: &str) -> Result<Option<Edition>, StoreError> {
        edition::one(&self.log.db, sha256).await
    }

    async fn rule_version(&self, id: &str, version: u32) -> Result<Option<String>, StoreError> {
        edition::rule_version(&self.log.db, id, version).await
    }

    async fn rule_versions(&self, id: &str) -> Result<Vec<(u32, String)>, StoreError> {
        edition::rule_versions(&self.log.db, id).await
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

    async fn backtest_samples(
        &self,
        permit: &Permit,
        circle: Option<&Circle>,
        id: Uuid,
    ) -> Result<Vec<KeptSample>, StoreError> {
        crate::backtest::read_samples((&self.log.db, &self.log.codec), permit, circle, id).await
    }

    async fn answered(&self, actor: Uuid, idempotency: &Idempotency) -> Result<Option<Committed>, StoreError> {
        answer::find(&self.log.db, &self.log.codec, actor, idempotency).await
    }
}
