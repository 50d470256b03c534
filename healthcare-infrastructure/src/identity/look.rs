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

use crate::{event_log::ConsumeError, views::CANDIDATES};

const WHO: &str = "
select e.body from read.entry e where e.id = $1 and e.item = 0 and e.kind = 'patient' and not e.struck
    and not exists (select from es.survivor s where s.patient_id = e.id)
    and not exists (select from read.patient p where p.id = e.id and p.status = 'entered-in-error')";

/// Who is worth a look beside somebody, and what is unsure because of them. Nothing of who was merged or is a mistake.
pub(super) async fn look(tx: &Transaction<'_>, patient: PatientId) -> Result<Option<Doubted>, ConsumeError> {
    let who = tx.prepare_cached(WHO).await?;
    let Some(row) = tx.query_opt(&who, &[&patient.0]).await? else { return Ok(None) };
    let person: Traits = serde_json::from_str(row.get(0)).map_err(|error| StoreError::Damaged(Box::new(error)))?;
    let near = tx.prepare_cached(CANDIDATES).await?;
    let rows = tx.query(&near, &[&blocking_keys(&person), &Some(patient.0)]).await?;
    let candidates = rows.iter().map(|row| Candidate { patient: PatientId(row.get(0)), body: row.get(1) }).collect();
    Ok(Some(ranked_with_doubts(&person, candidates)?))
}

/// What comes of a pair, seen from both: who fits one of the two as well may share nothing with the other, so that the less
/// sure of the two counts.
pub(super) async fn look_at_pair(
    tx: &Transaction<'_>,
    (one, other): (PatientId, PatientId),
) -> Result<Option<Alike>, ConsumeError> {
    let mut seen: Option<Alike> = None;
    for (from, at) in [(one, other), (other, one)] {
        let alike = look(tx, from).await?.into_iter().flat_map(|found| found.alike);
        for found in alike.filter(|found| found.candidate.patient == at) {
            seen = Some(match seen.take() {
                Some(before) if before.judged.weight <= found.judged.weight => before,
                _ => found,
            });
        }
    }
    Ok(seen)
}
