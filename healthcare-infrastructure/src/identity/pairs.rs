//! The queue of pairs: what came of comparing is stored with who doubts it, and what was decided stays.

use deadpool_postgres::Transaction;
use healthcare_application::identity::Alike;
use healthcare_domain::{id::PatientId, patient::matching::Grade};
use uuid::Uuid;

use crate::event_log::ConsumeError;

const STORE: &str = "with found as (
        select least($1::uuid, o) as one, greatest($1::uuid, o) as other, w, s, g, string_to_array(r, E'\\n') as r
        from unnest($2::uuid[], $3::float8[], $4::float8[], $5::text[], $6::text[]) f (o, w, s, g, r)),
    stored as (
        insert into wf.duplicate_pair as p (one, other, weight, score, grade, reasons)
            select one, other, w, s, g, r from found order by one, other
            on conflict (one, other) do update set weight = excluded.weight, score = excluded.score,
                grade = excluded.grade, reasons = excluded.reasons
            where p.state = 'open'
            returning p.one, p.other),
    doubts as (
        select least($1::uuid, o) as one, greatest($1::uuid, o) as other, doubter
        from unnest($7::uuid[], $8::uuid[]) d (o, doubter)),
    lifted as (
        delete from wf.pair_doubt t using stored s where t.one = s.one and t.other = s.other and not exists (
            select from doubts d where d.one = t.one and d.other = t.other and d.doubter = t.doubter))
    insert into wf.pair_doubt (doubter, one, other)
        select d.doubter, d.one, d.other from doubts d join stored s on s.one = d.one and s.other = d.other
        order by 1, 2, 3 on conflict do nothing";

const FORGET: &str = "delete from wf.duplicate_pair p where p.state = 'open'
    and ((p.one = $1 and p.other <> all($2::uuid[])) or (p.other = $1 and p.one <> all($2::uuid[])))";

/// Makes pairs of somebody what they are now, with who doubts them.
pub(super) async fn store(tx: &Transaction<'_>, patient: PatientId, alike: &[Alike]) -> Result<(), ConsumeError> {
    let (mut other, mut weight, mut score, mut grade) = (vec![], vec![], vec![], vec![]);
    let (mut reasons, mut doubted, mut doubter) = (vec![], vec![], vec![]);
    for Alike { candidate, judged, doubted_by } in alike {
        let Some(of) = judged.grade else { continue };
        let words: Vec<String> = judged.reasons.iter().map(ToString::to_string).collect();
        other.push(candidate.patient.0);
        weight.push(judged.weight);
        score.push(judged.score);
        grade.push(Grade::as_str(of));
        reasons.push(words.join("\n"));
        for by in doubted_by {
            doubted.push(candidate.patient.0);
            doubter.push(by.0);
        }
    }
    let store = tx.prepare_cached(STORE).await?;
    tx.execute(&store, &[&patient.0, &other, &weight, &score, &grade, &reasons, &doubted, &doubter]).await?;
    Ok(())
}

/// Takes the open pairs of somebody off the queue, but for those with these others.
pub(super) async fn forget_but(tx: &Transaction<'_>, patient: PatientId, others: &[Uuid]) -> Result<(), ConsumeError> {
    let forget = tx.prepare_cached(FORGET).await?;
    tx.execute(&forget, &[&patient.0, &others]).await?;
    Ok(())
}

/// Takes an open pair off the queue.
pub(super) async fn forget(tx: &Transaction<'_>, (one, other): (PatientId, PatientId)) -> Result<(), ConsumeError> {
    let pair = "delete from wf.duplicate_pair p where p.state = 'open'
        and p.one = least($1::uuid, $2::uuid) and p.other = greatest($1::uuid, $2::uuid)";
    let forget = tx.prepare_cached(pair).await?;
    tx.execute(&forget, &[&one.0, &other.0]).await?;
    Ok(())
}
