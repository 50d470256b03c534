//! Taking readings in: concurrent batches become one group, stored, scored and judged in one transaction. A batch is
//! answered when it is durable, and not before.

pub mod charted;
pub mod clockwork;
pub mod follow;
mod group;
pub mod profile;
pub mod roll_up;
mod writer;

pub use group::{Group, Stored, process};

use std::sync::Arc;

use healthcare_application::{StoreError, clock::Clock};
use healthcare_domain::id::DeviceId;
use healthcare_infrastructure::{database::Database, live::LiveVitals};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::{
    alert::Policy,
    enrich::{Assignments, Enriched, enrich},
    normalise::{ClockBounds, DeviceRef, Normalised, Refusal},
    pipeline::{Refused, normalise_all},
    reading::Reading,
};

/// Batches that may wait for the writer; further callers wait at the door.
const WAITING: usize = 256;

/// The gateway's settings.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// When it alarms.
    pub policy: Policy,
    /// How far device clocks may stray.
    pub clock: ClockBounds,
}

/// What a batch came to, when it is durable.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Receipt {
    /// Readings stored.
    pub accepted: u64,
    /// Readings that were stored before, or twice in the batch.
    pub duplicates: u64,
    /// Readings refused.
    pub refused: Vec<Refused>,
}

impl Receipt {
    /// Counts what was refused, by its reason.
    pub(crate) fn count_refused(&self) {
        for Refused { reason, .. } in &self.refused {
            metrics::counter!("healthcare_telemetry_refused_total", "reason" => reason.reason()).increment(1);
        }
    }
}

/// The way in. Cheap to clone.
#[derive(Clone)]
pub struct Ingest {
    queue: mpsc::Sender<Submission>,
    clock: Arc<dyn Clock>,
    settings: Arc<Settings>,
}

/// A batch on its way to the writer.
struct Submission {
    readings: Vec<Normalised>,
    /// The one device whose readings the caller may submit, if bound to one.
    bound_to: Option<DeviceId>,
    reply: oneshot::Sender<Result<Receipt, StoreError>>,
}

impl Ingest {
    /// Starts the writer. It ends, with all that it has begun answered, when `stop` is cancelled and the queue is
    /// empty. After each group `live` is told of it, and `alerted` of changes of alerts.
    pub fn start(
        db: Database,
        clock: Arc<dyn Clock>,
        settings: Settings,
        alerted: Arc<tokio::sync::Notify>,
        live: LiveVitals,
        stop: CancellationToken,
    ) -> (Self, tokio::task::JoinHandle<()>) {
        let (queue, waiting) = mpsc::channel(WAITING);
        let settings = Arc::new(settings);
        let writer = writer::Writer { db, clock: Arc::clone(&clock), settings: Arc::clone(&settings), alerted, live };
        let task = tokio::spawn(writer.run(waiting, stop));
        (Self { queue, clock, settings }, task)
    }

    /// Takes a batch. Answers when its readings are durable. A device's token is bound to that device.
    ///
    /// # Errors
    /// When the store cannot take it: nothing of it is acknowledged then, and it may be sent again as it is.
    #[tracing::instrument(skip_all, fields(readings = readings.len()))]
    pub async fn submit(
        &self,
        readings: &[Reading],
        bound_to: Option<DeviceId>,
        trace: Option<&str>,
    ) -> Result<Receipt, StoreError> {
        let (mut readings, mut refused) = normalise_all(readings, self.clock.now(), &self.settings.clock);
        for reading in &mut readings {
            reading.trace = trace.map(str::to_owned);
        }
        let mut receipt = Receipt::default();
        if !readings.is_empty() {
            let (reply, answer) = oneshot::channel();
            let submission = Submission { readings, bound_to, reply };
            self.queue.send(submission).await.map_err(|_| stopping())?;
            receipt = answer.await.map_err(|_| stopping())??;
        }
        receipt.refused.append(&mut refused);
        receipt.refused.sort_by_key(|refused| refused.index);
        receipt.count_refused();
        metrics::counter!("healthcare_telemetry_rows_total").increment(receipt.accepted);
        metrics::counter!("healthcare_telemetry_duplicates_total").increment(receipt.duplicates);
        Ok(receipt)
    }
}

fn stopping() -> StoreError {
    StoreError::Unavailable("the gateway is stopping".into())
}

/// A reading with its device and patient, if who sent it may submit for that device. A sender that is bound to a
/// device is not told whether another one exists.
pub(crate) fn admit(
    reading: Normalised,
    bound_to: Option<DeviceId>,
    assignments: &Assignments,
) -> Result<Enriched, Refusal> {
    if let (DeviceRef::Id(named), Some(own)) = (&reading.device, bound_to)
        && *named != own
    {
        return Err(Refusal::ForeignDevice);
    }
    let row = enrich(reading, assignments)?;
    if bound_to.is_some_and(|own| own != row.device) { Err(Refusal::ForeignDevice) } else { Ok(row) }
}
