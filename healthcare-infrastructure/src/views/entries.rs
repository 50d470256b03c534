//! Entries, one or a page of them.

use healthcare_application::{
    Permission, Permit, StoreError,
    access::Sealed,
    order::Direction,
    read::{Cursor, EntryFilter, Page, Paging, TimelineFilter},
    view::{Kind, Row},
};
use healthcare_domain::id::PatientId;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, Select, sea_query::Expr,
};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{
    entity::entry::{Column, Entity},
    select::select,
};
use crate::database::{Database, Sight};

/// What stands in a list. Written out, not bound: a plan made for any value would not see that the index of what stands
/// holds all of it.
const STANDS: &str = "not struck";
/// What stands in a timeline, in the words of its index.
const IN_THE_TIMELINE: &str = "item = 0 and not struck and kind <> 'patient' and kind <> 'note_draft'";

/// What an entry says of where it stands, how sure it is, and of which visit: itself, or what it holds. Looked at of the
/// entries of one kind of one patient.
const SAYS_STATUS: &str = "$1 in (body::jsonb ->> 'status', body::jsonb #>> '{content,status}')";
const SAYS_VERIFICATION: &str = "body::jsonb ->> 'verification' = $1";
const SAYS_ENCOUNTER: &str = "$1 in (body::jsonb ->> 'encounter', body::jsonb #>> '{content,encounter}')";

/// Whether a suggestion is put off beyond a moment.
const PUT_OFF: &str = "(body::json ->> 'snoozed_until')::timestamptz > $1";
const NOT_PUT_OFF: &str = "coalesce((body::json ->> 'snoozed_until')::timestamptz <= $1, true)";

/// Reads a row of `read.entry`.
///
/// # Errors
/// When its kind is not one of ours.
pub fn row_of(row: &tokio_postgres::Row) -> Result<Row, StoreError> {
    let kind: &str = row.get(2);
    let kind = kind.parse().map_err(|e| StoreError::Damaged(Box::new(e)))?;
    Ok(Row {
        id: row.get(0),
        item: row.get(1),
        kind,
        patient: row.get::<_, Option<Uuid>>(3).map(PatientId),
        version: row.get(4),
        active: row.get(5),
        struck: row.get(6),
        at: row.get(7),
        code: row.get(8),
        body: row.get(9),
    })
}

/// One entry, whosever it is: it stays sealed until a permit for its patient opens it. Written by hand: it is the
/// hottest read there is. The only read here that does not say beforehand whose rows it may see.
pub async fn one(db: &Database, kind: Kind, id: Uuid) -> Result<Option<Sealed<Row>>, StoreError> {
    let select = "select id, item, kind, patient_id, version, active, struck, at, code, body
        from read.entry where id = any($1) and item = 0";
    let row = db.look_up_by_id(select, id).await?.map(|row| row_of(&row)).transpose()?;
    Ok(row.filter(|row| row.kind == kind).map(|row| Sealed::of(row.patient, row)))
}

/// A page of a patient's entries of one kind.
pub async fn list(
    db: &Database,
    permit: &Permit,
    patient: PatientId,
    filter: &EntryFilter,
    paging: &Paging,
) -> Result<Page, StoreError> {
    if permit.patient() != Some(patient) {
        return Ok(Page { items: vec![], next_cursor: None });
    }
    filtered(db, permit, Entity::find().filter(Column::PatientId.eq(patient.0)), filter, paging).await
}

/// The entries of a patient of all kinds by time, one more than the page holds.
pub async fn timeline(
    db: &Database,
    permit: &Permit,
    patient: PatientId,
    filter: &TimelineFilter,
    paging: &Paging,
) -> Result<Vec<Row>, StoreError> {
    if permit.patient() != Some(patient) {
        return Ok(vec![]);
    }
    let mut query = Entity::find().filter(Column::PatientId.eq(patient.0)).filter(Expr::cust(IN_THE_TIMELINE));
    if !filter.kinds.is_empty() {
        query = query.filter(Column::Kind.is_in(filter.kinds.iter().map(|kind| kind.as_str())));
    }
    if let Some(from) = filter.from {
        query = query.filter(Column::At.gte(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(Column::At.lt(to));
    }
    if let Some(after) = paging.after {
        query = query.filter(behind(after, paging.direction));
    }
    let order = order(paging.direction);
    let query = query.order_by(Column::At, order.clone()).order_by(Column::Id, order);
    let query = query.limit(u64::from(paging.limit) + 1);
    select(db, &Sight::of(permit), query).await?.iter().map(row_of).collect()
}

/// A page of the accounts.
pub async fn of_nobody(
    db: &Database,
    permit: &Permit,
    filter: &EntryFilter,
    paging: &Paging,
) -> Result<Page, StoreError> {
    if permit.permission() != Permission::ManageAccounts {
        return Ok(Page { items: vec![], next_cursor: None });
    }
    filtered(db, permit, Entity::find().filter(Column::PatientId.is_null()), filter, paging).await
}

/// A page of what a query finds, by time.
async fn filtered(
    db: &Database,
    permit: &Permit,
    query: Select<Entity>,
    filter: &EntryFilter,
    paging: &Paging,
) -> Result<Page, StoreError> {
    let mut query = query.filter(Column::Kind.eq(filter.kind.as_str())).filter(Expr::cust(STANDS));
    if let Some(active) = filter.active {
        query = query.filter(Column::Active.eq(active));
    }
    if let Some(code) = &filter.code {
        query = query.filter(Column::Code.eq(code.as_str()));
    }
    if let Some(from) = filter.from {
        query = query.filter(Column::At.gte(from));
    }
    if let Some(until) = filter.until {
        query = query.filter(Column::At.lt(until));
    }
    let said = [
        (SAYS_STATUS, filter.status.as_ref().map(|text| text.replace('\0', ""))),
        (SAYS_VERIFICATION, filter.verification.as_ref().map(|text| text.replace('\0', ""))),
        (SAYS_ENCOUNTER, filter.encounter.map(|visit| visit.to_string())),
    ];
    for (says, value) in said {
        if let Some(value) = value {
            query = query.filter(Expr::cust_with_values(says, [value]));
        }
    }
    if let Some((put_off, at)) = filter.put_off {
        query = query.filter(Expr::cust_with_values(if put_off { PUT_OFF } else { NOT_PUT_OFF }, [at]));
    }
    if let Some(after) = paging.after {
        query = query.filter(behind(after, paging.direction));
    }
    let order = order(paging.direction);
    let query = [Column::At, Column::Id, Column::Item]
        .into_iter()
        .fold(query, |query, column| query.order_by(column, order.clone()))
        .limit(u64::from(paging.limit) + 1);
    let rows: Vec<Row> = select(db, &Sight::of(permit), query).await?.iter().map(row_of).collect::<Result<_, _>>()?;
    Page::of(rows, paging.limit, |row| RawValue::from_string(row.body.clone()))
}

/// The order as the query builder has it.
pub fn order(direction: Direction) -> Order {
    match direction {
        Direction::Up => Order::Asc,
        Direction::Down => Order::Desc,
    }
}

/// What comes behind the cursor.
fn behind(after: Cursor, direction: Direction) -> Condition {
    let same_time = || Column::At.eq(after.at);
    let (later, id, item) = match direction {
        Direction::Up => (Column::At.gt(after.at), Column::Id.gt(after.id), Column::Item.gt(after.item)),
        Direction::Down => (Column::At.lt(after.at), Column::Id.lt(after.id), Column::Item.lt(after.item)),
    };
    Condition::any()
        .add(later)
        .add(Condition::all().add(same_time()).add(id))
        .add(Condition::all().add(same_time()).add(Column::Id.eq(after.id)).add(item))
}

/// A body as it is sent.
///
/// # Errors
/// When it is not JSON, which only damage brings about.
pub fn raw(body: String) -> Result<Box<RawValue>, StoreError> {
    RawValue::from_string(body).map_err(|e| StoreError::Damaged(Box::new(e)))
}
