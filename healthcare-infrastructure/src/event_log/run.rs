//! Running a consumer: led by one process at a time, woken by ticks.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures::future::join_all;
use healthcare_application::StoreError;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{
    checkpoint::Checkpoint,
    consumer::{ConsumeError, Consumer},
    feed::{Feed, Leadership},
    step::{Follower, Stepped},
    window::{Part, Tick},
};
use crate::{database::Database, event_store::PgEventStore};

/// How long a process that does not lead waits before it asks again.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// What gathers for a consumer that is in no hurry, so that it takes many events at once.
const LEISURE: Duration = Duration::from_millis(100);

/// The longest rest between two windows.
const LONGEST_REST: Duration = Duration::from_secs(10);

/// Runs a consumer until stopped: each part where nobody else does, taken over when its process ends.
pub async fn consume(consumer: Arc<dyn Consumer>, store: PgEventStore, feed: Feed, stop: CancellationToken) {
    let parts = (0..consumer.parts()).map(|index| {
        let part = Part { index, of: consumer.parts() };
        follow(consumer.clone(), store.clone(), feed.clone(), part, stop.clone())
    });
    join_all(parts).await;
}

/// Takes a consumer's place in the log, if it has none: for one that starts with what happens from now on, before anybody
/// is let in.
///
/// # Errors
/// When the database does not answer.
pub async fn take_place(consumer: &dyn Consumer, db: &Database) -> Result<(), StoreError> {
    let client = db.get().await?;
    Checkpoint::ensure(&client, consumer.name(), consumer.parts(), consumer.start()).await
}

/// Runs a consumer up to what is the latest tick now, once and in this task: for rebuilds and tests.
///
/// # Errors
/// When the database does not answer, or somebody else runs it.
pub async fn catch_up(consumer: &dyn Consumer, store: &PgEventStore) -> Result<(), ConsumeError> {
    consumer.ready(store.database()).await?;
    let client = store.database().get().await?;
    Checkpoint::ensure(&client, consumer.name(), consumer.parts(), consumer.start()).await?;
    // Under writers that never pause there is always another tick; this one is the goal.
    let goal = Tick::latest(&client).await?.id;
    for index in 0..consumer.parts() {
        let checkpoint = Checkpoint::claim(&client, consumer.name(), index).await?;
        let part = Part { index, of: consumer.parts() };
        let mut follower = Follower::new(consumer, store, part, checkpoint);
        while follower.kept() < goal {
            match follower.step().await? {
                Stepped::On | Stepped::Idle => {}
                Stepped::Lost => return Err(ConsumeError::Unavailable("somebody else runs this consumer".into())),
            }
        }
    }
    Ok(())
}

async fn follow(consumer: Arc<dyn Consumer>, store: PgEventStore, feed: Feed, part: Part, stop: CancellationToken) {
    let mut pause = Pause::default();
    loop {
        let mut leader = None;
        let outcome = tokio::select! {
            () = stop.cancelled() => None,
            outcome = lead(&*consumer, &store, &feed, part, &mut leader, &mut pause) => Some(outcome),
        };
        // Whatever was under way is rolled back by now: the transaction was dropped with its future.
        if let Some(leadership) = leader {
            leadership.resign().await;
        }
        let wait = match outcome {
            None => return,
            Some(Ok(())) => ASK_AGAIN,
            Some(Err(error)) => {
                tracing::warn!(
                    consumer = consumer.name(),
                    part = part.index,
                    error = &error as &dyn std::error::Error,
                    "a consumer could not go on; it will try again"
                );
                pause.longer()
            }
        };
        tokio::select! { () = stop.cancelled() => return, () = sleep(wait) => {} }
    }
}

/// Leads the part until it is lost (`Ok`) or something fails.
async fn lead(
    consumer: &dyn Consumer,
    store: &PgEventStore,
    feed: &Feed,
    part: Part,
    leader: &mut Option<Leadership>,
    pause: &mut Pause,
) -> Result<(), ConsumeError> {
    let Some(leadership) = feed.lead(consumer.name(), part.index).await? else { return Ok(()) };
    let leadership = leader.insert(leadership);
    consumer.ready(store.database()).await?;
    let checkpoint = {
        let client = store.database().get().await?;
        Checkpoint::ensure(&client, consumer.name(), part.of, consumer.start()).await?;
        Checkpoint::claim(&client, consumer.name(), part.index).await?
    };
    let mut feed = feed.clone();
    let mut follower = Follower::new(consumer, store, part, checkpoint).hearing(feed.clone());
    while leadership.lasts() {
        let began = Instant::now();
        match follower.step().await? {
            Stepped::On => {
                pause.reset();
                // Between two windows, where no transaction is open.
                let rest = rest_after(began.elapsed(), consumer.rests());
                if !rest.is_zero() {
                    sleep(rest).await;
                }
                if consumer.at_leisure() && follower.seen() >= feed.latest() {
                    sleep(LEISURE).await;
                }
            }
            // Also without a tick it looks up now and then, to learn whether it still leads.
            Stepped::Idle => tokio::select! {
                () = feed.beyond(follower.seen()) => {}
                () = sleep(follower.may_wait().unwrap_or(ASK_AGAIN)) => {}
            },
            Stepped::Lost => return Ok(()),
        }
    }
    Ok(())
}

/// How long to rest after so much work.
fn rest_after(worked: Duration, times: u32) -> Duration {
    worked.saturating_mul(times).min(LONGEST_REST)
}

/// How long to wait after a failure: twice as long each time, up to five seconds.
#[derive(Default)]
struct Pause {
    failures: u32,
}

impl Pause {
    fn longer(&mut self) -> Duration {
        self.failures = (self.failures + 1).min(7);
        (Duration::from_millis(50) * 2_u32.pow(self.failures)).min(Duration::from_secs(5))
    }

    fn reset(&mut self) {
        self.failures = 0;
    }
}

impl From<ConsumeError> for StoreError {
    fn from(error: ConsumeError) -> Self {
        match error {
            ConsumeError::Poison(_) => Self::Damaged(Box::new(error)),
            ConsumeError::Unavailable(cause) => Self::Unavailable(cause),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_rests_works_a_part_of_the_time_and_goes_on_after_a_long_window() {
        assert_eq!(rest_after(Duration::from_millis(40), 3), Duration::from_millis(120));
        assert_eq!(rest_after(Duration::from_millis(40), 0), Duration::ZERO);
        assert_eq!(rest_after(Duration::from_secs(60), 3), LONGEST_REST);
        assert_eq!(rest_after(Duration::MAX, 3), LONGEST_REST);
    }
}
