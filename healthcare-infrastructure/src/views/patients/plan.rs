//! How a search goes about it. What is rare is gathered: all its rows are read and sorted. What is frequent is walked to: the
//! directory is read in the order of the list until a page is full, which comes soon. Which of the two it is, is counted. A
//! list by name, and two names that are frequent each but not together, go by the indexes that hold cards in their order.

use healthcare_application::{StoreError, read::PatientSort};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{query::Query, sample::Sample, statement::Cards};
use crate::database::Database;

/// Of so many matches at most all are gathered without asking further.
const FEW: u32 = 2_000;
/// So many cards are walked without asking what else there would be.
const SHORT: f64 = 8_000.0;
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
        return Ok(query.walk(&Cards::All));
    }
    if query.parts.is_empty() {
        return of_a_list(db, query).await;
    }
    let counted = numbers(&query.read(db, &query.counts(FEW + 1)).await?);
    let rarest = counted.iter().enumerate().min_by_key(|(_, count)| **count);
    if let Some((which, count)) = rarest
        && *count <= i64::from(FEW)
    {
        return Ok(query.gather(which));
    }
    let is_one_key = matches!(query.parts.as_slice(), [part] if part.keys.iter().all(|key| key.is_exact));
    if query.sort == PatientSort::Name && is_one_key {
        return Ok(query.in_order(&[0], true));
    }
    let sample = Sample::of(&numbers(&query.read(db, &query.sample(Sample::SIZE)).await?));
    let rarest_first = sample.rarest_first();
    let rarest = rarest_first.first().copied().unwrap_or(0);
    let has_pair = query.parts.iter().filter(|part| part.leads.is_some()).count() > 1;
    Ok(match query.sort {
        PatientSort::Name => query.in_order(&rarest_first, sample.has_within()),
        PatientSort::Registered | PatientSort::LatestRegistered => {
            let (walked, gathered) = (sample.walked(query.most), sample.gathered());
            if walked <= SHORT || (walked <= gathered && !has_pair) {
                query.walk(&Cards::All)
            } else if has_pair {
                query.gather_pairs(&rarest_first, sample.has_within())
            } else {
                query.gather(rarest)
            }
        }
    })
}

/// Who is on a pathway, or everybody.
async fn of_a_list(db: &Database, query: &Query) -> Result<String, StoreError> {
    let Some(list) = query.lists.first() else { return Ok(query.walk(&Cards::All)) };
    let length = numbers(&query.read(db, &query.length(list, LISTED + 1)).await?);
    let is_short = length.first().is_some_and(|length| *length <= i64::from(LISTED));
    Ok(if is_short { query.listed_by(0) } else { query.walk(&Cards::All) })
}

/// The counts of one row.
fn numbers(rows: &[Row]) -> Vec<i64> {
    rows.first().map(|row| (0..row.len()).map(|column| row.get(column)).collect()).unwrap_or_default()
}
