//! The loop around the timers: it sleeps until the next one is due or something is armed, and never polls in between.

use std::{sync::Arc, time::Duration};

use healthcare_application::{StoreError, clock::Clock};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::{Firing, fire_one};
use crate::{
    database::{Database, signal, unavailable},
    event_store::PgEventStore,
};

/// How long it sleeps at most, in case a wake-up was missed.
const LONGEST_SLEEP: Duration = Duration::from_secs(15);
/// How long it waits after the database failed.
const AFTER_FAILURE: Duration = Duration::from_millis(500);
/// How many times in a row it goes on at once after somebody else was faster.
const CONFLICTS: u32 = 20;

/// Keeps the time of alerts. Any number may run, in any number of processes: each timer is fired once.
pub struct EscalationWorker {
    store: PgEventStore,
    clock: Arc<dyn Clock>,
    url: SecretString,
}

impl EscalationWorker {
    /// A worker over this store; `url` is the application's, for the session that waits for wake-ups.
    pub fn new(store: PgEventStore, clock: Arc<dyn Clock>, url: SecretString) -> Self {
        Self { store, clock, url }
    }

    /// Runs until `stop`. What is in hand then is finished first.
    pub async fn run(self, stop: CancellationToken) {
        let armed = signal(self.url.clone(), &["timer"], stop.clone());
        while !stop.is_cancelled() {
            let sleep = match self.pass().await {
                Ok(until_next) => until_next.min(LONGEST_SLEEP),
                Err(error) => {
                    metrics::counter!("healthcare_escalation_failures_total").increment(1);
                    tracing::error!(error = %error, cause = ?std::error::Error::source(&error).map(ToString::to_string),
                        "escalation cannot go on; it is tried again");
                    AFTER_FAILURE
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = armed.notified() => {}
                () = tokio::time::sleep(sleep) => {}
            }
        }
    }

    /// Fires all that is due, and answers how long it is until the next.
    async fn pass(&self) -> Result<Duration, StoreError> {
        let db = self.store.database();
        let restored = restore(db).await?;
        if restored > 0 {
            tracing::warn!(restored, "alerts without a timer were given one");
        }
        metrics::gauge!("healthcare_escalations_overdue").set(overdue(db).await? as f64);
        let mut conflicts = 0;
        loop {
            match fire_one(&self.store, &*self.clock).await {
                Ok(None) => break,
                Ok(Some(Firing::Escalated(alert, rung))) => {
                    metrics::counter!("healthcare_escalations_total").increment(1);
                    tracing::info!(alert.id = %alert, rung = rung.0, "nobody answered: the next rung was told");
                }
                Ok(Some(Firing::Void(_))) => {}
                Err(StoreError::Conflict) if conflicts < CONFLICTS => conflicts += 1,
                Err(error) => return Err(error),
            }
        }
        metrics::gauge!("healthcare_escalations_overdue").set(overdue(db).await? as f64);
        until_next(db).await
    }
}

/// How many timers are due and not fired. More than a moment above zero, nobody keeps the time.
///
/// # Errors
/// When the database cannot be reached.
pub async fn overdue(db: &Database) -> Result<i64, StoreError> {
    let client = db.get().await?;
    let statement = client
        .prepare_cached("select count(*) from wf.timer where state = 'armed' and due_at <= (select wf.now())")
        .await
        .map_err(unavailable)?;
    Ok(client.query_one(&statement, &[]).await.map_err(unavailable)?.get(0))
}

/// Arms a timer for every alert that waits for an answer and has none, as after a restore of the log without it.
/// Answers how many there were; in a sound database none.
///
/// # Errors
/// When the database cannot be reached.
pub async fn restore(db: &Database) -> Result<u64, StoreError> {
    let client = db.get().await?;
    let statement = client
        .prepare_cached(
            "select wf.arm(a.id, a.version, a.priority, a.rung) from read.alert a
             where a.status = 'active' and a.priority in (select priority from wf.ladder)
               and not exists (select from wf.timer t where t.alert_id = a.id and t.state = 'armed')",
        )
        .await
        .map_err(unavailable)?;
    client.execute(&statement, &[]).await.map_err(unavailable)
}

/// How long it is until the next timer is due; the longest sleep when none is armed.
async fn until_next(db: &Database) -> Result<Duration, StoreError> {
    let client = db.get().await?;
    let statement = client
        .prepare_cached(
            "select extract(epoch from min(due_at) - (select wf.now()))::float8 from wf.timer where state = 'armed'",
        )
        .await
        .map_err(unavailable)?;
    let seconds: Option<f64> = client.query_one(&statement, &[]).await.map_err(unavailable)?.get(0);
    Ok(seconds.map_or(LONGEST_SLEEP, |s| Duration::try_from_secs_f64(s.max(0.001)).unwrap_or(LONGEST_SLEEP)))
}
