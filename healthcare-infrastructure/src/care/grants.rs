//! The review queue of break-glass grants.

use chrono::{DateTime, Utc};
use healthcare_application::{
    Permission, Permit, StoreError,
    access::GrantState,
    read::{Cursor, Page, Paging},
};
use healthcare_domain::id::PatientId;
use serde_json::{json, value::to_raw_value};
use uuid::Uuid;

use crate::{
    database::{Database, unavailable},
    views::order,
};

/// A page of grants by when they were opened. Nothing for who may not review.
pub async fn page(
    db: &Database,
    permit: &Permit,
    state: Option<GrantState>,
    page: &Paging,
) -> Result<Page, StoreError> {
    if permit.permission() != Permission::ReviewBreakGlass {
        return Ok(Page { items: vec![], next_cursor: None });
    }
    let reviewed = state.map(|state| state == GrantState::Reviewed);
    let (at, id) = page.after.map(|after| (after.at, after.id)).unzip();
    let one_more = i64::from(page.limit) + 1;
    let client = db.get().await?;
    let statement = client
        .prepare_cached(&format!(
            "select id, version, patient_id, account_id, reason, purpose, opened_at, until, closed_at, reviewed_by,
                reviewed_at, outcome
             from access.break_glass
             where ($1::bool is null or (reviewed_at is not null) = $1)
                and ($2::timestamptz is null or (opened_at, id) {behind} ($2, $3::uuid))
             order by opened_at {way}, id {way} limit $4",
            behind = order::behind(page.direction),
            way = order::way(page.direction),
        ))
        .await
        .map_err(unavailable)?;
    let mut rows = client.query(&statement, &[&reviewed, &at, &id, &one_more]).await.map_err(unavailable)?;
    let more = rows.len() > usize::from(page.limit);
    rows.truncate(usize::from(page.limit));
    permit.recorded_of(rows.iter().map(|row| PatientId(row.get(2)))).await?;
    let last = rows.last().filter(|_| more);
    let next_cursor = last.map(|row| Cursor { id: row.get(0), at: row.get(6), item: 0 }.to_string());
    let items = rows.iter().map(|row| {
        let (closed, by): (Option<DateTime<Utc>>, Option<Uuid>) = (row.get(8), row.get(9));
        let (reviewed, outcome): (Option<DateTime<Utc>>, Option<&str>) = (row.get(10), row.get(11));
        let view = json!({
            "id": row.get::<_, Uuid>(0), "version": row.get::<_, i32>(1), "patient": row.get::<_, Uuid>(2),
            "account": row.get::<_, Uuid>(3), "reason": row.get::<_, &str>(4), "purpose": row.get::<_, &str>(5),
            "opened_at": row.get::<_, DateTime<Utc>>(6), "until": row.get::<_, DateTime<Utc>>(7),
            "closed_at": closed, "reviewed_by": by, "reviewed_at": reviewed, "outcome": outcome,
        });
        to_raw_value(&view).map_err(|e| StoreError::Damaged(Box::new(e)))
    });
    Ok(Page { items: items.collect::<Result<_, _>>()?, next_cursor })
}
