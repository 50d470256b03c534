//! When sessions were last used. Kept in memory and told to the database every few seconds: a request writes nothing.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Access;
use crate::database::unavailable;

/// How often it is told.
const TELL: Duration = Duration::from_secs(5);

/// Sessions that were used since it was last told. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Seen(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    used: HashMap<Uuid, DateTime<Utc>>,
    told_at: Option<Instant>,
}

impl Seen {
    /// A session was used.
    pub(super) fn now(&self, session: Uuid, at: DateTime<Utc>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).used.insert(session, at);
    }

    /// When a session was used here, if it has not been told yet.
    pub(super) fn of(&self, session: Uuid) -> Option<DateTime<Utc>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).used.get(&session).copied()
    }

    /// What is to be told, if it is time.
    fn due(&self) -> HashMap<Uuid, DateTime<Utc>> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.told_at.is_some_and(|at| at.elapsed() < TELL) {
            return HashMap::new();
        }
        state.told_at = Some(Instant::now());
        std::mem::take(&mut state.used)
    }

    /// What could not be told is kept for the next time.
    fn keep(&self, untold: HashMap<Uuid, DateTime<Utc>>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (session, at) in untold {
            state.used.entry(session).or_insert(at);
        }
    }
}

impl Access {
    /// Tells the database when sessions were last used.
    pub(super) async fn tell_seen(&self) {
        let due = self.seen.due();
        if due.is_empty() {
            return;
        }
        let (sessions, times): (Vec<Uuid>, Vec<DateTime<Utc>>) = due.iter().map(|(id, at)| (*id, *at)).unzip();
        let told = async {
            let update =
                "update auth.session s set seen_at = u.at from unnest($1::uuid[], $2::timestamptz[]) u (id, at)
                 where s.id = u.id and s.seen_at < u.at";
            self.client().await?.execute(update, &[&sessions, &times]).await.map_err(unavailable)
        };
        if let Err(error) = told.await {
            tracing::debug!(%error, "when sessions were last used is told later");
            self.seen.keep(due);
        }
    }
}
