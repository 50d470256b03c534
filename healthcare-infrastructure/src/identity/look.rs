//! Who in the directory is alike to somebody, as it is now.

use deadpool_postgres::Transaction;
use healthcare_application::{
    StoreError,
    identity::{Alike, Candidate, Doubted, ranked_with_doubts},
};
use healthcare_domain::{
    id::PatientId,
    patient::matching::{Traits, blocking_keys},
};
use uuid::Uuid;

use crate::{event_log::ConsumeError, views::CANDIDATES};

const WHO: &str = "
select e.body from read.entry e where e.id = $1 and e.item = 0 and e.kind = 'patient' and not e.struck
    and not exists (select from es.survivor s where s.patient_id = e.id)
    and not exists (select from read.patient p where p.id = e.id and p.status = 'entered-in-error')";

/// Those who stand on the queue with somebody are compared still, though a crowd has come to share their keys or others are
/// nearer: a pair leaves the queue because it is not alike, not because nobody looked.
const PARTNERS: &str = "
select e.id, e.body from wf.duplicate_pair p
cross join lateral (
    select * from read.entry one where one.id = case when p.one = $1 then p.other else p.one end and one.item = 0 offset 0) e
where (p.one = $1 or p.other = $1) and p.state = 'open' and e.id <> all($2::uuid[]) and e.kind = 'patient' and not e.struck
    and not exists (select from es.survivor s where s.patient_id = e.id)
    and not exists (select from read.patient x where x.id = e.id and x.status = 'entered-in-error')
order by e.id";

/// Who is worth a look beside somebody, and what is unsure because of them. Nothing of who was merged or is a mistake.
pub(super) async fn look(tx: &Transaction<'_>, patient: PatientId) -> Result<Option<Doubted>, ConsumeError> {
    let who = tx.prepare_cached(WHO).await?;
    let Some(row) = tx.query_opt(&who, &[&patient.0]).await? else { return Ok(None) };
    let person: Traits = serde_json::from_str(row.get(0)).map_err(|error| StoreError::Damaged(Box::new(error)))?;
    let near = tx.prepare_cached(CANDIDATES).await?;
    let mut rows = tx.query(&near, &[&blocking_keys(&person), &Some(patient.0)]).await?;
    let met: Vec<Uuid> = rows.iter().map(|row| row.get(0)).collect();
    let partners = tx.prepare_cached(PARTNERS).await?;
    rows.extend(tx.query(&partners, &[&patient.0, &met]).await?);
    let candidates = rows.iter().map(|row| Candidate { patient: PatientId(row.get(0)), body: row.get(1) }).collect();
    Ok(Some(ranked_with_doubts(&person, candidates)?))
}

/// What comes of a pair on the queue for the first of the two, seen from both: who fits one of the two as well may share nothing
/// with the other, so that the less sure of the two counts, and everybody's doubts. Nothing where they are not alike any more, or
/// one of them was merged or is a mistake.
pub(super) async fn look_at_pair(
    tx: &Transaction<'_>,
    (one, other): (PatientId, PatientId),
) -> Result<Option<Alike>, ConsumeError> {
    let Some(mut seen) = alike_of(tx, one, other).await? else { return Ok(None) };
    let Some(back) = alike_of(tx, other, one).await? else { return Ok(None) };
    if back.judged.weight < seen.judged.weight {
        seen.judged = back.judged;
    }
    let more: Vec<PatientId> = back.doubted_by.into_iter().filter(|by| !seen.doubted_by.contains(by)).collect();
    seen.doubted_by.extend(more);
    Ok(Some(seen))
}

async fn alike_of(tx: &Transaction<'_>, from: PatientId, at: PatientId) -> Result<Option<Alike>, ConsumeError> {
    let mut alike = look(tx, from).await?.into_iter().flat_map(|found| found.alike);
    Ok(alike.find(|found| found.candidate.patient == at))
}
