//! Pairs that are unsure because somebody else fits as well: noted when that one is known, lifted when they fit no more.

use deadpool_postgres::Transaction;
use healthcare_domain::id::PatientId;
use uuid::Uuid;

use super::{
    look::look_at_pair,
    pairs::{forget, store},
};
use crate::event_log::ConsumeError;

/// Pairs that were surer before this one was known, who fits as well. What is doubted weighs nothing; what weighs less is unlikely
/// already.
const DOUBT: &str = "with doubted as (
        update wf.duplicate_pair p
        set weight = 0, score = 0.5, grade = 'possible',
            reasons = case when p.weight = 0 then p.reasons else $3::text || p.reasons end
        from unnest($1::uuid[], $2::uuid[]) d (a, b)
        where p.one = least(d.a, d.b) and p.other = greatest(d.a, d.b) and p.state = 'open' and p.weight >= 0
        returning p.one, p.other)
    insert into wf.pair_doubt (doubter, one, other)
        select $4::uuid, one, other from doubted order by 2, 3 on conflict do nothing";

const WHY: &str = "another registration fits as well, and what would tell is not known";

/// The pairs somebody made unsure, so many at once.
const DOUBTED_BY: &str = "select d.one, d.other from wf.pair_doubt d
    join wf.duplicate_pair p on p.one = d.one and p.other = d.other and p.state = 'open'
    where d.doubter = $1 and (d.one, d.other) > ($2, $3) order by 1, 2 limit 20";

/// Who is in a pair with somebody that is doubted, whoever doubts it.
const DOUBTED_WITH: &str = "select case when p.one = $1 then p.other else p.one end from wf.duplicate_pair p
    where (p.one = $1 or p.other = $1) and p.state = 'open' and p.weight = 0";

/// Notes that pairs are unsure because of somebody.
pub(super) async fn doubt(
    tx: &Transaction<'_>,
    because_of: PatientId,
    pairs: &[(PatientId, PatientId)],
) -> Result<(), ConsumeError> {
    if pairs.is_empty() {
        return Ok(());
    }
    let (ones, others): (Vec<Uuid>, Vec<Uuid>) = pairs.iter().map(|(one, other)| (one.0, other.0)).unzip();
    let doubt = tx.prepare_cached(DOUBT).await?;
    tx.execute(&doubt, &[&ones, &others, &WHY, &because_of.0]).await?;
    Ok(())
}

/// With whom somebody is in a pair that is doubted.
pub(super) async fn doubted_with(tx: &Transaction<'_>, patient: PatientId) -> Result<Vec<PatientId>, ConsumeError> {
    let doubted = tx.prepare_cached(DOUBTED_WITH).await?;
    Ok(tx.query(&doubted, &[&patient.0]).await?.iter().map(|row| PatientId(row.get(0))).collect())
}

/// Looks again at the pairs that were unsure because of somebody who changed, was merged or turned out to be a mistake, but for
/// those they still make unsure. Where nobody else fits, they are as sure as they were.
pub(super) async fn lift(
    tx: &Transaction<'_>,
    because_of: PatientId,
    still: &[(PatientId, PatientId)],
) -> Result<(), ConsumeError> {
    let doubted = tx.prepare_cached(DOUBTED_BY).await?;
    let (mut one, mut other) = (Uuid::nil(), Uuid::nil());
    loop {
        let rows = tx.query(&doubted, &[&because_of.0, &one, &other]).await?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in rows {
            (one, other) = (row.get(0), row.get(1));
            let (a, b) = (PatientId(one), PatientId(other));
            if !still.contains(&(a, b)) && !still.contains(&(b, a)) {
                judge(tx, (a, b)).await?;
            }
        }
    }
}

/// Makes a pair on the queue what comes of it now, seen from both.
pub(super) async fn judge(tx: &Transaction<'_>, pair: (PatientId, PatientId)) -> Result<(), ConsumeError> {
    match look_at_pair(tx, pair).await? {
        Some(alike) => store(tx, pair.0, &[alike]).await,
        None => forget(tx, pair).await,
    }
}
