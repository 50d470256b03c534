//! Group commit: the first commands leave at once; those that come while they are on their way are committed together.
//!
//! A transaction costs the server much the same whether it holds one command or twenty. Two groups are executed at a
//! time. Where the processors are what is scarce, commands wait for one of the two, and groups grow. Where the disk is,
//! groups that are executed wait for it beside each other, and PostgreSQL brings their commits to the disk together:
//! nobody waits for another one's commit before their own begins. When a group is refused, for one of its commands
//! stands on a stale version, nothing of it has happened, and each is then tried alone.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
};

use futures::future::join_all;
use healthcare_application::{
    StoreError,
    store::{Commit, Committed},
};
use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, oneshot},
    task::{Id, JoinError, JoinSet},
};
use uuid::Uuid;

use super::{
    Log,
    append::{Outcome, append, append_together},
};
use crate::identity::claims;

/// Groups that are executed at a time.
const EXECUTED: usize = 2;
/// Groups on their way at a time, each on a connection of its own: those that are executed and those that wait for the
/// disk.
const UNDER_WAY: usize = 8;
/// Commands of one transaction at the most.
const TOGETHER: usize = 64;
/// Events of one transaction, unless one command has more.
const EVENTS: usize = 256;
/// Commands that may wait; further callers wait at the door.
const WAITING: usize = 256;

/// The way into the log. Cheap to clone.
#[derive(Clone)]
pub struct Commits {
    log: Log,
    queue: mpsc::Sender<Waiting>,
}

/// A commit, and who waits for it.
struct Waiting {
    commit: Commit,
    reply: oneshot::Sender<Result<Committed, StoreError>>,
}

impl Commits {
    /// Starts the task that commits; it ends when nobody can ask it any more.
    pub(super) fn start(log: Log) -> Self {
        let (queue, waiting) = mpsc::channel(WAITING);
        tokio::spawn(run(log.clone(), waiting));
        Self { log, queue }
    }

    /// Commits, alone or together with others.
    ///
    /// # Errors
    /// As an append. When the caller goes away meanwhile, it is committed all the same.
    pub async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        let ended = |()| StoreError::Unavailable("the commit came to no end".into());
        if claims(std::slice::from_ref(&commit)).is_some() {
            // It waits for others who append: the places for groups are theirs.
            let log = self.log.clone();
            return tokio::spawn(async move { append(&log, commit).await }).await.map_err(|_| ended(()))?;
        }
        let (reply, answer) = oneshot::channel();
        self.queue.send(Waiting { commit, reply }).await.map_err(|_| ended(()))?;
        answer.await.map_err(|_| ended(()))?
    }
}

/// Sends groups on their way as others come to their end.
async fn run(log: Log, mut queue: mpsc::Receiver<Waiting>) {
    let mut waiting = VecDeque::new();
    let mut under_way = JoinSet::new();
    let mut touched: HashMap<Id, HashSet<Uuid>> = HashMap::new();
    let slots = Slots::default();
    loop {
        tokio::select! {
            Some(next) = queue.recv(), if waiting.len() < WAITING => waiting.push_back(next),
            Some(ended) = under_way.join_next_with_id() => {
                // A group that panicked leaves its callers without an answer, and the way in as it was.
                let id = ended.map_or_else(|error: JoinError| error.id(), |(id, ())| id);
                touched.remove(&id);
            }
            () = slots.freed.notified(), if !under_way.is_empty() => {}
            else => return,
        }
        while under_way.len() < UNDER_WAY && slots.free.available_permits() > 0 {
            while waiting.len() < WAITING
                && let Ok(next) = queue.try_recv()
            {
                waiting.push_back(next);
            }
            let (group, of_group) = gather(&mut waiting, touched.values());
            if group.is_empty() {
                break;
            }
            let (log, slot) = (log.clone(), slots.take());
            let task = under_way.spawn(async move { commit(&log, group, slot).await });
            touched.insert(task.id(), of_group);
        }
    }
}

/// Takes out who can be committed together: those that wait, but for whoever touches what a group under way or
/// somebody before them touches. Answers what the group touches.
fn gather<'a>(
    waiting: &mut VecDeque<Waiting>,
    under_way: impl Iterator<Item = &'a HashSet<Uuid>>,
) -> (Vec<Waiting>, HashSet<Uuid>) {
    let mut taken: HashSet<Uuid> = under_way.flatten().copied().collect();
    let (mut group, mut of_group, mut events) = (vec![], HashSet::new(), 0);
    let mut left = VecDeque::with_capacity(waiting.len());
    for next in waiting.drain(..) {
        let fits = group.is_empty() || (group.len() < TOGETHER && events + events_of(&next.commit) <= EVENTS);
        if fits && !touches(&next.commit).any(|id| taken.contains(&id)) {
            events += events_of(&next.commit);
            of_group.extend(touches(&next.commit));
            taken.extend(touches(&next.commit));
            group.push(next);
        } else {
            taken.extend(touches(&next.commit));
            left.push_back(next);
        }
    }
    *waiting = left;
    (group, of_group)
}

/// The streams a commit writes to, and the patients whose safety row it passes through.
fn touches(commit: &Commit) -> impl Iterator<Item = Uuid> {
    commit.changes.iter().map(|change| change.id).chain(commit.safety.iter().map(|safety| safety.patient.0))
}

fn events_of(commit: &Commit) -> usize {
    commit.changes.iter().map(|change| change.events.len()).sum()
}

async fn commit(log: &Log, group: Vec<Waiting>, slot: Option<Slot>) {
    let (commits, replies): (Vec<Commit>, Vec<_>) = group.into_iter().map(|one| (one.commit, one.reply)).unzip();
    let answers = match append_together(log, commits, slot).await {
        Outcome::Committed(answers) => answers.into_iter().map(Ok).collect(),
        Outcome::Refused(commits) => join_all(commits.into_iter().map(|one| append(log, one))).await,
        Outcome::Unknown(count) => (0..count).map(|_| Err(broken())).collect(),
    };
    for (reply, answer) in replies.into_iter().zip(answers) {
        // Who has gone away is not answered.
        let _ = reply.send(answer);
    }
}

/// The places for groups that are executed.
struct Slots {
    free: Arc<Semaphore>,
    freed: Arc<Notify>,
}

impl Default for Slots {
    fn default() -> Self {
        Self { free: Arc::new(Semaphore::new(EXECUTED)), freed: Arc::default() }
    }
}

impl Slots {
    fn take(&self) -> Option<Slot> {
        let permit = Arc::clone(&self.free).try_acquire_owned().ok()?;
        Some(Slot { permit: Some(permit), freed: Arc::clone(&self.freed) })
    }
}

/// The place of a group that is executed; free again when this is dropped.
pub(super) struct Slot {
    permit: Option<OwnedSemaphorePermit>,
    freed: Arc<Notify>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        // First free, then told: whoever is told finds it free.
        drop(self.permit.take());
        self.freed.notify_one();
    }
}

fn broken() -> StoreError {
    StoreError::Unavailable("the connection broke during the commit".into())
}
