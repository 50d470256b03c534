//! `rule_finding`, behind `fact_rule_finding`.

use deadpool_postgres::Transaction;
use healthcare_application::store::Recorded;
use healthcare_domain::suggestion::SuggestionEvent;

use super::{Reporting, text_of, utc};
use crate::event_log::ConsumeError;

const RAISED: &str = "insert into {}.rule_finding
    (finding_key, rule, rule_version, severity, ward, status, raised_at, raised_on, last_changed_at)
    values ($1, $2, $3, $4, (select e.ward from {}.encounter e where e.patient_key = $5 and e.status = 'in-progress'
        order by e.started_at desc, e.encounter_key limit 1), 'open', $6, $7, clock_timestamp() at time zone 'utc')
    on conflict (finding_key) do nothing";

const ANSWERED: &str = "update {}.rule_finding set status = $2, answered_at = $3, answered_role = $4,
    last_changed_at = clock_timestamp() at time zone 'utc' where finding_key = $1";

const SNOOZED: &str = "update {}.rule_finding set snoozes = snoozes + 1,
    last_changed_at = clock_timestamp() at time zone 'utc' where finding_key = $1";

impl Reporting {
    pub(super) async fn suggestion(
        &self,
        tx: &Transaction<'_>,
        event: &Recorded,
        what: &SuggestionEvent,
    ) -> Result<(), ConsumeError> {
        let key = self.key.key(event.stream_id);
        let at = utc(event.occurred_at);
        let role = Some(event.meta.role.clone());
        let answered = |status: &'static str, role: Option<String>| async move {
            self.write(tx, ANSWERED, &[&key, &status, &at, &role]).await
        };
        match what {
            SuggestionEvent::SuggestionRaised { content, at } => {
                let patient = self.key.key(event.patient.unwrap_or(content.patient).0);
                let severity = text_of(&content.severity);
                let (rule, version) = (&content.rule, &content.rule_version);
                self.write(tx, RAISED, &[&key, rule, version, &severity, &patient, &utc(*at), &self.day(*at)]).await
            }
            SuggestionEvent::SuggestionAccepted { .. } => answered("accepted", role).await,
            SuggestionEvent::SuggestionOverridden { .. } => answered("overridden", role).await,
            SuggestionEvent::SuggestionWithdrawn { .. } => answered("withdrawn", None).await,
            SuggestionEvent::SuggestionSnoozed { .. } => self.write(tx, SNOOZED, &[&key]).await,
            // It is shown again; nothing is counted by it.
            SuggestionEvent::SuggestionReturned { .. } => Ok(()),
        }
    }
}
