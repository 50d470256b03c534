//! `alert`, behind `fact_alert`.

use deadpool_postgres::Transaction;
use healthcare_application::store::Recorded;
use healthcare_domain::alert::AlertEvent;

use super::{Reporting, text_of, utc};
use crate::event_log::ConsumeError;

const RAISED: &str = "insert into {}.alert
    (alert_key, patient_key, rule, rule_version, priority, status, raised_at, raised_on, last_changed_at)
    values ($1, $2, $3, $4, $5, 'active', $6, $7, clock_timestamp() at time zone 'utc')";

const WORSENED: &str = "update {}.alert set priority = $2, rule_version = $3, status = 'active', cleared_at = null,
    last_changed_at = clock_timestamp() at time zone 'utc' where alert_key = $1";

const ACKNOWLEDGED: &str = "update {}.alert set status = 'acknowledged',
    acknowledged_at = coalesce(acknowledged_at, $2), last_changed_at = clock_timestamp() at time zone 'utc'
    where alert_key = $1";

const ESCALATED: &str = "update {}.alert set escalations = escalations + 1, highest_rung = greatest(highest_rung, $2),
    last_changed_at = clock_timestamp() at time zone 'utc' where alert_key = $1";

const CLEARED: &str = "update {}.alert set status = 'cleared', cleared_at = $2,
    last_changed_at = clock_timestamp() at time zone 'utc' where alert_key = $1";

impl Reporting {
    pub(super) async fn alert(
        &self,
        tx: &Transaction<'_>,
        event: &Recorded,
        what: &AlertEvent,
    ) -> Result<(), ConsumeError> {
        let key = self.key.key(event.stream_id);
        match what {
            AlertEvent::AlertRaised { content, at } => {
                let (patient, priority) = (self.key.key(content.patient.0), text_of(&content.priority));
                let (rule, version) = (&content.rule, &content.rule_version);
                self.write(tx, RAISED, &[&key, &patient, rule, version, &priority, &utc(*at), &self.day(*at)]).await
            }
            AlertEvent::AlertWorsened { content, .. } => {
                self.write(tx, WORSENED, &[&key, &text_of(&content.priority), &content.rule_version]).await
            }
            AlertEvent::AlertAcknowledged { at, .. } => self.write(tx, ACKNOWLEDGED, &[&key, &utc(*at)]).await,
            AlertEvent::AlertEscalated { rung, .. } => self.write(tx, ESCALATED, &[&key, &i32::from(rung.0)]).await,
            AlertEvent::AlertCleared { at } => self.write(tx, CLEARED, &[&key, &utc(*at)]).await,
        }
    }
}
