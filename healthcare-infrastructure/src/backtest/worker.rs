//! Runs backtests, one at a time in a process: patients in pieces, two pieces at once, what was counted kept after each.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, stream};
use healthcare_application::{
    App, StoreError,
    backtest::{Alerted, BacktestState, Tally, Trial, try_patient},
};
use healthcare_domain::id::PatientId;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    alerted,
    history::{Identities, Sealed},
    kept::{COLUMNS, stored},
    samples,
};
use crate::{
    database::{Database, unavailable},
    event_store::PgEventStore,
};

/// How many patients are a piece, unless said otherwise.
const PIECE: usize = 250;
/// How many pieces are worked on at once: one for each of two cores, and one that is being read.
const AT_ONCE: usize = 3;
/// How long it waits for something to do.
const IDLE: Duration = Duration::from_secs(2);
/// How long it waits after the database failed.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Why a run ended before its end.
enum Stopped {
    /// It was called off, or another process has taken it over, or this one ends.
    Elsewhere,
    /// It cannot be run.
    Cannot(String),
    /// The record does not answer.
    Store(StoreError),
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// The worker. Any number may run, in any number of processes: each backtest is taken by one of them.
pub struct BacktestWorker {
    app: App,
    store: PgEventStore,
    db: Database,
    id: Uuid,
    piece: usize,
}

/// A backtest that was taken.
struct Taken {
    id: Uuid,
    trial: Arc<Trial>,
    with_baseline: bool,
    samples: usize,
    patients: Option<u32>,
    salt: Uuid,
    resume_after: Option<Uuid>,
    tally: Tally,
}

impl BacktestWorker {
    /// A worker over these.
    pub fn new(app: App, store: PgEventStore) -> Self {
        let (db, id) = (store.database().clone(), app.clock.new_id());
        Self { app, store, db, id, piece: PIECE }
    }

    /// The same, which keeps what it counted after every so many patients; after each where none is said.
    #[must_use]
    pub fn with_pieces_of(self, patients: usize) -> Self {
        Self { piece: patients.max(1), ..self }
    }

    /// Runs until `stop`. A backtest that is under way then goes on where it stood, here or elsewhere.
    pub async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let wait = match self.pass(&stop).await {
                Ok(true) => Duration::ZERO,
                Ok(false) => IDLE,
                Err(error) => {
                    tracing::error!(%error, "a backtest cannot go on; it is tried again");
                    AFTER_FAILURE
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Takes one backtest and runs it, and answers whether there was one. Once `stop` says so it ends behind the piece that
    /// it is at: the backtest goes on from there, here or elsewhere.
    ///
    /// # Errors
    /// When the record does not answer: it is tried again.
    pub async fn pass(&self, stop: &CancellationToken) -> Result<bool, StoreError> {
        let Some((id, taken)) = self.take().await? else { return Ok(false) };
        let outcome = match taken {
            Ok(taken) => self.try_all(taken, stop).await,
            Err(why) => Err(Stopped::Cannot(why)),
        };
        match outcome {
            Ok(()) => self.end(id, BacktestState::Done, None).await?,
            Err(Stopped::Cannot(why)) => self.end(id, BacktestState::Failed, Some(&why)).await?,
            Err(Stopped::Elsewhere) if stop.is_cancelled() => self.let_go(id).await?,
            Err(Stopped::Elsewhere) => {}
            // What is wrong with it, or with what it reads, is wrong the next time as well.
            Err(Stopped::Store(error @ (StoreError::OutOfRange | StoreError::Damaged(_)))) => {
                self.end(id, BacktestState::Failed, Some(&error.to_string())).await?;
            }
            Err(Stopped::Store(error)) => {
                self.let_go(id).await?;
                return Err(error);
            }
        }
        Ok(true)
    }

    /// Takes the oldest that waits, or that nobody has been heard of for two minutes.
    async fn take(&self) -> Result<Option<(Uuid, Result<Taken, String>)>, StoreError> {
        let client = self.db.get().await?;
        let take = format!(
            "update governance.backtest set state = 'running', worker = $1, seen_at = clock_timestamp(),
                 started_at = coalesce(started_at, $2), patients_kept = patients_kept or resume_after is null
             where id = (select id from governance.backtest
                 where state = 'queued' or (state = 'running'
                     and (seen_at is null or seen_at < clock_timestamp() - interval '2 minutes'))
                 order by requested_at, id limit 1 for update skip locked)
             returning {COLUMNS}, resume_after"
        );
        let row = client.query_opt(&take, &[&self.id, &self.app.clock.now()]).await.map_err(unavailable)?;
        let Some(row) = row else { return Ok(None) };
        let kept = stored(&row)?;
        let (id, request) = (kept.asked.id, kept.asked.request);
        let with_baseline = request.baseline.is_some();
        let mut tally = kept.tally.unwrap_or_else(|| Tally::begin(with_baseline));
        tally.samples = samples::kept(&client, id).await?;
        drop(client);
        let trial = Trial::of(&self.app, &request).await?;
        let taken = trial.map_err(|error| error.to_string()).map(|trial| Taken {
            id,
            trial: Arc::new(trial),
            with_baseline,
            samples: usize::from(request.samples),
            patients: request.patients,
            salt: request.salt,
            resume_after: row.get(13),
            tally,
        });
        Ok(Some((id, taken)))
    }

    /// Tries all patients that are still to be tried, piece by piece.
    async fn try_all(&self, taken: Taken, stop: &CancellationToken) -> Result<(), Stopped> {
        let Taken { id, trial, with_baseline, samples, patients, salt, resume_after, mut tally } = taken;
        let identities = Arc::new(Identities::read(&self.db).await?);
        let all = identities.patients(&self.db, patients, salt).await?;
        let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
        let left: Vec<PatientId> =
            all.into_iter().filter(|patient| resume_after.is_none_or(|done| patient.0 > done)).collect();
        self.note(id, (resume_after, total), &mut tally, &[]).await?;
        let pieces = left.chunks(self.piece).map(<[PatientId]>::to_vec).collect::<Vec<_>>();
        let work = stream::iter(pieces).map(|piece| {
            let (identities, trial) = (identities.clone(), trial.clone());
            async move {
                let last = piece.last().map(|patient| patient.0);
                let ports = (&self.db, self.store.codec());
                let sealed = identities.fetch(ports, &trial, piece).await?;
                let tried = move || try_piece(&identities, &trial, &sealed, (with_baseline, samples));
                let counted = tokio::task::spawn_blocking(tried).await;
                Ok::<_, StoreError>((last, counted.map_err(|e| StoreError::Damaged(Box::new(e)))?))
            }
        });
        let mut work = std::pin::pin!(work.buffered(AT_ONCE));
        while let Some(piece) = work.next().await {
            let (last, (counted, alerted)) = piece?;
            tally.absorb(counted, samples);
            self.note(id, (last, total), &mut tally, &alerted).await?;
            if stop.is_cancelled() {
                return Err(Stopped::Elsewhere);
            }
        }
        Ok(())
    }

    /// Keeps what was counted up to a patient, the moments that were picked, and of whom of these patients a version would
    /// have alerted. It is refused when the backtest is not this worker's any more.
    async fn note(
        &self,
        id: Uuid,
        (last, total): (Option<Uuid>, i64),
        tally: &mut Tally,
        alerted: &[Alerted],
    ) -> Result<(), Stopped> {
        let text = serde_json::to_string(tally).map_err(|e| StoreError::Damaged(Box::new(e)))?;
        let done = i64::try_from(tally.patients + tally.unreadable).unwrap_or(i64::MAX);
        let events = i64::try_from(tally.events).unwrap_or(i64::MAX);
        let sealed = samples::seal(self.store.codec(), id, &tally.samples).await?;
        let mut client = self.db.get().await?;
        let tx = client.transaction().await.map_err(unavailable)?;
        let note = "update governance.backtest set seen_at = clock_timestamp(), resume_after = $3, patients_total = $4,
                patients_done = $5, events = $6, tally = $7
            where id = $1 and worker = $2 and state = 'running'";
        let noted =
            tx.execute(note, &[&id, &self.id, &last, &total, &done, &events, &text]).await.map_err(unavailable)?;
        if noted != 1 {
            return Err(Stopped::Elsewhere);
        }
        samples::keep(&tx, id, &tally.samples, sealed).await?;
        alerted::keep(&tx, id, alerted).await?;
        tx.commit().await.map_err(unavailable)?;
        tally.samples.iter_mut().for_each(|sample| sample.found = None);
        Ok(())
    }

    async fn end(&self, id: Uuid, state: BacktestState, why: Option<&str>) -> Result<(), StoreError> {
        let client = self.db.get().await?;
        // Where it stood was the identity of a patient: once it is over nobody needs that.
        let end = "update governance.backtest set state = $3, ended_at = $4, error = $5, resume_after = null
            where id = $1 and worker = $2 and state = 'running'";
        let values: [&(dyn tokio_postgres::types::ToSql + Sync); 5] =
            [&id, &self.id, &state.as_str(), &self.app.clock.now(), &why];
        client.execute(end, &values).await.map_err(unavailable)?;
        Ok(())
    }

    /// Leaves it to whoever comes next.
    async fn let_go(&self, id: Uuid) -> Result<(), StoreError> {
        let client = self.db.get().await?;
        let go = "update governance.backtest set seen_at = null where id = $1 and worker = $2 and state = 'running'";
        client.execute(go, &[&id, &self.id]).await.map_err(unavailable)?;
        Ok(())
    }
}

/// Opens, folds and judges a piece, on the thread it is called on: what it comes to, and of whom a version would have alerted.
fn try_piece(
    identities: &Identities,
    trial: &Trial,
    sealed: &Sealed,
    (with_baseline, samples): (bool, usize),
) -> (Tally, Vec<Alerted>) {
    let (mut tally, mut alerted) = (Tally::begin(with_baseline), vec![]);
    for (patient, history) in identities.open(sealed) {
        let tried = history.map(|mut history| try_patient(trial, patient, &mut history.events, &history.live));
        match tried {
            Some(Ok(mut outcome)) => {
                alerted.extend(outcome.alerted.take());
                tally.add(outcome, samples);
            }
            Some(Err(_)) | None => tally.unreadable += 1,
        }
    }
    (tally, alerted)
}
