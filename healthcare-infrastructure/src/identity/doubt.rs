//! Pairs that are unsure because somebody else fits as well: noted when that one is known, lifted when they fit no more.

use deadpool_postgres::Transaction;
use healthcare_application::identity::Alike;
use healthcare_domain::{id::PatientId, patient::matching::Grade};
use uuid::Uuid;

use super::look::look_at_pair;
use crate::event_log::ConsumeError;

/// Pairs that were surer before this one was known, who fits as well.
const DOUBT: &str = "update wf.duplicate_pair p
    set weight = least(p.weight, 0), score = least(p.score, 0.5), grade = 'possible',
        reasons = case when p.grade = 'possible' then p.reasons else $3::text || p.reasons end,
        doubted_by = case when $4 = any(p.doubted_by) then p.doubted_by else p.doubted_by || $4::uuid end
    from unnest($1::uuid[], $2::uuid[]) d (a, b)
    where p.one = least(d.a, d.b) and p.other = greatest(d.a, d.b) and p.state = 'open'
        and (p.grade <> 'possible' or p.doubted_by <> '{}')";

const WHY: &str = "another registration fits as well, and what would tell is not known";

/// The pairs somebody made unsure. So many at once: the rest is looked at with their next change.
const DOUBTED_BY: &str = "select p.one, p.other from wf.duplicate_pair p
    where p.doubted_by <> '{}' and p.doubted_by @> array[$1::uuid] and p.state = 'open' order by 1, 2 limit 100";

const JUDGE: &str = "update wf.duplicate_pair
    set weight = $3, score = $4, grade = $5, reasons = $6, doubted_by = $7
    where one = $1 and other = $2 and state = 'open'";

const FORGET: &str = "delete from wf.duplicate_pair where one = $1 and other = $2 and state = 'open'";

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

/// Looks again at the pairs that were unsure because of somebody who changed, was merged or turned out to be a mistake. Those
/// they no longer fit are as sure as they were; those they still fit stay unsure.
pub(super) async fn lift(tx: &Transaction<'_>, because_of: PatientId) -> Result<(), ConsumeError> {
    let doubted = tx.prepare_cached(DOUBTED_BY).await?;
    for row in tx.query(&doubted, &[&because_of.0]).await? {
        let (one, other): (Uuid, Uuid) = (row.get(0), row.get(1));
        match look_at_pair(tx, (PatientId(one), PatientId(other))).await? {
            None => {
                let forget = tx.prepare_cached(FORGET).await?;
                tx.execute(&forget, &[&one, &other]).await?;
            }
            Some(Alike { judged, doubted_by, .. }) => {
                let Some(grade) = judged.grade.map(Grade::as_str) else { continue };
                let reasons: Vec<String> = judged.reasons.iter().map(ToString::to_string).collect();
                let doubted_by: Vec<Uuid> = doubted_by.iter().map(|patient| patient.0).collect();
                let judge = tx.prepare_cached(JUDGE).await?;
                let values: &[&(dyn tokio_postgres::types::ToSql + Sync)] =
                    &[&one, &other, &judged.weight, &judged.score, &grade, &reasons, &doubted_by];
                tx.execute(&judge, values).await?;
            }
        }
    }
    Ok(())
}
