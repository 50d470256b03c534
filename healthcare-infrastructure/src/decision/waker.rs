//! Tells when suggestions that were put off are shown again.

use std::time::Duration;

use healthcare_application::{App, CommandError, StoreError, suggestion::return_suggestion};
use healthcare_domain::id::SuggestionId;
use tokio_util::sync::CancellationToken;

use crate::database::{Database, unavailable};

/// How long it sleeps at most: a suggestion is shown again by the clock; this only wakes who follows live.
const LONGEST_SLEEP: Duration = Duration::from_secs(10);
/// The shortest sleep, so that a row that cannot be taken care of does not spin.
const SHORTEST_SLEEP: Duration = Duration::from_millis(500);
/// How many are taken at once.
const AT_ONCE: i64 = 100;

/// Ends what was put off. Any number may run: what two of them do at once, the streams let only one do.
pub struct SuggestionWaker {
    app: App,
    db: Database,
}

impl SuggestionWaker {
    /// A worker over these.
    pub fn new(app: App, db: Database) -> Self {
        Self { app, db }
    }

    /// Runs until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let sleep = match self.pass().await {
                Ok(until_next) => until_next.clamp(SHORTEST_SLEEP, LONGEST_SLEEP),
                Err(error) => {
                    tracing::error!(%error, "suggestions that were put off cannot be ended; it is tried again");
                    LONGEST_SLEEP
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(sleep) => {}
            }
        }
    }

    /// Ends all that is due, and answers how long it is until the next.
    async fn pass(&self) -> Result<Duration, StoreError> {
        let client = self.db.get().await?;
        let due = client
            .prepare_cached("select suggestion_id from wf.snoozed where until <= $1 order by until limit $2")
            .await
            .map_err(unavailable)?;
        let rows = client.query(&due, &[&self.app.clock.now(), &AT_ONCE]).await.map_err(unavailable)?;
        drop(client);
        let mut soonest = SHORTEST_SLEEP;
        for row in &rows {
            let id = SuggestionId(row.get(0));
            match return_suggestion(&self.app, id).await {
                Ok(_) => {}
                Err(CommandError::Store(error @ StoreError::Unavailable(_))) => return Err(error),
                // It stays due, and the others are not kept from theirs.
                Err(error) => {
                    tracing::warn!(suggestion.id = %id, %error, "a suggestion does not come back");
                    soonest = LONGEST_SLEEP;
                }
            }
        }
        let client = self.db.get().await?;
        let next = client.prepare_cached("select min(until) from wf.snoozed").await.map_err(unavailable)?;
        let at: Option<chrono::DateTime<chrono::Utc>> = client.query_one(&next, &[]).await.map_err(unavailable)?.get(0);
        let wait = at.map(|at| (at - self.app.clock.now()).to_std().unwrap_or(SHORTEST_SLEEP));
        Ok(wait.unwrap_or(LONGEST_SLEEP).max(soonest))
    }
}
