//! Of whom a backtest's versions would have alerted.

use uuid::Uuid;

use super::{
    alerted::{Alerted, AlertedList, AlertedPaging},
    get_backtest::charts,
    model::BacktestState,
};
use crate::{
    App, QueryError,
    access::{Call, Permission},
};

/// A page of the patients of whom the candidate or the baseline would have alerted, by the day of their first alert, once
/// the backtest is done. Who it is, is shown of those whose chart the caller may read, and is on record as shown; of the
/// others there is a pseudonym.
///
/// # Errors
/// When the caller may not, there is no such backtest, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(backtest.id = %id))]
pub async fn list_backtest_patients(
    app: &App,
    call: &Call,
    id: Uuid,
    paging: &AlertedPaging,
) -> Result<AlertedList, QueryError> {
    let permit = app.authorise(call, Permission::ReadRuleMetrics, None).await?;
    let stored = app.read.backtest(&permit, id).await?.ok_or(QueryError::NotFound)?;
    if stored.state != BacktestState::Done {
        return Ok(AlertedList { complete: false, items: vec![], next_cursor: None });
    }
    let (permit, circle) = charts(app, call, permit).await?;
    let mut alerted = app.read.alerted(&permit, id, paging).await?;
    let more = alerted.len() > usize::from(paging.limit);
    alerted.truncate(usize::from(paging.limit));
    let next_cursor = alerted.last().filter(|_| more).map(|last| last.place().to_string());
    let is_open = |one: &Alerted| circle.as_ref().is_some_and(|circle| circle.has(Some(one.patient)));
    permit.recorded_of(alerted.iter().filter(|one| is_open(one)).map(|one| one.patient)).await?;
    let shown = |one: Alerted| {
        let open = is_open(&one);
        one.shown(open)
    };
    Ok(AlertedList { complete: stored.patients_kept, items: alerted.into_iter().map(shown).collect(), next_cursor })
}
