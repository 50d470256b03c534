//! Pairs that are one person by a third registration: made when one of the three is looked at, and looked at again when the
//! third is not both of them any more.

use std::collections::{BTreeMap, BTreeSet};

use deadpool_postgres::Transaction;
use healthcare_application::StoreError;
use healthcare_domain::{
    id::PatientId,
    patient::matching::{Grade, Match, Traits, compare, linked},
};
use tokio_postgres::Row;
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
    select f.link, f.x, f.y, f.of_x, f.of_y from found f
    where not exists (select from wf.duplicate_pair p
            where p.one = least(f.x, f.y) and p.other = greatest(f.x, f.y)
                and (p.state <> 'open' or p.weight = 0
                    or (p.grade <> 'possible'
                        and not exists (select from wf.pair_link l where l.one = p.one and l.other = p.other))))
    order by 1, 2, 3"
);

/// Who they are, asked for when somebody is found: joined to the pairs, it is planned as if there were as many of those as of
/// patients, and everybody is read three times over for nobody.
const WHO: &str = "
select e.id, e.body from read.entry e where e.id = any($1) and e.item = 0 and e.kind = 'patient' and not e.struck";

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
    let found = tx.query(&found, &[&patient.0]).await?;
    if found.is_empty() {
        return Ok(());
    }
    let known = traits(tx, &found).await?;
    let store = tx.prepare_cached(STORE).await?;
    for row in found {
        let grade = |column: usize| row.get::<_, &str>(column).parse::<Grade>().map_err(unavailable);
        let (link, one, other): (Uuid, Uuid, Uuid) = (row.get(0), row.get(1), row.get(2));
        let (Some(third), Some(a), Some(b)) = (known.get(&link), known.get(&one), known.get(&other)) else { continue };
        // As it stands on the queue: with whoever doubts it.
        let leg = |grade, of: &Traits| {
            let mut leg: Match = compare(third, of);
            leg.grade = Some(grade);
            leg
        };
        let by = [leg(grade(3)?, a), leg(grade(4)?, b)];
        let Some(made) = linked(compare(a, b), [&by[0], &by[1]]) else { continue };
        let Some(of) = made.grade else { continue };
        let reasons: Vec<String> = made.reasons.iter().map(ToString::to_string).collect();
        tx.execute(&store, &[&link, &one, &other, &made.weight, &made.score, &of.as_str(), &reasons]).await?;
    }
    Ok(())
}

/// What is known of everybody who was found.
async fn traits(tx: &Transaction<'_>, found: &[Row]) -> Result<BTreeMap<Uuid, Traits>, ConsumeError> {
    let everybody: BTreeSet<Uuid> = found.iter().flat_map(|row| [row.get(0), row.get(1), row.get(2)]).collect();
    let who = tx.prepare_cached(WHO).await?;
    let rows = tx.query(&who, &[&everybody.into_iter().collect::<Vec<_>>()]).await?;
    let read = rows.iter().map(|row| Ok((row.get(0), serde_json::from_str(row.get(1))?)));
    Ok(read.collect::<Result<_, serde_json::Error>>().map_err(|error| StoreError::Damaged(Box::new(error)))?)
}
