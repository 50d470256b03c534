//! Calls a backtest off.

use uuid::Uuid;

use super::request_backtest::{BacktestRefused, answer};
use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::replay,
};

/// Calls off a backtest that waits or runs; what it has counted so far is not shown.
///
/// # Errors
/// When the caller may not, there is no such backtest, it is over, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(backtest.id = %id))]
pub async fn cancel_backtest(app: &App, call: &Call, id: Uuid) -> Result<Committed, CommandError<BacktestRefused>> {
    let permit = app.authorise(call, Permission::BacktestRules, None).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    if app.read.backtest(&permit, id).await?.is_none() {
        return Err(CommandError::Refused(BacktestRefused::Unknown));
    }
    if !app.read.cancel_backtest(&permit, id, app.clock.now()).await? {
        return Err(CommandError::Refused(BacktestRefused::Over));
    }
    let committed = Committed { id, version: 2, extra: None, replayed: false };
    answer(app, &permit, call, committed).await.map_err(CommandError::Store)
}
