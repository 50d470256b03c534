//! The writer: while groups are on their way, the batches that come become the next.
//!
//! Two groups are under way at a time, so that one is judged and copied while the other one's commit waits for the disk.
//! Where both hold readings of one patient, the later one waits at that patient's state until the first is committed.

use std::sync::Arc;

use healthcare_application::{StoreError, clock::Clock};
use healthcare_infrastructure::{
    database::{Database, sqlstate, unavailable},
    live::LiveVitals,
};
use tokio::{
    sync::{Notify, mpsc},
    task::{JoinError, JoinSet},
};
use tokio_util::sync::CancellationToken;

use super::{Group, Settings, Stored, Submission, process};
use crate::on_air::on_air;

/// Groups on their way at a time.
const UNDER_WAY: usize = 2;
/// A group closes at this many readings.
const GROUP: usize = 20_000;
/// How often a group is tried when others are in its way.
const ATTEMPTS: usize = 5;

pub(super) struct Writer {
    pub db: Database,
    pub clock: Arc<dyn Clock>,
    pub settings: Arc<Settings>,
    pub alerted: Arc<Notify>,
    pub live: LiveVitals,
}

impl Writer {
    /// Works until told to stop, then empties the queue.
    pub async fn run(self, mut waiting: mpsc::Receiver<Submission>, stop: CancellationToken) {
        let writer = Arc::new(self);
        let mut under_way = JoinSet::new();
        loop {
            let first = tokio::select! {
                biased;
                () = stop.cancelled(), if !waiting.is_closed() => {
                    // What is queued is still taken; what comes later is turned away.
                    waiting.close();
                    continue;
                }
                Some(ended) = under_way.join_next(), if !under_way.is_empty() => {
                    told(ended);
                    continue;
                }
                first = waiting.recv(), if under_way.len() < UNDER_WAY => first,
            };
            let Some(first) = first else { break };
            let mut size = first.readings.len();
            let mut submissions = vec![first];
            while size < GROUP
                && let Ok(next) = waiting.try_recv()
            {
                size += next.readings.len();
                submissions.push(next);
            }
            let writer = Arc::clone(&writer);
            under_way.spawn(async move { writer.store(submissions).await });
        }
        while let Some(ended) = under_way.join_next().await {
            told(ended);
        }
    }

    async fn store(&self, submissions: Vec<Submission>) {
        let mut group = Group::default();
        let mut replies = Vec::with_capacity(submissions.len());
        for Submission { readings, bound_to, reply } in submissions {
            group.add(readings, bound_to);
            replies.push(reply);
        }
        match self.attempt(&group).await {
            Ok(stored) => {
                self.live.publish(on_air(&stored.rows));
                for (reply, receipt) in replies.into_iter().zip(stored.receipts) {
                    // Who has gone away meanwhile is not answered; the readings are stored all the same.
                    let _ = reply.send(Ok(receipt));
                }
                if !stored.happenings.effects.is_empty() {
                    self.alerted.notify_one();
                }
            }
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    readings = group.len(),
                    "readings not stored"
                );
                metrics::counter!("healthcare_telemetry_groups_failed_total").increment(1);
                for reply in replies {
                    let _ = reply.send(Err(StoreError::Unavailable("the readings could not be stored".into())));
                }
            }
        }
    }

    async fn attempt(&self, group: &Group) -> Result<Stored, StoreError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let mut client = self.db.get().await?;
            let outcome: Result<Stored, tokio_postgres::Error> = async {
                let tx = client.transaction().await?;
                let stored = process(&tx, group, &self.settings.policy, self.clock.now()).await?;
                tx.commit().await?;
                Ok(stored)
            }
            .await;
            match outcome {
                Ok(stored) => return Ok(stored),
                // Deadlock or serialisation failure: somebody else was in the way.
                Err(error) if matches!(sqlstate(&error), Some("40001" | "40P01")) && attempt < ATTEMPTS => {}
                // A connection that died while idle: the next one is asked.
                Err(error) if error.is_closed() && attempt < 2 => drop(deadpool_postgres::Object::take(client)),
                Err(error) => return Err(unavailable(error)),
            }
        }
    }
}

/// A group that panicked leaves its senders without a receipt, and the way in as it was.
fn told(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(error = &error as &dyn std::error::Error, "a group of readings came to no end");
        metrics::counter!("healthcare_telemetry_groups_failed_total").increment(1);
    }
}
