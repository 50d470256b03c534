//! The outbox: what was told, in the order of commits.

use healthcare_application::{
    Actor, Permit, StoreError,
    access::Circle,
    live::{Action, Audience, Notification, NotificationFilter, NotificationPriority, Subject},
    order::Direction,
    read::Page,
};
use healthcare_domain::id::PatientId;
use serde_json::value::to_raw_value;
use tokio_postgres::{
    Row,
    types::{Json, ToSql},
};
use uuid::Uuid;

use super::Told;
use crate::{
    database::{Database, Sight, unavailable},
    views::order,
};

const COLUMNS: &str = "n.position, n.at, n.type, n.priority, n.title, n.message, n.patient_id, n.subject_type,
    n.subject_id, n.subject_version, n.action_type, n.action_url, n.details, n.requires_acknowledgement, n.deadline";

/// The position of the newest notification; 0 when there is none.
///
/// # Errors
/// When the database cannot be reached.
pub async fn head(db: &Database) -> Result<i64, StoreError> {
    let client = db.get().await?;
    let statement = client.prepare_cached("select position from live.head").await.map_err(unavailable)?;
    Ok(client.query_one(&statement, &[]).await.map_err(unavailable)?.get(0))
}

/// What was told behind a position, to everybody, at most `limit` in order.
///
/// # Errors
/// When the database cannot be reached or holds what is none of ours.
pub async fn behind(db: &Database, position: i64, limit: i64) -> Result<Vec<Told>, StoreError> {
    let sql = format!(
        "select {COLUMNS}, array(select a.kind || ':' || a.name from live.audience a
             where a.notification_id = n.notification_id)
         from live.notification n where n.position > $1 order by n.position limit $2"
    );
    let client = db.get().await?;
    let statement = client.prepare_cached(&sql).await.map_err(unavailable)?;
    let rows = client.query(&statement, &[&position, &limit]).await.map_err(unavailable)?;
    rows.iter()
        .map(|row| {
            let audience = row
                .get::<_, Vec<&str>>(15)
                .into_iter()
                .map(|text| text.parse::<Audience>().map_err(|e| StoreError::Damaged(Box::new(e))))
                .collect::<Result<_, _>>()?;
            Ok(Told { notification: notification(row)?, audience })
        })
        .collect()
}

/// What was told to an actor about patients of their circle and is asked for, by position, behind one. What is not asked for is
/// no condition: the plan is made for those that are.
///
/// # Errors
/// As [`behind`].
pub async fn page(
    db: &Database,
    permit: &Permit,
    circle: &Circle,
    to: &Actor,
    filter: &NotificationFilter,
    (after, direction): (Option<i64>, Direction),
    limit: u16,
) -> Result<Page, StoreError> {
    if permit.actor() != to.account {
        return Ok(Page { items: vec![], next_cursor: None });
    }
    let NotificationFilter { kind, priority, patient, from, to: before } = filter;
    let (priority, patient) = (priority.map(NotificationPriority::as_str), patient.map(|patient| patient.0));
    let asked: [(&str, Option<&(dyn ToSql + Sync)>); 5] = [
        ("n.type =", kind.as_ref().map(|kind| kind as _)),
        ("n.priority =", priority.as_ref().map(|priority| priority as _)),
        ("n.patient_id =", patient.as_ref().map(|patient| patient as _)),
        ("n.at >=", from.as_ref().map(|from| from as _)),
        ("n.at <", before.as_ref().map(|before| before as _)),
    ];
    let asked = asked.into_iter().filter_map(|(clause, value)| Some((clause, value?)));
    let (clauses, values): (Vec<String>, Vec<&(dyn ToSql + Sync)>) =
        asked.enumerate().map(|(n, (clause, value))| (format!(" and {clause} ${}", n + 7), value)).unzip();
    let sql = format!(
        "select {COLUMNS} from live.notification n
         where ($1::int8 is null or n.position {behind} $1) and (n.patient_id is null or (n.patient_id = any($5)) = $6) and exists (select from live.audience a
             where a.notification_id = n.notification_id and (a.kind, a.name) in (('role', $2), ('account', $3))){asked}
         order by n.position {way} limit $4",
        behind = order::behind(direction),
        way = order::way(direction),
        asked = clauses.concat(),
    );
    let (named, wanted) = match circle {
        Circle::Everybody => (vec![], false),
        Circle::Except(patients) => (patients.iter().map(|patient| patient.0).collect(), false),
        Circle::Only(patients) => (patients.iter().map(|patient| patient.0).collect::<Vec<_>>(), true),
    };
    let (role, account, one_more) = (to.role.as_str(), to.account.to_string(), i64::from(limit) + 1);
    let mut params: Vec<&(dyn ToSql + Sync)> = vec![&after, &role, &account, &one_more, &named, &wanted];
    params.extend(values);
    let rows = db.read_as(&Sight::around(circle), &sql, &params).await?;
    let mut all = rows.iter().map(notification).collect::<Result<Vec<_>, _>>()?;
    let more = all.len() > usize::from(limit);
    all.truncate(usize::from(limit));
    permit.recorded_of(all.iter().filter_map(|one| one.patient_id)).await?;
    let next_cursor = all.last().filter(|_| more).map(|last| last.position.to_string());
    let items = all
        .iter()
        .map(|one| to_raw_value(one).map_err(|e| StoreError::Damaged(Box::new(e))))
        .collect::<Result<_, _>>()?;
    Ok(Page { items, next_cursor })
}

/// Reads a row of [`COLUMNS`].
fn notification(row: &Row) -> Result<Notification, StoreError> {
    let priority = serde_json::from_value(row.get::<_, String>(3).into()).map_err(|e| StoreError::Damaged(e.into()))?;
    let Json(details) = row.get(12);
    Ok(Notification {
        position: row.get(0),
        at: row.get(1),
        kind: row.get(2),
        priority,
        title: row.get(4),
        message: row.get(5),
        patient_id: row.get::<_, Option<Uuid>>(6).map(PatientId),
        subject: Subject { kind: row.get(7), id: row.get(8), version: row.get(9) },
        action: Action { kind: row.get(10), url: row.get(11) },
        details,
        requires_acknowledgement: row.get(13),
        deadline: row.get(14),
    })
}
