//! Rows by their identity, several at once: who asks while a question is on its way is asked for together with those who
//! come meanwhile. Alone nobody waits; in a crowd the server answers one statement where it would answer thirty.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use healthcare_application::StoreError;
use tokio::{
    sync::{OnceCell, oneshot},
    time::timeout,
};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    Database,
    lane::{Lane, PATIENCE},
    unavailable,
};

/// Identities of one question at the most.
const TOGETHER: usize = 256;

/// Why a question was not answered: told to everybody who asked.
#[derive(Debug, Clone, thiserror::Error)]
enum Unanswered {
    #[error(transparent)]
    Failed(Arc<tokio_postgres::Error>),
    #[error("the database did not answer in time")]
    Late,
    #[error("the session ended with its thread")]
    Gone,
}

/// The row, if there is one.
type Answer = Result<Option<Arc<Row>>, Unanswered>;

/// Somebody who asks: for what, and where the answer goes.
struct Asking {
    id: Uuid,
    tell: oneshot::Sender<Answer>,
}

/// Who asks by one statement.
#[derive(Default)]
struct Group {
    waiting: Vec<Asking>,
    under_way: bool,
}

/// Who asks in a lane, by statement.
#[derive(Default)]
pub(super) struct Groups(Mutex<HashMap<&'static str, Group>>);

impl Groups {
    fn lock(&self) -> MutexGuard<'_, HashMap<&'static str, Group>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Joins those who ask. Whether nobody looks after them yet: then it is under way from here.
    fn join(&self, sql: &'static str, asking: Asking) -> bool {
        let mut groups = self.lock();
        let group = groups.entry(sql).or_default();
        group.waiting.push(asking);
        !std::mem::replace(&mut group.under_way, true)
    }

    /// Who is asked for next. With nobody it is not under way any more.
    fn take(&self, sql: &'static str) -> Vec<Asking> {
        let mut groups = self.lock();
        let group = groups.entry(sql).or_default();
        group.under_way = !group.waiting.is_empty();
        let many = group.waiting.len().min(TOGETHER);
        group.waiting.drain(..many).collect()
    }
}

impl Database {
    /// Looks one row up by its identity. The statement asks for all of `$1::uuid[]` and answers the identity first; an index
    /// answers it at once.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn look_up_by_id(&self, sql: &'static str, id: Uuid) -> Result<Option<Arc<Row>>, StoreError> {
        let asking = async {
            let cell = self.lane();
            let lane = cell.get_or_try_init(|| Lane::open(self)).await.map_err(|e| Unanswered::Failed(Arc::new(e)))?;
            let (tell, told) = oneshot::channel();
            if lane.groups.join(sql, Asking { id, tell }) {
                tokio::spawn(UnderWay { cell, sql, over: false }.ask_for_all());
            }
            told.await.unwrap_or(Err(Unanswered::Gone))
        };
        timeout(PATIENCE, asking).await.unwrap_or(Err(Unanswered::Late)).map_err(unavailable)
    }
}

/// A question on its way, and those that follow it. However it ends, nobody is left waiting for it.
struct UnderWay {
    cell: Arc<OnceCell<Lane>>,
    sql: &'static str,
    over: bool,
}

impl UnderWay {
    /// Asks until nobody waits.
    async fn ask_for_all(mut self) {
        let Some(lane) = self.cell.get() else { return };
        loop {
            let group = lane.groups.take(self.sql);
            if group.is_empty() {
                break;
            }
            let ids: Vec<Uuid> = group.iter().map(|asking| asking.id).collect();
            let answer = match timeout(PATIENCE, lane.rows(self.sql, &ids)).await {
                Ok(rows) => rows.map_err(|error| Unanswered::Failed(Arc::new(error))),
                Err(_) => Err(Unanswered::Late),
            };
            for Asking { id, tell } in group {
                // Who has gone away is not told.
                let _ = tell.send(answer.as_ref().map(|rows| rows.get(&id).cloned()).map_err(Clone::clone));
            }
        }
        self.over = true;
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        // Its thread ended in the middle: who waits learns it by what they wait for.
        if let Some(lane) = self.cell.get().filter(|_| !self.over) {
            lane.groups.lock().remove(self.sql);
        }
    }
}

impl Lane {
    /// The rows of these identities.
    async fn rows(&self, sql: &'static str, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<Row>>, tokio_postgres::Error> {
        let statement = self.prepare(sql).await?;
        let rows = self.client.query(&statement, &[&ids]).await?;
        Ok(rows.into_iter().map(|row| (row.get(0), Arc::new(row))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQL: &str = "select";

    fn asking(id: u128) -> (Asking, oneshot::Receiver<Answer>) {
        let (tell, told) = oneshot::channel();
        (Asking { id: Uuid::from_u128(id), tell }, told)
    }

    #[test]
    fn the_first_sets_out_and_who_comes_meanwhile_is_asked_for_with_the_next() {
        let groups = Groups::default();
        assert!(groups.join(SQL, asking(1).0), "nobody is under way");
        assert_eq!(groups.take(SQL).len(), 1);
        assert!(!groups.join(SQL, asking(2).0));
        assert!(!groups.join(SQL, asking(3).0));
        assert!(groups.join("another", asking(4).0), "another question is none of theirs");
        assert_eq!(groups.take(SQL).iter().map(|one| one.id.as_u128()).collect::<Vec<_>>(), [2, 3]);
        assert!(groups.take(SQL).is_empty());
        assert!(groups.join(SQL, asking(5).0), "it is over");
    }

    #[test]
    fn a_question_is_for_so_many() {
        let groups = Groups::default();
        for id in 0..=TOGETHER {
            groups.join(SQL, asking(id as u128).0);
        }
        assert_eq!(groups.take(SQL).len(), TOGETHER);
        assert_eq!(groups.take(SQL).len(), 1);
        assert!(groups.take(SQL).is_empty());
    }
}
