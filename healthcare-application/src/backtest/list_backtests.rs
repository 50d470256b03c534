//! The backtests there are.

use uuid::Uuid;

use super::model::{BacktestFilter, BacktestList, StoredBacktest};
use crate::{
    App, QueryError,
    access::{Call, Permission},
    order::Direction,
};

/// A page of the backtests, without their samples.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn list_backtests(
    app: &App,
    call: &Call,
    filter: &BacktestFilter,
    behind: (Option<Uuid>, Direction),
    limit: u16,
) -> Result<BacktestList, QueryError> {
    let permit = app.authorise(call, Permission::ReadRuleMetrics, None).await?;
    let mut stored = app.read.backtests(&permit, filter, behind, limit.saturating_add(1)).await?;
    let more = stored.len() > usize::from(limit);
    stored.truncate(usize::from(limit));
    let next_cursor = stored.last().filter(|_| more).map(|last| last.asked.id.to_string());
    Ok(BacktestList { items: stored.iter().map(StoredBacktest::shown).collect(), next_cursor })
}
