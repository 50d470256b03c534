//! Alerts: the open one of a rule, and lists across patients.

use std::collections::{HashMap, HashSet};

use healthcare_application::{
    Permit, StoreError,
    access::Circle,
    alert::AlertFilter,
    order::Direction,
    read::{Cursor, Page, Paging},
    view::Kind,
};
use healthcare_domain::id::{AlertId, PatientId};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{
    entity::{
        alert::{Column, Entity},
        entry,
    },
    entries::{order, raw},
    select::select,
};
use crate::{
    database::{Database, Sight},
    projection::priority,
};

/// The open alert of a patient and a rule. Written by hand: every reading that crosses a limit asks.
pub async fn open(
    db: &Database,
    permit: &Permit,
    patient: PatientId,
    rule: &str,
) -> Result<Option<AlertId>, StoreError> {
    if permit.patient() != Some(patient) {
        return Ok(None);
    }
    let select = "select id from read.entry where patient_id = $1 and kind = 'alert' and code = $2 and active
        order by home nulls first, id";
    let rows = db.read_as(&Sight::of(permit), select, &[&patient.0, &rule]).await?;
    Ok(rows.first().map(|row| AlertId(row.get(0))))
}

/// A page of alerts by time.
pub async fn list(
    db: &Database,
    permit: &Permit,
    circle: &Circle,
    filter: &AlertFilter,
    paging: &Paging,
) -> Result<Page, StoreError> {
    let mut query = Entity::find().select_only().column(Column::Id).column(Column::RaisedAt).column(Column::PatientId);
    // The permit decides whose are seen: one patient's, or those of the circle.
    let ids = |patients: &HashSet<PatientId>| patients.iter().map(|patient| patient.0).collect::<Vec<_>>();
    let sight = match (permit.patient(), circle) {
        (Some(patient), _) => {
            query = query.filter(Column::PatientId.eq(patient.0));
            Sight::of(permit)
        }
        (None, Circle::Only(patients)) if patients.is_empty() => return Ok(Page { items: vec![], next_cursor: None }),
        (None, Circle::Only(patients)) => {
            query = query.filter(Column::PatientId.is_in(ids(patients)));
            Sight::around(circle)
        }
        (None, Circle::Except(patients)) if !patients.is_empty() => {
            query = query.filter(Column::PatientId.is_not_in(ids(patients)));
            Sight::around(circle)
        }
        (None, Circle::Except(_) | Circle::Everybody) => Sight::around(circle),
    };
    if let Some(wanted) = filter.priority {
        query = query.filter(Column::Priority.eq(priority(wanted)));
    }
    if let Some(status) = filter.status {
        query = query.filter(Column::Status.eq(status.as_str()));
    }
    if let Some(after) = paging.after {
        let (later, id) = match paging.direction {
            Direction::Up => (Column::RaisedAt.gt(after.at), Column::Id.gt(after.id)),
            Direction::Down => (Column::RaisedAt.lt(after.at), Column::Id.lt(after.id)),
        };
        let same_time = Condition::all().add(Column::RaisedAt.eq(after.at)).add(id);
        query = query.filter(Condition::any().add(later).add(same_time));
    }
    let order = order(paging.direction);
    let query = query.order_by(Column::RaisedAt, order.clone()).order_by(Column::Id, order);
    let query = query.limit(u64::from(paging.limit) + 1);
    let rows = select(db, &sight, query).await?;
    let shown = rows.iter().take(usize::from(paging.limit)).map(|row| PatientId(row.get(2)));
    permit.recorded_of(shown).await?;
    let mut found: Vec<Cursor> = rows.iter().map(|row| Cursor { id: row.get(0), at: row.get(1), item: 0 }).collect();
    let more = found.len() > usize::from(paging.limit);
    found.truncate(usize::from(paging.limit));
    let next_cursor = found.last().filter(|_| more).map(Cursor::to_string);
    let mut bodies = bodies(db, &sight, found.iter().map(|one| one.id).collect()).await?;
    let items = found.iter().filter_map(|one| bodies.remove(&one.id)).map(raw).collect::<Result<_, _>>()?;
    Ok(Page { items, next_cursor })
}

/// The views of these alerts.
async fn bodies(db: &Database, sight: &Sight, ids: Vec<Uuid>) -> Result<HashMap<Uuid, String>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = entry::Entity::find()
        .select_only()
        .column(entry::Column::Id)
        .column(entry::Column::Body)
        .filter(entry::Column::Id.is_in(ids))
        .filter(entry::Column::Kind.eq(Kind::Alert.as_str()));
    Ok(select(db, sight, query).await?.iter().map(|row| (row.get(0), row.get(1))).collect())
}
