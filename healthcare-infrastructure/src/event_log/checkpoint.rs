//! How far a consumer has read. It moves in the transaction of the effects, and only for who owns it.

use deadpool_postgres::GenericClient;
use healthcare_application::StoreError;

use super::consumer::Start;
use crate::database::unavailable;

/// A consumer's place in the log, as its owner holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// The tick read to.
    pub tick: i64,
    /// Rises with each owner: a former owner's writes fail.
    pub fence: i64,
}

impl Checkpoint {
    /// Makes sure that a consumer has a checkpoint for each of its parts.
    ///
    /// # Errors
    /// When it was started with another number of parts before, or the database does not answer.
    pub async fn ensure(client: &impl GenericClient, name: &str, parts: i32, start: Start) -> Result<(), StoreError> {
        let tick = match start {
            Start::Beginning => "0",
            Start::Now => "(select tick_id from es.tick order by tick_id desc limit 1)",
        };
        let sql = format!(
            "insert into es.checkpoint (name, part, tick_id) select $1, part, {tick} from generate_series(0, $2 - 1) part
             where not exists (select 1 from es.checkpoint where name = $1) on conflict (name, part) do nothing"
        );
        client.execute(&sql, &[&name, &parts]).await.map_err(unavailable)?;
        let row = client
            .query_one("select count(*)::int from es.checkpoint where name = $1", &[&name])
            .await
            .map_err(unavailable)?;
        let there: i32 = row.get(0);
        if there == parts {
            Ok(())
        } else {
            let says = format!("the consumer {name} was started with {there} parts and now has {parts}; rename it");
            Err(StoreError::Damaged(says.into()))
        }
    }

    /// Takes it over: whoever owned it until now cannot move it any more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn claim(client: &impl GenericClient, name: &str, part: i32) -> Result<Self, StoreError> {
        let row = client
            .query_one(
                "update es.checkpoint set fence = fence + 1, updated_at = clock_timestamp()
                 where name = $1 and part = $2 returning tick_id, fence",
                &[&name, &part],
            )
            .await
            .map_err(unavailable)?;
        Ok(Self { tick: row.get(0), fence: row.get(1) })
    }

    /// Locks it until the end of the transaction. `false` when somebody else owns it by now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn hold(self, tx: &impl GenericClient, name: &str, part: i32) -> Result<bool, StoreError> {
        let statement = tx
            .prepare_cached(
                "select from es.checkpoint where name = $1 and part = $2 and tick_id = $3 and fence = $4 for update",
            )
            .await
            .map_err(unavailable)?;
        let found = tx.query_opt(&statement, &[&name, &part, &self.tick, &self.fence]).await.map_err(unavailable)?;
        Ok(found.is_some())
    }

    /// Moves it. `false` when somebody else owns it by now: roll back then. `lazily` where the transaction holds
    /// nothing that cannot be had again: it need not reach the disk at once.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn advance(
        self,
        client: &impl GenericClient,
        name: &str,
        part: i32,
        to: i64,
        lazily: bool,
    ) -> Result<bool, StoreError> {
        let statement = client
            .prepare_cached(
                "update es.checkpoint set tick_id = $5, updated_at = clock_timestamp()
                 where name = $1 and part = $2 and tick_id = $3 and fence = $4
                 returning case when $6 then set_config('synchronous_commit', 'off', true) end",
            )
            .await
            .map_err(unavailable)?;
        let moved = client
            .query_opt(&statement, &[&name, &part, &self.tick, &self.fence, &to, &lazily])
            .await
            .map_err(unavailable)?;
        Ok(moved.is_some())
    }
}
