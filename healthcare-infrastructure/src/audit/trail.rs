//! Group commit of entries: the first leaves at once; those that come while it is on its way leave together with the
//! next. A flush costs the server much the same whether it holds one entry or a hundred. Each thread has groups of its own:
//! nobody wakes another thread to be recorded, and none to be told.

use std::{
    cell::RefCell,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use async_trait::async_trait;
use healthcare_application::{
    Permit, StoreError,
    audit::{AuditFilter, AuditPaging, AuditTrail, Entry, LogPage, Receipt, Unrecorded},
};
use tokio::{runtime::Handle, sync::oneshot, time::timeout};
use tokio_postgres::Statement as Prepared;

use super::{
    answered,
    insert::{INSERT, insert},
    search::search,
};
use crate::database::{Database, Session, unavailable};

/// Entries of a thread that may wait; further ones are refused, and with them what they are about.
const WAITING: usize = 8_192;
/// Entries of one flush at the most.
const TOGETHER: usize = 1_024;
/// Flushes of a thread on their way at a time, each in a session of its own.
const UNDER_WAY: usize = 2;
/// Entries that are worth a second flush beside the one under way, however many that one carries.
const ENOUGH: usize = 128;
/// How long a flush may take, the opening of its session included.
const PATIENCE: Duration = Duration::from_secs(5);

/// The trail over the record's database. Cheap to clone.
#[derive(Clone)]
pub struct PgAuditTrail {
    queues: Arc<Queues>,
    db: Database,
    /// Where flushes run of who is in no runtime.
    runtime: Handle,
}

/// The queues of a trail: one of each thread that has recorded in it and has not ended.
#[derive(Default)]
struct Queues(Mutex<Vec<SharedQueue>>);

impl Queues {
    fn lock(&self) -> MutexGuard<'_, Vec<SharedQueue>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A further one.
    fn open(&self) -> SharedQueue {
        let queue = SharedQueue::default();
        self.lock().push(queue.clone());
        queue
    }

    /// Gives one up. What is under way with it ends by itself.
    fn close(&self, queue: &Weak<Mutex<Queue>>) {
        let mut all = self.lock();
        let place = all.iter().position(|one| Weak::as_ptr(queue) == Arc::as_ptr(&one.0));
        let closed = place.map(|place| all.swap_remove(place));
        // Its sessions end where nothing is locked.
        drop(all);
        drop(closed);
    }
}

/// What a thread knows of its queue in a trail. The trail holds it, so that it ends with the trail; it ends with the thread, too.
struct Mine {
    trail: Weak<Queues>,
    queue: Weak<Mutex<Queue>>,
}

impl Drop for Mine {
    fn drop(&mut self) {
        if let Some(trail) = self.trail.upgrade() {
            trail.close(&self.queue);
        }
    }
}

thread_local! {
    /// This thread's queues, of each trail that it has recorded in: one, but for tests.
    static MINE: RefCell<Vec<Mine>> = const { RefCell::new(Vec::new()) };
}

/// The queue of a thread.
#[derive(Clone, Default)]
struct SharedQueue(Arc<Mutex<Queue>>);

impl SharedQueue {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What waits, and what is on its way.
#[derive(Default)]
struct Queue {
    waiting: Vec<Waiting>,
    under_way: usize,
    /// Entries that the flushes under way carry.
    carried: usize,
    /// Sessions that are free.
    lanes: Vec<Lane>,
}

impl Queue {
    /// Whether what waits is to leave with a flush of its own. If so, that flush is under way.
    ///
    /// What a flush costs the server beside its rows (the statement, the commit, the disk) is the work of some twenty rows
    /// (ADR 15), so that fewer than it carries gather until the one under way is done. Where as many wait as that one carries, nearly everybody
    /// who reads waits for the disk, and the processor for them: the second flush is prepared meanwhile.
    fn leaves(&mut self) -> bool {
        let leaves = match self.under_way {
            0 => !self.waiting.is_empty(),
            // One that is about to leave takes all of them with it.
            UNDER_WAY.. => false,
            _ => self.carried > 0 && self.waiting.len() >= self.carried.min(ENOUGH),
        };
        self.under_way += usize::from(leaves);
        leaves
    }

    /// What leaves next, in its order, and the session it leaves by, of a flush that carried `done` until now: none where it
    /// begins. Without any the flush is over, and so is one of two that does not carry on with twice as many as the other
    /// carries: that one looks when it is done.
    fn take(&mut self, done: usize) -> Option<(Vec<Waiting>, Option<Lane>)> {
        self.carried -= done;
        let worth = if done == 0 { self.carried } else { 2 * self.carried };
        let few = self.under_way > 1 && self.waiting.len() < worth.min(ENOUGH);
        if self.waiting.is_empty() || few {
            self.under_way -= 1;
            return None;
        }
        let many = self.waiting.len().min(TOGETHER);
        self.carried += many;
        Some((self.waiting.drain(..many).collect(), self.lanes.pop()))
    }
}

/// An entry, and who waits for it.
struct Waiting {
    entry: Entry,
    settle: oneshot::Sender<Result<(), Unrecorded>>,
}

/// A session that only inserts entries.
struct Lane {
    session: Session,
    insert: Prepared,
}

impl PgAuditTrail {
    /// A trail whose flushes run where the entries come from; of who is in no runtime, in the one it is made in.
    pub fn start(db: Database) -> Self {
        Self { queues: Arc::default(), db, runtime: Handle::current() }
    }

    /// The queue of this thread; one for this time alone where the thread is ending.
    fn queue(&self) -> SharedQueue {
        let found = MINE.try_with(|mine| {
            let mut mine = mine.borrow_mut();
            let known = mine.iter().find(|one| Weak::as_ptr(&one.trail) == Arc::as_ptr(&self.queues));
            if let Some(queue) = known.and_then(|one| one.queue.upgrade()) {
                return SharedQueue(queue);
            }
            mine.retain(|one| one.trail.strong_count() > 0);
            let queue = self.queues.open();
            mine.push(Mine { trail: Arc::downgrade(&self.queues), queue: Arc::downgrade(&queue.0) });
            queue
        });
        found.unwrap_or_default()
    }
}

/// A flush and those that follow it. However it ends, the trail knows: what waited for it is not left waiting.
struct UnderWay {
    db: Database,
    queue: SharedQueue,
    /// Entries that are on their way with it.
    carried: usize,
    over: bool,
}

impl UnderWay {
    fn of(db: &Database, queue: &SharedQueue) -> Self {
        Self { db: db.clone(), queue: queue.clone(), carried: 0, over: false }
    }

    /// Flushes until nothing waits.
    async fn flush_all(mut self) {
        loop {
            let next = self.queue.lock().take(std::mem::take(&mut self.carried));
            let Some((group, lane)) = next else { break };
            self.carried = group.len();
            let lane = flush(&self.db, lane, group).await;
            self.queue.lock().lanes.extend(lane);
        }
        self.over = true;
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        // It broke down, or its runtime ended. Where no other flush is under way that looks for who waits, they are told,
        // unsettled, that theirs has failed, as those are that it carried.
        let mut queue = self.queue.lock();
        queue.under_way -= 1;
        queue.carried -= self.carried;
        let waiting = if queue.under_way == 0 { std::mem::take(&mut queue.waiting) } else { vec![] };
        drop(queue);
        let failed = self.carried + waiting.len();
        metrics::counter!("healthcare_audit_failed_total").increment(failed as u64);
        tracing::error!(failed, "a flush of the audit trail broke down");
    }
}

#[async_trait]
impl AuditTrail for PgAuditTrail {
    fn record(&self, entry: Entry) -> Receipt {
        let (settle, receipt) = Receipt::pending();
        let shared = self.queue();
        let mut queue = shared.lock();
        if queue.waiting.len() >= WAITING {
            drop(queue);
            metrics::counter!("healthcare_audit_refused_total").increment(1);
            return Receipt::settled(Err(Unrecorded::Overloaded));
        }
        queue.waiting.push(Waiting { entry, settle });
        // Whoever comes while a flush is under way wakes nobody: the flush looks for more when it is done.
        if queue.leaves() {
            drop(queue);
            let flush = UnderWay::of(&self.db, &shared).flush_all();
            Handle::try_current().as_ref().unwrap_or(&self.runtime).spawn(flush);
        }
        receipt
    }

    async fn search(&self, permit: &Permit, filter: &AuditFilter, paging: &AuditPaging) -> Result<LogPage, StoreError> {
        // Each search is planned for what it looks for: some indexes hold only what is rare.
        answered(permit, search(&self.db.guarded(), permit, filter, paging)).await
    }
}

/// Records a group and tells whoever waits. Answers the session, if it can still be used.
async fn flush(db: &Database, lane: Option<Lane>, group: Vec<Waiting>) -> Option<Lane> {
    let count = group.len();
    let (entries, waiting): (Vec<Entry>, Vec<_>) = group.into_iter().map(|one| (one.entry, one.settle)).unzip();
    let (lane, outcome) = match timeout(PATIENCE, write(db, lane, entries)).await {
        Ok(Ok(lane)) => (Some(lane), Ok(())),
        Ok(Err(error)) => {
            tracing::error!(error = &error as &dyn std::error::Error, count, "the audit trail cannot be written");
            (None, Err(Unrecorded::Failed))
        }
        Err(_) => {
            tracing::error!(count, "the audit trail was not written in time");
            (None, Err(Unrecorded::Failed))
        }
    };
    match outcome {
        Ok(()) => {
            metrics::counter!("healthcare_audit_entries_total").increment(count as u64);
            metrics::counter!("healthcare_audit_flushes_total").increment(1);
        }
        Err(_) => metrics::counter!("healthcare_audit_failed_total").increment(count as u64),
    }
    for settle in waiting {
        // Who has gone away is not told.
        let _ = settle.send(outcome);
    }
    lane
}

async fn write(db: &Database, lane: Option<Lane>, entries: Vec<Entry>) -> Result<Lane, StoreError> {
    let lane = match lane.filter(|lane| !lane.session.client.is_closed()) {
        Some(lane) => lane,
        None => {
            let session = db.session().await?;
            let insert = session.client.prepare(INSERT).await.map_err(unavailable)?;
            Lane { session, insert }
        }
    };
    let statement = insert(entries);
    lane.session.client.execute(&lane.insert, &statement.params()).await.map_err(unavailable)?;
    Ok(lane)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue_of(waiting: usize) -> Queue {
        let one = || Waiting { entry: entry(), settle: oneshot::channel().0 };
        Queue { waiting: (0..waiting).map(|_| one()).collect(), ..Queue::default() }
    }

    fn entry() -> Entry {
        use healthcare_application::{Call, Permission};
        Entry::of(&Call::system(uuid::Uuid::nil()), Permission::ReadChart, None, chrono::DateTime::UNIX_EPOCH)
    }

    fn taken(queue: &mut Queue, done: usize) -> Option<usize> {
        queue.take(done).map(|(group, _)| group.len())
    }

    #[test]
    fn the_first_leaves_at_once_and_who_comes_meanwhile_gathers() {
        let mut queue = queue_of(8);
        assert!(queue.leaves());
        queue.waiting.extend(queue_of(1).waiting);
        assert!(!queue.leaves(), "it leaves with those who have not left yet");
        assert_eq!(taken(&mut queue, 0), Some(9));
        queue.waiting = queue_of(8).waiting;
        assert!(!queue.leaves(), "they leave with the next flush of the one under way");
        queue.waiting.extend(queue_of(1).waiting);
        assert!(queue.leaves(), "as many wait as are on their way");
        queue.waiting.extend(queue_of(ENOUGH).waiting);
        assert!(!queue.leaves(), "and no third");
    }

    #[test]
    fn so_many_are_worth_a_second_flush_whatever_the_first_carries() {
        let mut queue = queue_of(TOGETHER);
        assert!(queue.leaves());
        assert_eq!(taken(&mut queue, 0), Some(TOGETHER));
        queue.waiting = queue_of(ENOUGH - 1).waiting;
        assert!(!queue.leaves());
        queue.waiting.extend(queue_of(1).waiting);
        assert!(queue.leaves());
    }

    #[test]
    fn a_flush_takes_so_many_in_their_order_and_is_over_when_nothing_waits() {
        let mut queue = queue_of(TOGETHER + 1);
        assert!(queue.leaves());
        assert_eq!(taken(&mut queue, 0), Some(TOGETHER));
        assert_eq!(taken(&mut queue, TOGETHER), Some(1));
        assert_eq!(taken(&mut queue, 1), None);
        assert_eq!((queue.under_way, queue.carried), (0, 0));
    }

    #[test]
    fn a_second_flush_is_over_when_few_wait_and_the_first_takes_them() {
        let mut queue = queue_of(8);
        assert!(queue.leaves());
        assert_eq!(taken(&mut queue, 0), Some(8));
        queue.waiting = queue_of(8).waiting;
        assert!(queue.leaves());
        assert_eq!(taken(&mut queue, 0), Some(8));
        queue.waiting = queue_of(16).waiting;
        assert_eq!(taken(&mut queue, 8), Some(16), "twice as many as the other carries");
        queue.waiting = queue_of(15).waiting;
        assert_eq!(taken(&mut queue, 16), None, "whichever is done first leaves them to the other");
        assert_eq!((queue.under_way, queue.carried, queue.waiting.len()), (1, 8, 15));
        assert_eq!(taken(&mut queue, 8), Some(15));
        assert_eq!(taken(&mut queue, 15), None);
        assert_eq!((queue.under_way, queue.carried), (0, 0));
    }

    #[tokio::test]
    async fn a_queue_ends_with_its_thread_and_with_its_trail() {
        let nowhere = "postgres://nobody@127.0.0.1:1/none".to_owned().into();
        let trail = PgAuditTrail::start(Database::connect(&nowhere, 1).unwrap());
        assert!(Arc::ptr_eq(&trail.queue().0, &trail.queue().0), "one of each thread");
        let here = Arc::downgrade(&trail.queue().0);
        for _ in 0..3 {
            let elsewhere = trail.clone();
            let receipt = std::thread::spawn(move || elsewhere.record(entry())).join().unwrap();
            assert_eq!(receipt.recorded().await, Err(Unrecorded::Failed), "what it left behind goes on");
        }
        assert_eq!(trail.queues.lock().len(), 1, "of the thread that goes on");
        drop(trail);
        assert!(here.upgrade().is_none());
    }

    #[tokio::test]
    async fn a_flush_that_breaks_down_leaves_who_waits_to_the_other() {
        let nowhere = "postgres://nobody@127.0.0.1:1/none".to_owned().into();
        let trail = PgAuditTrail::start(Database::connect(&nowhere, 1).unwrap());
        let (settle, receipt) = Receipt::pending();
        let shared = trail.queue();
        {
            let mut queue = shared.lock();
            queue.waiting.push(Waiting { entry: entry(), settle });
            queue.under_way = 2;
        }
        let left = || {
            let queue = shared.lock();
            (queue.under_way, queue.waiting.len())
        };
        drop(UnderWay::of(&trail.db, &shared));
        assert_eq!(left(), (1, 1));
        drop(UnderWay::of(&trail.db, &shared));
        assert_eq!(left(), (0, 0));
        assert_eq!(receipt.recorded().await, Err(Unrecorded::Failed));
    }

    #[tokio::test]
    async fn a_flush_that_breaks_down_fails_who_waits_and_holds_up_nobody_after_them() {
        let nowhere = "postgres://nobody@127.0.0.1:1/none".to_owned().into();
        let trail = PgAuditTrail::start(Database::connect(&nowhere, 1).unwrap());
        let (settle, receipt) = Receipt::pending();
        let shared = trail.queue();
        {
            let mut queue = shared.lock();
            queue.waiting.push(Waiting { entry: entry(), settle });
            assert!(queue.leaves());
        }
        drop(UnderWay::of(&trail.db, &shared));
        assert_eq!(receipt.recorded().await, Err(Unrecorded::Failed));
        assert_eq!(trail.record(entry()).recorded().await, Err(Unrecorded::Failed), "nobody listens there");
        assert_eq!(shared.lock().under_way, 0);
    }
}
