//! The directory: patients by name, sound, birth date, identifier, telephone; and lists by pathway.
//!
//! The SQL is written by hand, for its shape is what makes it quick among a million patients whatever is looked for: the
//! planner cannot know how many rows row-level security leaves, and chooses for a frequent name what suits a rare one.
//! Which shape it takes is decided by counting first (ADR 37, 39).

mod lists;
mod plan;
mod query;
mod sample;
mod statement;

use std::collections::HashMap;

use healthcare_application::{
    StoreError,
    read::{Page, PatientSearch},
};
use serde_json::value::RawValue;
use uuid::Uuid;

use self::query::Query;
use super::entries::raw;
use crate::database::{Database, Sight, unavailable};

/// A page of the patients that match all that is given.
pub async fn search(db: &Database, search: &PatientSearch) -> Result<Page, StoreError> {
    let nobody = Page { items: vec![], next_cursor: None };
    let Some(query) = Query::of(search) else { return Ok(nobody) };
    let mut ids = plan::found(db, &query).await?;
    let more = ids.len() > usize::from(search.limit);
    ids.truncate(usize::from(search.limit));
    let next_cursor = ids.last().filter(|_| more).map(Uuid::to_string);
    Ok(Page { items: bodies(db, ids).await?, next_cursor })
}

/// The views of these patients, in the same order.
async fn bodies(db: &Database, ids: Vec<Uuid>) -> Result<Vec<Box<RawValue>>, StoreError> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let sql = "select id, body from read.entry where id = any($1) and item = 0 and kind = 'patient'";
    let rows = db.read_as(&Sight::directory_by_key(), sql, &[&ids]).await?;
    let body = |row: &tokio_postgres::Row| Ok((row.get(0), row.try_get(1).map_err(unavailable).and_then(raw)?));
    let mut found = rows.iter().map(body).collect::<Result<HashMap<Uuid, _>, StoreError>>()?;
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}
