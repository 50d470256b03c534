//! Firing one timer.

use chrono::{DateTime, Utc};
use deadpool_postgres::Transaction;
use healthcare_application::{StoreError, alert::escalate_alert, clock::Clock, transact::Loaded};
use healthcare_domain::{
    EventSourced,
    alert::{Alert, AlertError, AlertEvent, Rung},
    id::AlertId,
};

use crate::{
    database::unavailable,
    event_store::{PgEventStore, append_in, prepare, stream},
};

/// What became of a timer that was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Firing {
    /// The next rung was told.
    Escalated(AlertId, Rung),
    /// The alert was answered or is over: there was nothing to tell.
    Void(AlertId),
}

const CLAIM: &str = "select timer_id, alert_id, rung, wf.now() from wf.timer
    where state = 'armed' and due_at <= (select wf.now())
    order by due_at limit 1 for update skip locked";
const FIRED: &str = "update wf.timer set state = 'fired', ended_at = clock_timestamp() where timer_id = $1";
const VOID: &str = "update wf.timer set state = 'cancelled', ended_at = clock_timestamp() where timer_id = $1";
const PUT_OFF: &str = "update wf.timer set due_at = wf.now() + make_interval(secs => $2)
    where timer_id = $1 and state = 'armed'";

/// A timer in hand.
struct Claimed {
    timer: i64,
    alert: AlertId,
    rung: Rung,
    now: DateTime<Utc>,
}

/// Fires the timer that has been due longest, if there is one that no other worker has in hand. All of it is one
/// transaction: the claim, the look at the alert, the event with its notification and the next timer, the end of this
/// one. A worker that dies in between has done nothing, and the timer is due for the next.
///
/// # Errors
/// When the record cannot be reached or read, or somebody changed the alert meanwhile ([`StoreError::Conflict`]). No
/// rung was told then and the timer stays armed; what failed for another reason than a conflict is put off a little, so
/// that one alert that cannot be escalated does not hold up the others.
pub async fn fire_one(store: &PgEventStore, clock: &dyn Clock) -> Result<Option<Firing>, StoreError> {
    let mut client = store.database().get().await?;
    let tx = client.transaction().await.map_err(unavailable)?;
    let claim = tx.prepare_cached(CLAIM).await.map_err(unavailable)?;
    let Some(row) = tx.query_opt(&claim, &[]).await.map_err(unavailable)? else { return Ok(None) };
    let claimed = Claimed { timer: row.get(0), alert: AlertId(row.get(1)), rung: Rung(row.get(2)), now: row.get(3) };
    let failed = match fire(store, clock, &tx, &claimed).await {
        Ok(firing) => return tx.commit().await.map(|()| Some(firing)).map_err(unavailable),
        Err(StoreError::Conflict) => return Err(StoreError::Conflict),
        Err(failed) => failed,
    };
    drop(tx);
    drop(client);
    let seconds: f64 = if matches!(failed, StoreError::Damaged(_)) { 60.0 } else { 1.0 };
    let client = store.database().get().await?;
    client.execute(PUT_OFF, &[&claimed.timer, &seconds]).await.map_err(unavailable)?;
    Err(failed)
}

/// What is done in the transaction.
async fn fire(
    store: &PgEventStore,
    clock: &dyn Clock,
    tx: &Transaction<'_>,
    claimed: &Claimed,
) -> Result<Firing, StoreError> {
    let end = async |sql: &str| {
        let statement = tx.prepare_cached(sql).await.map_err(unavailable)?;
        tx.execute(&statement, &[&claimed.timer]).await.map_err(unavailable)
    };
    let Claimed { alert, rung, now, .. } = *claimed;
    let loaded = fold(stream(tx, store.codec(), Alert::STREAM, alert.0).await?)?;
    match escalate_alert(alert, &loaded, rung, now, clock.new_id()) {
        Ok(commit) => {
            // Ended before the event is stored, for the event arms the next one.
            end(FIRED).await?;
            append_in(tx, &prepare(store.codec(), &commit).await?, &commit).await?;
            Ok(Firing::Escalated(alert, rung))
        }
        Err(
            AlertError::AlreadyAcknowledged
            | AlertError::Cleared
            | AlertError::Unraised
            | AlertError::NotTheNextRung
            | AlertError::AlreadyRaised
            | AlertError::Latched,
        ) => {
            end(VOID).await?;
            Ok(Firing::Void(alert))
        }
    }
}

/// The alert as its stream says.
fn fold(recorded: Vec<healthcare_application::store::Recorded>) -> Result<Loaded<Alert>, StoreError> {
    let mut loaded = Loaded { state: Alert::default(), version: 0, patient: None, holder: None };
    for one in recorded {
        let event = AlertEvent::try_from(one.event).map_err(|e| StoreError::Damaged(Box::new(e)))?;
        loaded.state.apply(&event);
        loaded.version = one.version;
        loaded.patient = loaded.patient.or(one.patient);
    }
    Ok(loaded)
}
