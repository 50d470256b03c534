//! Follows the log and has patients reviewed when something happened that a rule listens to.

use async_trait::async_trait;
use healthcare_application::{
    App,
    decision::{ENDS_FACTS, Occasion, is_hook, review_patient},
    store::Recorded,
};
use healthcare_domain::id::PatientId;
use healthcare_dss::Trigger;
use moka::sync::Cache;

use crate::event_log::{ConsumeError, Consumer};

/// Patients whose latest review is remembered.
const REMEMBERED: u64 = 100_000;

/// Has patients reviewed. A review looks at the patient as they are now, so that of a burst of events (an import, a
/// panel of results) the first brings the review and the others, which that review has seen, bring none.
///
/// A review stores its effect by itself, under an identity that follows from the event: done again after a crash it
/// changes nothing.
pub struct Reviewer {
    app: App,
    /// The snapshot of each patient's latest review.
    seen: Cache<PatientId, String>,
}

impl Reviewer {
    /// A reviewer with the rules of this application.
    pub fn new(app: App) -> Self {
        Self { app, seen: Cache::new(REMEMBERED) }
    }
}

#[async_trait]
impl Consumer for Reviewer {
    fn name(&self) -> &'static str {
        "dss.review"
    }

    fn wants(&self, event_type: &str) -> bool {
        // By the rules of now, in force or in the shadow: they may have changed since this began.
        ENDS_FACTS.contains(&event_type)
            || (!is_hook(event_type) && self.app.rules.at(self.app.clock.now()).listens_to(Trigger(event_type)))
    }

    async fn handle(&self, tx: &deadpool_postgres::Transaction<'_>, event: &Recorded) -> Result<(), ConsumeError> {
        let Some(patient) = event.patient else { return Ok(()) };
        let held = tx.prepare_cached("select es.survivor_of($1)").await?;
        let patient = PatientId(tx.query_one(&held, &[&patient.0]).await?.get(0));
        if let Some(snapshot) = self.seen.get(&patient) {
            let statement = tx
                .prepare_cached(
                    "select pg_visible_in_snapshot(xid, $3::text::pg_snapshot)
                     from es.event where stream_id = $1 and version = $2",
                )
                .await?;
            if tx.query_one(&statement, &[&event.stream_id, &event.version, &snapshot]).await?.get(0) {
                return Ok(());
            }
        }
        let reviewed = review_patient(&self.app, patient, Occasion::Event(event)).await?;
        if reviewed.snapshot.is_empty() {
            // Nothing is known of the patient (yet): the registration comes by itself.
            return Ok(());
        }
        self.seen.insert(patient, reviewed.snapshot);
        Ok(())
    }
}
