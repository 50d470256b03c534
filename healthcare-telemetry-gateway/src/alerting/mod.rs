//! Bringing changes of alerts into the record: each once, in order for a patient, again after a crash.

mod sink;

pub use sink::{AlertSink, Told};

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use futures::{StreamExt, stream};
use healthcare_application::{
    App, CommandError, StoreError,
    access::{Call, Idempotency},
    alert::{ClearAlert, clear_alert, raise_alert},
    score::change_score,
};
use healthcare_domain::{
    alert::{AlertContent, AlertError},
    id::PatientId,
};
use healthcare_infrastructure::{
    database::{Database, unavailable},
    identity::ALERTS_OF,
};
use tokio::sync::Notify;
use tokio_postgres::types::{Json, ToSql};
use tokio_util::sync::CancellationToken;

use crate::monitor::Change;

/// What was left behind, e.g. by a node that died, is looked for this often.
const SWEEP: Duration = Duration::from_secs(1);

/// Patients whose changes are carried out at a time; each takes two connections.
const AT_ONCE: usize = 4;

/// Carries decided changes out as commands of the application.
pub struct Alerting {
    /// Where the changes wait.
    pub db: Database,
    /// What carries them out.
    pub app: App,
    /// Told of each alert that was raised, before its change is done with.
    pub sink: Option<Arc<dyn AlertSink>>,
}

impl Alerting {
    /// Works whenever it is notified, and sweeps, until told to stop.
    pub async fn run(self, woken: Arc<Notify>, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = woken.notified() => {}
                () = tokio::time::sleep(SWEEP) => {}
            }
            if let Err(error) = self.drain().await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "changes of alerts wait: they are tried again"
                );
                metrics::counter!("healthcare_alert_changes_failed_total").increment(1);
            }
        }
    }

    /// Carries out all that waits. What one patient's changes fail on does not hold up the others.
    ///
    /// # Errors
    /// The last failure; what failed stays and is tried again.
    pub async fn drain(&self) -> Result<(), StoreError> {
        let client = self.db.get().await?;
        let waiting = client
            .prepare_cached("select patient_id from telemetry.alert_change group by patient_id order by min(id)")
            .await
            .map_err(unavailable)?;
        let patients = client.query(&waiting, &[]).await.map_err(unavailable)?;
        drop(client);
        let patients: Vec<PatientId> = patients.iter().map(|row| PatientId(row.get(0))).collect();
        stream::iter(patients)
            .map(|patient| self.carry_out(patient))
            .buffer_unordered(AT_ONCE)
            .fold(Ok(()), async |so_far, one| one.and(so_far))
            .await
    }

    /// Carries out one patient's changes in order. The rows stay locked meanwhile, so that no other node does the
    /// same; a repeat after a crash is answered from the command log. That they are gone therefore need not reach the
    /// disk: the alerts themselves have. A merge that moves the rows waits until this is done ([`ALERTS_OF`]).
    async fn carry_out(&self, patient: PatientId) -> Result<(), StoreError> {
        let mut client = self.db.get().await?;
        let tx = client.transaction().await.map_err(unavailable)?;
        let changes = tx
            .prepare_cached(
                "select id, rule, change, received_at, trace from telemetry.alert_change where patient_id = $1
                 order by id for update",
            )
            .await
            .map_err(unavailable)?;
        let claim = tx.prepare_cached(ALERTS_OF).await.map_err(unavailable)?;
        let done = tx.prepare_cached("delete from telemetry.alert_change where id = $1").await.map_err(unavailable)?;
        let mut outcome = Ok(());
        let of_patient: [&(dyn ToSql + Sync); 1] = [&patient.0];
        let lazily = tx.batch_execute("set local synchronous_commit = off");
        let alone = vec![patient.0];
        let alone: [&(dyn ToSql + Sync); 1] = [&alone];
        // Sent in this order and run in this order.
        let ((), _, changes) = futures::try_join!(lazily, tx.query(&claim, &alone), tx.query(&changes, &of_patient))
            .map_err(unavailable)?;
        for row in changes {
            let id: i64 = row.get(0);
            let Json(change) = row.try_get::<_, Json<Change>>(2).map_err(unavailable)?;
            let waiting = Waiting { id, patient, rule: row.get(1), change, received_at: row.get(3), trace: row.get(4) };
            outcome = self.apply(waiting).await;
            if outcome.is_err() {
                break;
            }
            tx.execute(&done, &[&id]).await.map_err(unavailable)?;
        }
        tx.commit().await.map_err(unavailable)?;
        outcome
    }

    async fn apply(&self, waiting: Waiting) -> Result<(), StoreError> {
        let Waiting { id, patient, rule, change, received_at, trace } = waiting;
        let call = Call { traceparent: trace.clone(), ..self.call(id) };
        match change {
            Change::Raise { content } | Change::Worsen { content } => {
                let alert = raise_alert(&self.app, &call, content.clone()).await.map_err(cause)?;
                if !alert.replayed {
                    self.measure(&content, received_at);
                }
                if let Some(sink) = &self.sink {
                    sink.told(Told { change: id, alert: alert.id, content, trace }).await?;
                }
                Ok(())
            }
            Change::Clear => match clear_alert(&self.app, &call, ClearAlert { patient, rule }).await {
                // It was made worse meanwhile, and latches again: it is taken over from the record, and cleared later.
                Ok(_) | Err(CommandError::Refused(AlertError::Latched)) => Ok(()),
                Err(error) => Err(cause(error)),
            },
            Change::Score { content } => change_score(&self.app, &call, content).await.map(drop).map_err(cause),
        }
    }

    /// The call of one change: repeated under the same key after a crash, it is answered and not done again.
    fn call(&self, id: i64) -> Call {
        let idempotency = Idempotency { key: format!("alert-change-{id}"), request_hash: id.to_be_bytes().to_vec() };
        Call { idempotency: Some(idempotency), ..Call::system(self.app.clock.new_id()) }
    }

    fn measure(&self, content: &AlertContent, received_at: DateTime<Utc>) {
        let priority = match content.priority {
            healthcare_domain::alert::Priority::Low => "low",
            healthcare_domain::alert::Priority::Medium => "medium",
            healthcare_domain::alert::Priority::High => "high",
        };
        metrics::counter!("healthcare_alerts_raised_total", "priority" => priority).increment(1);
        if let Ok(took) = (self.app.clock.now() - received_at).to_std() {
            metrics::histogram!("healthcare_reading_to_alert_seconds").record(took.as_secs_f64());
        }
    }
}

/// A change that waits.
struct Waiting {
    id: i64,
    patient: PatientId,
    rule: String,
    change: Change,
    received_at: DateTime<Utc>,
    trace: Option<String>,
}

fn cause<E: std::error::Error + Send + Sync + 'static>(error: CommandError<E>) -> StoreError {
    match error {
        CommandError::Store(error) => error,
        other => StoreError::Unavailable(Box::new(other)),
    }
}
