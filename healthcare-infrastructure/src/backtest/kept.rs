//! `governance.backtest`.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use healthcare_application::{
    Permit, StoreError,
    backtest::{
        Alerted, AlertedPaging, BacktestFilter, BacktestModel, BacktestState, Progress, RequestedBacktest,
        StoredBacktest,
    },
    order::Direction,
};
use healthcare_domain::id::AccountId;
use tokio_postgres::Row;
use uuid::Uuid;

use super::alerted;
use crate::{
    audit::answered,
    database::unavailable,
    views::{PgReadModel, order},
};

/// The columns that [`stored`] reads.
pub(super) const COLUMNS: &str = "id, requested_by, requested_at, request, state, started_at, ended_at, patients_done,
    patients_total, events, tally, error, patients_kept";

/// Reads a row of [`COLUMNS`].
pub(super) fn stored(row: &Row) -> Result<StoredBacktest, StoreError> {
    let damaged = |e: serde_json::Error| StoreError::Damaged(Box::new(e));
    let count = |n: i64| u64::try_from(n).unwrap_or_default();
    let state: &str = row.get(4);
    Ok(StoredBacktest {
        asked: RequestedBacktest {
            id: row.get(0),
            by: AccountId(row.get(1)),
            at: row.get(2),
            request: serde_json::from_str(row.get(3)).map_err(damaged)?,
        },
        state: BacktestState::parse(state)
            .ok_or_else(|| StoreError::Damaged("a backtest stands where none can".into()))?,
        started_at: row.get(5),
        ended_at: row.get(6),
        progress: Progress {
            patients_done: count(row.get(7)),
            patients_total: row.get::<_, Option<i64>>(8).map(count),
            events: count(row.get(9)),
        },
        tally: row.get::<_, Option<&str>>(10).map(serde_json::from_str).transpose().map_err(damaged)?,
        error: row.get(11),
        patients_kept: row.get(12),
    })
}

#[async_trait]
impl BacktestModel for PgReadModel {
    async fn queue_backtest(&self, _permit: &Permit, asked: &RequestedBacktest) -> Result<(), StoreError> {
        let request = serde_json::to_string(&asked.request).map_err(|e| StoreError::Damaged(Box::new(e)))?;
        let client = self.db.get().await?;
        let queue = "insert into governance.backtest (id, requested_by, requested_at, request, state)
            values ($1, $2, $3, $4, 'queued') on conflict (id) do nothing";
        client.execute(queue, &[&asked.id, &asked.by.0, &asked.at, &request]).await.map_err(unavailable)?;
        Ok(())
    }

    async fn backtest(&self, permit: &Permit, id: Uuid) -> Result<Option<StoredBacktest>, StoreError> {
        answered(permit, async {
            let client = self.db.get().await?;
            let sql = format!("select {COLUMNS} from governance.backtest where id = $1");
            client.query_opt(&sql, &[&id]).await.map_err(unavailable)?.as_ref().map(stored).transpose()
        })
        .await
    }

    async fn backtests(
        &self,
        permit: &Permit,
        filter: &BacktestFilter,
        (after, direction): (Option<Uuid>, Direction),
        limit: u16,
    ) -> Result<Vec<StoredBacktest>, StoreError> {
        answered(permit, async {
            let client = self.db.get().await?;
            let sql = format!(
                "select {COLUMNS} from governance.backtest
                 where ($1::uuid is null or (requested_at, id) {behind} (select requested_at, id from governance.backtest where id = $1))
                     and ($3::text is null or state = $3) and ($4::text is null or request::jsonb #>> '{{candidate,id}}' = $4)
                     and ($5::uuid is null or requested_by = $5)
                 order by requested_at {way}, id {way} limit $2",
                behind = order::behind(direction),
                way = order::way(direction),
            );
            let BacktestFilter { state, rule, requested_by } = filter;
            let (state, by) = (state.map(BacktestState::as_str), requested_by.map(|by| by.0));
            let rows = client.query(&sql, &[&after, &i64::from(limit), &state, rule, &by]).await.map_err(unavailable)?;
            rows.iter().map(stored).collect()
        })
        .await
    }

    async fn alerted(&self, permit: &Permit, id: Uuid, paging: &AlertedPaging) -> Result<Vec<Alerted>, StoreError> {
        answered(permit, alerted::read(&self.db, id, paging)).await
    }

    async fn open_backtests(&self, _permit: &Permit) -> Result<u64, StoreError> {
        let client = self.db.get().await?;
        let sql = "select count(*) from governance.backtest where state in ('queued', 'running')";
        let open: i64 = client.query_one(sql, &[]).await.map_err(unavailable)?.get(0);
        Ok(u64::try_from(open).unwrap_or_default())
    }

    async fn cancel_backtest(&self, _permit: &Permit, id: Uuid, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let client = self.db.get().await?;
        let cancel = "update governance.backtest set state = 'cancelled', ended_at = $2, resume_after = null
            where id = $1 and state in ('queued', 'running')";
        Ok(client.execute(cancel, &[&id, &at]).await.map_err(unavailable)? == 1)
    }
}
