//! Follows the log and puts pairs that may be one person on the queue, whatever brought them: a registration, a change,
//! an import.

use async_trait::async_trait;
use deadpool_postgres::Transaction;
use healthcare_application::{
    StoreError,
    identity::{Candidate, ranked_with_doubts},
    store::Recorded,
};
use healthcare_domain::{
    DomainEvent,
    id::PatientId,
    patient::matching::{Grade, Traits, blocking_keys},
};
use uuid::Uuid;

use crate::{
    event_log::{ConsumeError, Consumer},
    views::CANDIDATES,
};

/// Finds duplicates of whoever is registered or changed. It looks at the directory as it is by then, so that doing it
/// twice changes nothing, and the same pair stands on the queue once.
pub struct DuplicateFinder;

const WHO: &str =
    "select e.body from read.entry e where e.id = $1 and e.item = 0 and e.kind = 'patient' and not e.struck
    and not exists (select from es.survivor s where s.patient_id = e.id)";

/// What was decided stays; what is no longer alike leaves the queue.
const KEEP: &str = "with found as (
        select least($1::uuid, o) as one, greatest($1::uuid, o) as other, w, s, g, string_to_array(r, E'\\n') as r
        from unnest($2::uuid[], $3::float8[], $4::float8[], $5::text[], $6::text[]) f (o, w, s, g, r)),
    gone as (
        delete from wf.duplicate_pair p where p.state = 'open' and (p.one = $1 or p.other = $1)
            and not exists (select from found f where f.one = p.one and f.other = p.other))
    insert into wf.duplicate_pair as p (one, other, weight, score, grade, reasons)
        select one, other, w, s, g, r from found order by one, other
        on conflict (one, other) do update set weight = excluded.weight, score = excluded.score,
            grade = excluded.grade, reasons = excluded.reasons
        where p.state = 'open'";

/// Pairs that were surer before somebody else was known who fits as well.
const DOUBT: &str = "update wf.duplicate_pair p
    set weight = least(p.weight, 0), score = least(p.score, 0.5), grade = 'possible', reasons = $3::text || p.reasons
    from unnest($1::uuid[], $2::uuid[]) d (a, b)
    where p.one = least(d.a, d.b) and p.other = greatest(d.a, d.b) and p.state = 'open' and p.grade <> 'possible'";

#[async_trait]
impl Consumer for DuplicateFinder {
    fn name(&self) -> &'static str {
        "identity.duplicates"
    }

    fn wants(&self, event_type: &str) -> bool {
        matches!(event_type, "patient.created" | "patient.updated" | "patient.unmerged")
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
        let who = tx.prepare_cached(WHO).await?;
        let Some(row) = tx.query_opt(&who, &[&patient.0]).await? else { return Ok(()) };
        let person: Traits = serde_json::from_str(row.get(0)).map_err(|error| StoreError::Damaged(Box::new(error)))?;
        let near = tx.prepare_cached(CANDIDATES).await?;
        let rows = tx.query(&near, &[&blocking_keys(&person), &Some(patient.0)]).await?;
        let candidates =
            rows.iter().map(|row| Candidate { patient: PatientId(row.get(0)), body: row.get(1) }).collect();
        let (mut other, mut weight, mut score, mut grade, mut reasons) = (vec![], vec![], vec![], vec![], vec![]);
        let (alike, doubts) = ranked_with_doubts(&person, candidates)?;
        for (candidate, judged) in alike {
            let Some(of) = judged.grade else { continue };
            let words: Vec<String> = judged.reasons.iter().map(ToString::to_string).collect();
            other.push(candidate.patient.0);
            weight.push(judged.weight);
            score.push(judged.score);
            grade.push(Grade::as_str(of));
            reasons.push(words.join("\n"));
        }
        let other: Vec<Uuid> = other;
        let keep = tx.prepare_cached(KEEP).await?;
        tx.execute(&keep, &[&patient.0, &other, &weight, &score, &grade, &reasons]).await?;
        if !doubts.is_empty() {
            let (ones, others): (Vec<Uuid>, Vec<Uuid>) = doubts.iter().map(|(one, other)| (one.0, other.0)).unzip();
            let doubt = tx.prepare_cached(DOUBT).await?;
            tx.execute(
                &doubt,
                &[&ones, &others, &"another registration fits as well, and what would tell is not known"],
            )
            .await?;
        }
        Ok(())
    }
}
