//! The newest vitals: told at once in the process that has them, within half a second in the others.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use healthcare_application::{StoreError, live::LiveVital};
use healthcare_domain::id::PatientId;
use tokio::sync::broadcast;
use tokio_postgres::types::Json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::database::{Database, unavailable};

/// How many batches wait for a follower; who is behind by more goes on with the newest values.
const QUEUE: usize = 256;
/// How often values are given to, and taken from, other processes.
const EXCHANGE: Duration = Duration::from_millis(500);
/// Two clocks of one database do not run apart, but a transaction may commit later than it wrote.
const OVERLAP: &str = "3 seconds";

/// How long a value is worth showing.
const KEPT: chrono::Duration = chrono::Duration::hours(24);

type Key = (PatientId, String);

/// The newest value of each sign of each patient. Cheap to clone.
#[derive(Clone)]
pub struct LiveVitals {
    shared: Arc<Shared>,
}

struct Shared {
    newest: Mutex<Newest>,
    queue: broadcast::Sender<Arc<Vec<LiveVital>>>,
}

#[derive(Default)]
struct Newest {
    values: HashMap<Key, LiveVital>,
    /// What other processes have not been given yet.
    fresh: HashSet<Key>,
}

impl Default for LiveVitals {
    fn default() -> Self {
        Self { shared: Arc::new(Shared { newest: Mutex::default(), queue: broadcast::channel(QUEUE).0 }) }
    }
}

impl LiveVitals {
    /// Takes readings in and tells them to whoever follows. A reading older than the one that is known is not news.
    /// Never waits; to be called when the readings are stored.
    pub fn publish(&self, readings: Vec<LiveVital>) {
        self.take(readings, true);
    }

    /// The newest values, of all patients for whom `wanted` holds.
    pub fn newest(&self, wanted: impl Fn(PatientId) -> bool) -> Vec<LiveVital> {
        self.locked().values.values().filter(|vital| wanted(vital.patient_id)).cloned().collect()
    }

    /// All that is published from now on.
    pub fn follow(&self) -> broadcast::Receiver<Arc<Vec<LiveVital>>> {
        self.shared.queue.subscribe()
    }

    fn take(&self, readings: Vec<LiveVital>, ours: bool) {
        let mut news = Vec::with_capacity(readings.len());
        {
            let mut newest = self.locked();
            for vital in readings {
                let key = (vital.patient_id, vital.code.clone());
                if newest.values.get(&key).is_some_and(|known| known.measured_at >= vital.measured_at) {
                    continue;
                }
                if ours {
                    newest.fresh.insert(key.clone());
                }
                newest.values.insert(key, vital.clone());
                news.push(vital);
            }
        }
        if !news.is_empty() {
            // No followers is no failure.
            let _followers = self.shared.queue.send(Arc::new(news));
        }
    }

    fn locked(&self) -> MutexGuard<'_, Newest> {
        // Nothing that can panic is done under the lock.
        self.shared.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Exchanges values with the other processes until `stop`. At the start it takes in what they know.
    pub async fn run(self, db: Database, stop: CancellationToken) {
        let mut since = None;
        while !stop.is_cancelled() {
            if let Err(error) = self.exchange(&db, &mut since).await {
                tracing::warn!(error = %error, "live vitals cannot be exchanged; it is tried again");
            }
            tokio::select! { () = stop.cancelled() => {} () = tokio::time::sleep(EXCHANGE) => {} }
        }
    }

    async fn exchange(&self, db: &Database, since: &mut Option<DateTime<Utc>>) -> Result<(), StoreError> {
        let ours: Vec<LiveVital> = {
            let mut newest = self.locked();
            let fresh = std::mem::take(&mut newest.fresh);
            fresh.iter().filter_map(|key| newest.values.get(key).cloned()).collect()
        };
        if !ours.is_empty()
            && let Err(error) = give(db, &ours).await
        {
            let mut newest = self.locked();
            newest.fresh.extend(ours.iter().map(|vital| (vital.patient_id, vital.code.clone())));
            return Err(error);
        }
        let (theirs, now) = theirs(db, *since).await?;
        self.take(theirs, false);
        *since = Some(now);
        let oldest = now - KEPT;
        let forgotten = {
            let mut newest = self.locked();
            let before = newest.values.len();
            newest.values.retain(|_, vital| vital.measured_at >= oldest);
            before - newest.values.len()
        };
        if forgotten > 0 { forget(db, oldest).await } else { Ok(()) }
    }
}

/// Gives values to the other processes; an older one does not replace a newer.
async fn give(db: &Database, vitals: &[LiveVital]) -> Result<(), StoreError> {
    // In one order, so that two processes that give at once do not lock each other out.
    let mut vitals: Vec<&LiveVital> = vitals.iter().collect();
    vitals.sort_by(|a, b| (a.patient_id, &a.code).cmp(&(b.patient_id, &b.code)));
    let patients: Vec<Uuid> = vitals.iter().map(|vital| vital.patient_id.0).collect();
    let codes: Vec<&str> = vitals.iter().map(|vital| vital.code.as_str()).collect();
    let times: Vec<DateTime<Utc>> = vitals.iter().map(|vital| vital.measured_at).collect();
    let bodies: Vec<Json<&LiveVital>> = vitals.into_iter().map(Json).collect();
    let client = db.get().await?;
    let statement = client
        .prepare_cached(
            "insert into live.vital as v (patient_id, code, measured_at, body)
             select * from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::jsonb[])
             on conflict (patient_id, code) do update
                 set measured_at = excluded.measured_at, body = excluded.body, told_at = clock_timestamp()
             where v.measured_at < excluded.measured_at",
        )
        .await
        .map_err(unavailable)?;
    client.execute(&statement, &[&patients, &codes, &times, &bodies]).await.map_err(unavailable)?;
    Ok(())
}

/// Forgets what is older than that.
async fn forget(db: &Database, oldest: DateTime<Utc>) -> Result<(), StoreError> {
    let client = db.get().await?;
    client.execute("delete from live.vital where measured_at < $1", &[&oldest]).await.map_err(unavailable)?;
    Ok(())
}

/// What was given since a time, and the time to ask from next.
async fn theirs(db: &Database, since: Option<DateTime<Utc>>) -> Result<(Vec<LiveVital>, DateTime<Utc>), StoreError> {
    let client = db.get().await?;
    let now = client.prepare_cached("select clock_timestamp()").await.map_err(unavailable)?;
    let now = client.query_one(&now, &[]).await.map_err(unavailable)?.get(0);
    let sql =
        format!("select body from live.vital where $1::timestamptz is null or told_at > $1 - interval '{OVERLAP}'");
    let statement = client.prepare_cached(&sql).await.map_err(unavailable)?;
    let rows = client.query(&statement, &[&since]).await.map_err(unavailable)?;
    let vitals = rows.iter().map(|row| row.try_get::<_, Json<LiveVital>>(0).map(|Json(vital)| vital));
    Ok((vitals.collect::<Result<_, _>>().map_err(unavailable)?, now))
}
