//! The loop around holds and freed slots.

use std::time::Duration;

use healthcare_application::{
    App, StoreError,
    scheduling::{FreedSlot, expire_hold, offer_freed_slot},
};
use healthcare_domain::id::{AppointmentId, AppointmentTypeId};
use secrecy::SecretString;
use tokio_postgres::types::Json;
use tokio_util::sync::CancellationToken;

use crate::database::{Database, signal, unavailable};

/// How long it sleeps at most, in case a wake-up was missed.
const LONGEST_SLEEP: Duration = Duration::from_secs(15);
/// How long it waits after the database failed.
const AFTER_FAILURE: Duration = Duration::from_millis(500);
/// How many holds are given back at once.
const HOLDS: i64 = 200;

/// Ends holds and offers when their time is over, and offers what became free to who waits. Any number may run: what two
/// of them do at once, the streams let only one do.
pub struct ScheduleWorker {
    app: App,
    db: Database,
    url: SecretString,
}

impl ScheduleWorker {
    /// A worker over these; `url` is the application's, for the session that waits for wake-ups.
    pub fn new(app: App, db: Database, url: SecretString) -> Self {
        Self { app, db, url }
    }

    /// Runs until `stop`. What is in hand then is finished first.
    pub async fn run(self, stop: CancellationToken) {
        let told = signal(self.url.clone(), &["schedule"], stop.clone());
        while !stop.is_cancelled() {
            let sleep = match self.pass().await {
                Ok(until_next) => until_next.min(LONGEST_SLEEP),
                Err(error) => {
                    tracing::error!(error = %error, cause = ?std::error::Error::source(&error).map(ToString::to_string),
                        "holds and offers cannot go on; it is tried again");
                    AFTER_FAILURE
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = told.notified() => {}
                () = tokio::time::sleep(sleep) => {}
            }
        }
    }

    /// Does all that is due, and answers how long it is until the next hold ends.
    async fn pass(&self) -> Result<Duration, StoreError> {
        self.expire().await?;
        while self.offer_one().await? {}
        self.until_next().await
    }

    async fn expire(&self) -> Result<(), StoreError> {
        let client = self.db.get().await?;
        let due = client
            .prepare_cached("select id from read.appointment where hold_until <= $1 order by hold_until limit $2")
            .await
            .map_err(unavailable)?;
        let rows = client.query(&due, &[&self.app.clock.now(), &HOLDS]).await.map_err(unavailable)?;
        drop(client);
        for row in rows {
            expire_hold(&self.app, AppointmentId(row.get(0))).await?;
        }
        Ok(())
    }

    /// Offers the oldest slot that became free. The note of it goes when it was offered: a worker that dies before is
    /// followed by one that finds the slot taken, and lets the note go.
    async fn offer_one(&self) -> Result<bool, StoreError> {
        let client = self.db.get().await?;
        let oldest = client
            .prepare_cached("select slot_id, appointment_type, place from wf.freed_slot order by slot_id limit 1")
            .await
            .map_err(unavailable)?;
        let Some(row) = client.query_opt(&oldest, &[]).await.map_err(unavailable)? else { return Ok(false) };
        let Json(place) = row.try_get(2).map_err(unavailable)?;
        let slot = FreedSlot { appointment_type: AppointmentTypeId(row.get(1)), place };
        offer_freed_slot(&self.app, &slot).await?;
        let done = client.prepare_cached("delete from wf.freed_slot where slot_id = $1").await.map_err(unavailable)?;
        client.execute(&done, &[&row.get::<_, i64>(0)]).await.map_err(unavailable)?;
        Ok(true)
    }

    async fn until_next(&self) -> Result<Duration, StoreError> {
        let client = self.db.get().await?;
        let next = client
            .prepare_cached("select min(hold_until) from read.appointment where hold_until is not null")
            .await
            .map_err(unavailable)?;
        let at: Option<chrono::DateTime<chrono::Utc>> = client.query_one(&next, &[]).await.map_err(unavailable)?.get(0);
        let wait = at.map(|at| (at - self.app.clock.now()).to_std().unwrap_or(Duration::from_millis(1)));
        Ok(wait.unwrap_or(LONGEST_SLEEP))
    }
}
