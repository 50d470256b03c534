//! One session a process that hears the ticks, and in which consumers are led.

use std::{sync::Arc, time::Duration};

use healthcare_application::StoreError;
use tokio::{sync::watch, time::sleep};
use tokio_postgres::Client;
use tokio_util::sync::CancellationToken;

use super::{
    recent::{Recent, Stretch},
    report,
    window::{AHEAD, Window},
};
use crate::database::{Database, Session, unavailable};

/// How often the log is looked at when nothing is heard.
const POLL: Duration = Duration::from_millis(250);
/// How many polls lie between two reports of how far everybody is.
const REPORT_EVERY: u32 = 20;

/// The latest tick, as it becomes known, for every reader of the process. Cheap to clone.
#[derive(Clone)]
pub struct Feed {
    latest: watch::Receiver<i64>,
    recent: Recent,
    session: watch::Receiver<Option<Arc<Client>>>,
}

/// That this process, and no other one, runs a part of a consumer. It lasts as long as the session it was taken in.
pub struct Leadership {
    session: Arc<Client>,
    key: String,
}

impl Feed {
    /// Listens until stopped. Outlives a database that goes away.
    pub fn start(db: Database, stop: CancellationToken) -> Self {
        let (latest_to, latest) = watch::channel(0);
        let (session_to, session) = watch::channel(None);
        let recent = Recent::default();
        let to_recent = recent.clone();
        tokio::spawn(async move {
            while !stop.is_cancelled() {
                tokio::select! {
                    () = stop.cancelled() => {}
                    Err(error) = listen(&db, &to_recent, &latest_to, &session_to) => {
                        session_to.send_replace(None);
                        tracing::warn!(error = &error as &dyn std::error::Error, "the log is not heard; another try in a second");
                        tokio::select! { () = stop.cancelled() => {}, () = sleep(Duration::from_secs(1)) => {} }
                    }
                }
            }
            session_to.send_replace(None);
        });
        Self { latest, recent, session }
    }

    /// The latest tick that was heard of; 0 before the first.
    pub fn latest(&self) -> i64 {
        *self.latest.borrow()
    }

    /// Up to which tick behind `seen` nothing came that is wanted, as far as this process heard.
    pub(super) fn nothing_until(&self, seen: i64, wants: impl Fn(&str) -> bool) -> i64 {
        self.recent.nothing_until(seen, wants)
    }

    /// Waits until there is a tick behind this one.
    pub async fn beyond(&mut self, tick: i64) {
        if self.latest.wait_for(|latest| *latest > tick).await.is_err() {
            // The feed has ended, and with it everything that would come.
            std::future::pending::<()>().await;
        }
    }

    /// Asks to lead a part of a consumer. None while another process does, or while there is no session.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lead(&self, name: &str, part: i32) -> Result<Option<Leadership>, StoreError> {
        let Some(session) = self.session.borrow().clone() else { return Ok(None) };
        let key = format!("es.consumer:{name}:{part}");
        let row = session
            .query_one("select pg_try_advisory_lock(hashtextextended($1, 0))", &[&key])
            .await
            .map_err(unavailable)?;
        Ok(row.get::<_, bool>(0).then_some(Leadership { session, key }))
    }
}

impl Leadership {
    /// Whether it still lasts, as far as is known here. What is known to the database is the fence of the checkpoint.
    pub fn lasts(&self) -> bool {
        !self.session.is_closed()
    }

    /// Gives it up, for another process to take over at once.
    pub async fn resign(self) {
        let unlock = "select pg_advisory_unlock(hashtextextended($1, 0))";
        // If it fails the session has ended, and the lock with it.
        let _gone_with_the_session = self.session.query(unlock, &[&self.key]).await;
    }
}

/// Listens until something fails.
async fn listen(
    db: &Database,
    recent: &Recent,
    latest: &watch::Sender<i64>,
    session_to: &watch::Sender<Option<Arc<Client>>>,
) -> Result<std::convert::Infallible, StoreError> {
    let Session { client, mut notices } = db.session().await?;
    // The ticks are few when this begins, and many later: the plans are to stand on the index from the start.
    client.batch_execute("listen es_tick; set enable_seqscan = off").await.map_err(unavailable)?;
    let last =
        client.prepare("select tick_id from es.tick order by tick_id desc limit 1").await.map_err(unavailable)?;
    let ahead = client.prepare(AHEAD).await.map_err(unavailable)?;
    let client = Arc::new(client);
    session_to.send_replace(Some(client.clone()));
    let mut known = client.query_one(&last, &[]).await.map_err(unavailable)?.get(0);
    rise(latest, known);
    let mut polls = 0;
    loop {
        if polls % REPORT_EVERY == 0 {
            report::report(&client).await?;
        }
        polls = polls.wrapping_add(1);
        let poll = sleep(POLL);
        tokio::pin!(poll);
        let mut listening = true;
        while listening {
            tokio::select! {
                () = &mut poll => listening = false,
                notice = notices.recv() => match notice {
                    Some(tick) if tick.parse().is_ok_and(|tick: i64| tick <= known) => continue,
                    Some(_) => {}
                    None => return Err(unavailable("the session has ended")),
                }
            }
            // What came is known before it is told that it came.
            while let Some((window, kinds)) = Window::between(&client, &ahead, known).await? {
                let stretch = Stretch { from: known, to: window.to.id, kinds };
                known = stretch.to;
                recent.add(stretch);
                rise(latest, known);
            }
        }
    }
}

/// Ticks only go up; a hint that comes late is not told.
fn rise(latest: &watch::Sender<i64>, tick: i64) {
    latest.send_if_modified(|known| {
        let rises = tick > *known;
        *known = tick.max(*known);
        rises
    });
}
