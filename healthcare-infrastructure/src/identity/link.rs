//! Pairs that are one person by a third registration: made when one of the three is looked at, and looked at again when the
//! third is not both of them any more.

use std::collections::BTreeSet;

use deadpool_postgres::Transaction;
use healthcare_application::StoreError;
use healthcare_domain::{
    id::PatientId,
    patient::matching::{Grade, Match, Traits, compare, linked},
};
use uuid::Uuid;

use super::doubt::judge;
use crate::{database::unavailable, event_log::ConsumeError};

/// Of so many likeliest registrations of one person at the most all pairs are looked at.
macro_rules! of_one {
    ($of:literal) => {
        concat!(
            "select case when p.one = ",
            $of,
            " then p.other else p.one end as id, p.grade from wf.duplicate_pair p
            where (p.one = ",
            $of,
            " or p.other = ",
            $of,
            ") and p.state = 'open' and p.grade <> 'possible'
                and not exists (select from wf.pair_link l where l.one = p.one and l.other = p.other)
                and not exists (select from es.survivor s where s.patient_id in (p.one, p.other))
                and not exists (select from read.patient x
                    where x.id in (p.one, p.other) and x.status = 'entered-in-error')
            order by p.weight desc, p.one, p.other limit 20"
        )
    };
}

/// Whom a third registration is both of, where $1 is the third or one of the two: by what they are alike themselves, not by
/// links. What was decided, what is likely by itself, and what is doubted (it weighs nothing) stays as it is.
const FOUND: &str = concat!(
    "with leg as materialized (",
    of_one!("$1"),
    "),
    found as (
        select a.id as x, b.id as y, $1::uuid as link, a.grade as of_x, b.grade as of_y from leg a join leg b on a.id < b.id
        union all
        select $1::uuid, far.id, leg.id, leg.grade, far.grade from leg cross join lateral (",
    of_one!("leg.id"),
    ") far where far.id <> $1)
    select f.link, f.x, f.y, f.of_x, f.of_y, l.body, a.body, b.body from found f
    join read.entry l on l.id = f.link and l.item = 0 and l.kind = 'patient' and not l.struck
    join read.entry a on a.id = f.x and a.item = 0 and a.kind = 'patient' and not a.struck
    join read.entry b on b.id = f.y and b.item = 0 and b.kind = 'patient' and not b.struck
    where not exists (select from wf.duplicate_pair p
            where p.one = least(f.x, f.y) and p.other = greatest(f.x, f.y)
                and (p.state <> 'open' or p.weight = 0
                    or (p.grade <> 'possible'
                        and not exists (select from wf.pair_link l where l.one = p.one and l.other = p.other))))
    order by 1, 2, 3"
);

const STORE: &str = "with stored as (
        insert into wf.duplicate_pair as p (one, other, weight, score, grade, reasons)
            values (least($2::uuid, $3::uuid), greatest($2::uuid, $3::uuid), $4, $5, $6, $7)
            on conflict (one, other) do update set weight = excluded.weight, score = excluded.score,
                grade = excluded.grade, reasons = excluded.reasons
            where p.state = 'open'
            returning p.one, p.other)
    insert into wf.pair_link (link, one, other) select $1::uuid, one, other from stored on conflict do nothing";

/// Forgets by whom somebody is one with others: what they are by themselves is looked at now.
pub(super) async fn unlink(tx: &Transaction<'_>, patient: PatientId) -> Result<(), ConsumeError> {
    let unlink = tx.prepare_cached("delete from wf.pair_link where one = $1 or other = $1").await?;
    tx.execute(&unlink, &[&patient.0]).await?;
    Ok(())
}

/// Makes the pairs that somebody links, and those of theirs that others link, what they are now. Who is known no more links nobody.
pub(super) async fn link(tx: &Transaction<'_>, patient: PatientId, is_known: bool) -> Result<(), ConsumeError> {
    let before = tx.prepare_cached("delete from wf.pair_link where link = $1 returning one, other").await?;
    let rows = tx.query(&before, &[&patient.0]).await?;
    let before: BTreeSet<(Uuid, Uuid)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    // What was linked is what it is by itself again, before anybody asks what links it now.
    let others = tx.prepare_cached("select exists (select from wf.pair_link where one = $1 and other = $2)").await?;
    for (one, other) in before {
        if !tx.query_one(&others, &[&one, &other]).await?.get::<_, bool>(0) {
            judge(tx, (PatientId(one), PatientId(other))).await?;
        }
    }
    if !is_known {
        return Ok(());
    }
    let found = tx.prepare_cached(FOUND).await?;
    let store = tx.prepare_cached(STORE).await?;
    for row in tx.query(&found, &[&patient.0]).await? {
        let grade = |column: usize| row.get::<_, &str>(column).parse::<Grade>().map_err(unavailable);
        let traits = |column: usize| {
            serde_json::from_str::<Traits>(row.get(column)).map_err(|error| StoreError::Damaged(Box::new(error)))
        };
        let (third, one, other) = (traits(5)?, traits(6)?, traits(7)?);
        // As it stands on the queue: with whoever doubts it.
        let leg = |grade, of: &Traits| {
            let mut leg: Match = compare(&third, of);
            leg.grade = Some(grade);
            leg
        };
        let by = [leg(grade(3)?, &one), leg(grade(4)?, &other)];
        let Some(made) = linked(compare(&one, &other), [&by[0], &by[1]]) else { continue };
        let Some(of) = made.grade else { continue };
        let reasons: Vec<String> = made.reasons.iter().map(ToString::to_string).collect();
        let (link, one, other): (Uuid, Uuid, Uuid) = (row.get(0), row.get(1), row.get(2));
        tx.execute(&store, &[&link, &one, &other, &made.weight, &made.score, &of.as_str(), &reasons]).await?;
    }
    Ok(())
}
