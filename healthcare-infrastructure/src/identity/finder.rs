//! Follows the log and puts pairs that may be one person on the queue, whatever brought them: a registration, a change,
//! an import.

use async_trait::async_trait;
use deadpool_postgres::Transaction;
use healthcare_application::{identity::Alike, store::Recorded};
use healthcare_domain::{DomainEvent, id::PatientId, patient::matching::Grade};
use uuid::Uuid;

use super::{
    doubt::{doubt, lift},
    look::look,
};
use crate::event_log::{ConsumeError, Consumer};

/// Finds duplicates of whoever is registered or changed. It looks at the directory as it is by then, so that doing it
/// twice changes nothing, and the same pair stands on the queue once.
pub struct DuplicateFinder;

/// What was decided stays; what is no longer alike leaves the queue.
const KEEP: &str = "with found as (
        select least($1::uuid, o) as one, greatest($1::uuid, o) as other, w, s, g, string_to_array(r, E'\\n') as r,
            string_to_array(d, ',')::uuid[] as d
        from unnest($2::uuid[], $3::float8[], $4::float8[], $5::text[], $6::text[], $7::text[]) f (o, w, s, g, r, d)),
    gone as (
        delete from wf.duplicate_pair p where p.state = 'open' and (p.one = $1 or p.other = $1)
            and not exists (select from found f where f.one = p.one and f.other = p.other))
    insert into wf.duplicate_pair as p (one, other, weight, score, grade, reasons, doubted_by)
        select one, other, w, s, g, r, d from found order by one, other
        on conflict (one, other) do update set weight = excluded.weight, score = excluded.score,
            grade = excluded.grade, reasons = excluded.reasons, doubted_by = excluded.doubted_by
        where p.state = 'open'";

#[async_trait]
impl Consumer for DuplicateFinder {
    fn name(&self) -> &'static str {
        "identity.duplicates"
    }

    fn wants(&self, event_type: &str) -> bool {
        matches!(
            event_type,
            "patient.created" | "patient.updated" | "patient.merged" | "patient.unmerged" | "patient.entered-in-error"
        )
    }

    /// The queue is looked at by people, in their own time; comparing everybody of an import must not hold up who is
    /// registering somebody meanwhile.
    fn rests(&self) -> u32 {
        3
    }

    async fn handle(&self, tx: &Transaction<'_>, event: &Recorded) -> Result<(), ConsumeError> {
        let patient = match (&event.event, event.patient) {
            (DomainEvent::Patient(_) | DomainEvent::Identity(_), Some(patient)) => patient,
            _ => return Ok(()),
        };
        if let Some(found) = look(tx, patient).await? {
            keep(tx, patient, &found.alike).await?;
            doubt(tx, patient, &found.unsure).await?;
        }
        lift(tx, patient).await
    }
}

/// Makes the pairs of somebody those that are alike now.
async fn keep(tx: &Transaction<'_>, patient: PatientId, alike: &[Alike]) -> Result<(), ConsumeError> {
    let (mut other, mut weight, mut score, mut grade) = (vec![], vec![], vec![], vec![]);
    let (mut reasons, mut doubts) = (vec![], vec![]);
    for Alike { candidate, judged, doubted_by } in alike {
        let Some(of) = judged.grade else { continue };
        let words: Vec<String> = judged.reasons.iter().map(ToString::to_string).collect();
        let by: Vec<String> = doubted_by.iter().map(|patient| patient.0.to_string()).collect();
        other.push(candidate.patient.0);
        weight.push(judged.weight);
        score.push(judged.score);
        grade.push(Grade::as_str(of));
        reasons.push(words.join("\n"));
        doubts.push(by.join(","));
    }
    let other: Vec<Uuid> = other;
    let keep = tx.prepare_cached(KEEP).await?;
    tx.execute(&keep, &[&patient.0, &other, &weight, &score, &grade, &reasons, &doubts]).await?;
    Ok(())
}
