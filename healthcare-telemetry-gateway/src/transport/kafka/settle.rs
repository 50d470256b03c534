//! A batch of messages to its effect, in one transaction with the positions.

use std::collections::BTreeMap;

use healthcare_application::{StoreError, live::LiveVital};
use healthcare_infrastructure::database::{Database, sqlstate};
use rdkafka::error::KafkaError;

use super::{
    Backbone, dead, derived,
    position::{self, Positions},
    raw::{NotAReading, Raw},
};
use crate::{
    ingest::{Group, Settings, Stored, process},
    on_air::on_air,
};

/// How often a batch is tried when others are in its way.
const ATTEMPTS: usize = 5;

/// A message as it came.
#[derive(Debug, Clone)]
pub(super) struct Incoming {
    pub part: i32,
    pub offset: i64,
    pub key: Vec<u8>,
    pub payload: Vec<u8>,
    pub trace: Option<String>,
}

/// Why a batch had no effect. It has none by halves.
#[derive(Debug, thiserror::Error)]
pub(super) enum Halt {
    /// Another reader holds the partition by now.
    #[error("another reader holds a partition")]
    Fenced,
    /// The broker.
    #[error("Kafka refuses")]
    Kafka(#[from] KafkaError),
    /// The record cannot be reached.
    #[error(transparent)]
    Record(#[from] StoreError),
    /// The database refuses.
    #[error("the database refuses")]
    Database(#[from] tokio_postgres::Error),
}

/// What brings messages to their effect.
pub(super) struct Settlement<'a> {
    pub db: &'a Database,
    pub settings: &'a Settings,
    pub backbone: &'a Backbone,
    pub clock: &'a dyn healthcare_application::clock::Clock,
}

/// What became of a batch.
#[derive(Default)]
pub(super) struct Settled {
    pub stored: u64,
    pub duplicates: u64,
    pub alerts: bool,
    pub shown: Vec<LiveVital>,
}

impl Settlement<'_> {
    /// Processes a batch and moves the positions behind it. A message that the store does not take however often it
    /// is tried is found by taking each alone, and put aside.
    pub async fn settle(&self, batch: &[Incoming], positions: &mut Positions) -> Result<Settled, Halt> {
        match self.attempt(batch, positions, None).await {
            Err(Halt::Database(error)) if is_of_the_data(&error) => {}
            other => return other,
        }
        let mut all = Settled::default();
        for one in batch {
            let one = std::slice::from_ref(one);
            let settled = match self.attempt(one, positions, None).await {
                Err(Halt::Database(error)) if is_of_the_data(&error) => {
                    let state = sqlstate(&error).unwrap_or_default().to_owned();
                    self.attempt(one, positions, Some(NotAReading::Store(state))).await?
                }
                other => other?,
            };
            all.stored += settled.stored;
            all.duplicates += settled.duplicates;
            all.alerts |= settled.alerts;
            all.shown.extend(settled.shown);
        }
        Ok(all)
    }

    async fn attempt(
        &self,
        batch: &[Incoming],
        positions: &mut Positions,
        aside: Option<NotAReading>,
    ) -> Result<Settled, Halt> {
        let mut next = BTreeMap::new();
        let (mut readings, mut dead) = (vec![], vec![]);
        let mut aside = aside;
        for (index, message) in batch.iter().enumerate() {
            next.insert(message.part, message.offset + 1);
            let read = match aside.take() {
                Some(reason) => Err(reason),
                None => Raw::read(&message.payload, index, message.trace.clone(), &self.settings.clock),
            };
            match read {
                Ok(reading) => readings.push(reading),
                Err(reason) => dead.push((message, reason)),
            }
        }
        let mut group = Group::default();
        group.add(readings, None);
        let (mut attempt, unread) = (0, dead.len());
        let stored = loop {
            attempt += 1;
            dead.truncate(unread);
            match self.commit(&group, &mut dead, batch, positions, &next).await {
                // Deadlock or serialisation failure: somebody else was in the way.
                Err(Halt::Database(error))
                    if matches!(sqlstate(&error), Some("40001" | "40P01")) && attempt < ATTEMPTS => {}
                // A connection that died while idle: the next one is asked.
                Err(Halt::Database(error)) if error.is_closed() && attempt < 2 => {}
                other => break other?,
            }
        };
        positions.extend(next);
        for (message, reason) in &dead {
            dead::say(message, reason);
        }
        let receipt = stored.receipts.first().cloned().unwrap_or_default();
        Ok(Settled {
            stored: receipt.accepted,
            duplicates: receipt.duplicates,
            alerts: !stored.happenings.effects.is_empty(),
            shown: on_air(&stored.rows),
        })
    }

    /// The position first, so that a reader that is out of date stops before it has said anything; the topics behind
    /// before the commit, so that none of their messages is lost.
    async fn commit<'m>(
        &self,
        group: &Group,
        dead: &mut Vec<(&'m Incoming, NotAReading)>,
        batch: &'m [Incoming],
        from: &Positions,
        to: &Positions,
    ) -> Result<Stored, Halt> {
        let topics = &self.backbone.topics;
        let mut client = self.db.get().await?;
        let tx = client.transaction().await?;
        if !position::advance(&tx, &topics.raw, from, to).await? {
            return Err(Halt::Fenced);
        }
        let mut stored = process(&tx, group, &self.settings.policy, self.clock.now()).await?;
        // A device that is not registered here: the message is not of our door.
        for refused in stored.receipts.iter_mut().flat_map(|receipt| receipt.refused.drain(..)) {
            if let Some(message) = batch.get(refused.index) {
                dead.push((message, NotAReading::Refused(refused.reason)));
            }
        }
        let mut outgoing = derived::messages(&stored, topics);
        outgoing.extend(dead.iter().map(|(message, reason)| dead::message(message, reason, topics)));
        self.backbone.producer.deliver(outgoing).await?;
        tx.commit().await?;
        Ok(stored)
    }
}

/// Whether trying again would fail the same way: a value the database does not take (SQLSTATE classes 22 and 23).
fn is_of_the_data(error: &tokio_postgres::Error) -> bool {
    sqlstate(error).is_some_and(|state| state.starts_with("22") || state.starts_with("23"))
}
