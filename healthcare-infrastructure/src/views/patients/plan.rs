//! How a search goes about it. What is rare is gathered: all its rows are read and sorted. What is frequent is walked to: the
//! directory is read in the order of the list until a page is full, which comes soon. Which of the two it is, is counted.

use healthcare_application::{StoreError, read::PatientSort};
use tokio_postgres::Row;
use uuid::Uuid;

use super::query::Query;
use crate::database::Database;

/// Of so many matches at most all are gathered without asking further.
const FEW: u32 = 2_000;
/// How many cards are looked at to learn how frequent the parts of a search are.
const SAMPLE: u32 = 5_000;
/// So many of them are enough to walk: a page of fifty is full after some thirty thousand cards.
const ENOUGH: i64 = 8;
/// A list of so many is read whole; of a longer one each patient of the directory is asked whether they are on it.
const LISTED: u32 = 12_000;

/// Who matches, in order: as many as the search asks for at most.
pub(super) async fn found(db: &Database, query: &Query) -> Result<Vec<Uuid>, StoreError> {
    let sql = statement(db, query).await?;
    Ok(ids(&query.read(db, &sql).await?))
}

fn ids(rows: &[Row]) -> Vec<Uuid> {
    rows.iter().map(|row| row.get(0)).collect()
}

/// The statement that finds them.
async fn statement(db: &Database, query: &Query) -> Result<String, StoreError> {
    if let Some(which) = query.lists.iter().position(|list| list.is_narrow) {
        return Ok(query.listed_by(which));
    }
    if query.born.is_some() {
        return Ok(query.walk(&[]));
    }
    if query.parts.is_empty() {
        return of_a_list(db, query).await;
    }
    let counted = numbers(&query.read(db, &query.counts(FEW + 1)).await?);
    let rarest = counted.iter().enumerate().min_by_key(|(_, count)| **count);
    if let Some((which, count)) = rarest
        && *count <= i64::from(FEW)
    {
        return Ok(query.gather(which, false));
    }
    let sampled = numbers(&query.read(db, &query.sample(SAMPLE)).await?);
    let (all, within, each) = match sampled.as_slice() {
        [all, within, each @ ..] => (*all, *within, each),
        _ => (0, 0, &[][..]),
    };
    let rarest = each.iter().enumerate().min_by_key(|(_, count)| **count).map_or(0, |(which, _)| which);
    Ok(match query.sort {
        PatientSort::Registered | PatientSort::LatestRegistered if all >= ENOUGH => query.walk(&[]),
        PatientSort::Registered | PatientSort::LatestRegistered => query.gather(rarest, false),
        // A sound stands nowhere in the order of names.
        PatientSort::Name if query.parts.iter().all(|part| part.leads.is_none()) => query.gather(rarest, false),
        PatientSort::Name => {
            let mut lists = query.led_by();
            lists.push(if within >= ENOUGH { query.led_by_none() } else { query.gather(rarest, true) });
            query.merged(&lists)
        }
    })
}

/// Who is on a pathway, or everybody.
async fn of_a_list(db: &Database, query: &Query) -> Result<String, StoreError> {
    let Some(list) = query.lists.first() else { return Ok(query.walk(&[])) };
    let length = numbers(&query.read(db, &query.length(list, LISTED + 1)).await?);
    let is_short = length.first().is_some_and(|length| *length <= i64::from(LISTED));
    Ok(if is_short { query.listed_by(0) } else { query.walk(&[]) })
}

/// The counts of one row.
fn numbers(rows: &[Row]) -> Vec<i64> {
    rows.first().map(|row| (0..row.len()).map(|column| row.get(column)).collect()).unwrap_or_default()
}
