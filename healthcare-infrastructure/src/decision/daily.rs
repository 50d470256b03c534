//! The daily look at everybody who takes medication, or of whom a suggestion is open.

use std::time::{Duration, Instant};

use healthcare_application::{
    App, StoreError,
    decision::{DailyLook, Occasion, review_patient},
};
use healthcare_domain::id::PatientId;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::database::{Database, unavailable};

/// As long as this passes between two steps at least: twenty patients a second, whatever else there is to do.
const STEP: Duration = Duration::from_millis(500);
/// How often it asks whether another day has begun, and whether another process that was at it is still there.
const AGAIN: Duration = Duration::from_secs(20);
/// How long a test waits before it asks again whether another process is done.
const SOON: Duration = Duration::from_millis(50);

/// Whoever holds the row is at it. It is held for as long as ten reviews take, and free at once when its process ends.
const LOOK: &str = "select day, reached, done from wf.daily_review for update skip locked";

/// The next ten. Who died or was entered in error is left in peace, and a record that was laid down is not looked into.
const NEXT: &str = "select p.id from read.patient p cross join lateral (
        select from read.entry e where e.patient_id = p.id and e.active and not e.struck
            and e.kind in ('medication', 'suggestion') limit 1) takes
    where p.id > $1 and p.status = 'active' and not p.deceased order by p.id limit 10";

const KEEP: &str = "update wf.daily_review set day = $1, reached = $2, done = $3,
        looked = case when day = $1 then looked else 0 end + $4, failed = case when day = $1 then failed else 0 end + $5
    returning looked, failed";

/// Looks at each patient once a day, in order of their identities: at what came due since, and at what rules say that were
/// put into force or retired. Any number of processes may run it: one at a time is at it, and the next goes on where it
/// ended. A patient who was looked at twice for the same day is told nothing twice.
pub struct DailyReview {
    app: App,
    db: Database,
}

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// There may be more to do.
    On,
    /// Everybody was looked at today.
    Done,
    /// Another process is at it.
    Elsewhere,
}

impl DailyReview {
    /// One over these; the day is that of the application's clock, by the calendar of the site.
    pub fn new(app: App, db: Database) -> Self {
        Self { app, db }
    }

    /// Runs until `stop`: the patients who are being looked at then are finished first.
    pub async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let began = Instant::now();
            let rest = match self.step().await {
                // Where the database is slow it rests as long as it worked: who waits for an answer comes first.
                Ok(Step::On) => STEP.saturating_sub(began.elapsed()).max(began.elapsed()),
                Ok(Step::Done | Step::Elsewhere) => AGAIN,
                Err(error) => {
                    tracing::error!(%error, "the daily look at patients cannot go on; it is tried again");
                    AGAIN
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(rest) => {}
            }
        }
    }

    /// Looks at everybody who was not looked at today, without a rest; where another process is at it, after that.
    ///
    /// # Errors
    /// When the record cannot be reached.
    pub async fn finish(&self) -> Result<(), StoreError> {
        loop {
            match self.step().await? {
                Step::On => {}
                Step::Elsewhere => tokio::time::sleep(SOON).await,
                Step::Done => return Ok(()),
            }
        }
    }

    async fn step(&self) -> Result<Step, StoreError> {
        let mut client = self.db.get().await?;
        let tx = client.transaction().await.map_err(unavailable)?;
        let Some(row) = tx.query_opt(LOOK, &[]).await.map_err(unavailable)? else { return Ok(Step::Elsewhere) };
        let kept =
            DailyLook { day: row.get(0), reached: row.get::<_, Option<Uuid>>(1).map(PatientId), done: row.get(2) };
        let today = self.app.patients.zone.local(self.app.clock.now()).date();
        let Some(look) = kept.on(today) else { return Ok(Step::Done) };
        let from = look.reached.map_or(Uuid::nil(), |reached| reached.0);
        let rows = tx.query(NEXT, &[&from]).await.map_err(unavailable)?;
        let next: Vec<PatientId> = rows.iter().map(|row| PatientId(row.get(0))).collect();
        let mut failed = 0_i32;
        for patient in &next {
            match review_patient(&self.app, *patient, Occasion::Day(look.day)).await {
                Ok(_) => {}
                Err(error @ StoreError::Unavailable(_)) => return Err(error),
                // The others are not kept from theirs.
                Err(error) => {
                    failed += 1;
                    tracing::error!(patient = %patient.0, %error, "a patient could not be looked at today");
                }
            }
        }
        let after = look.after(&next);
        let (reached, looked) = (after.reached.map(|patient| patient.0), i32::try_from(next.len()).unwrap_or(i32::MAX));
        let kept = tx.query_one(KEEP, &[&after.day, &reached, &after.done, &looked, &failed]).await;
        let kept = kept.map_err(unavailable)?;
        tx.commit().await.map_err(unavailable)?;
        if after.done {
            let (looked, failed): (i32, i32) = (kept.get(0), kept.get(1));
            tracing::info!(day = %after.day, looked, failed, "everybody who takes medication was looked at");
        }
        Ok(Step::On)
    }
}
