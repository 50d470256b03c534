//! Who may be one person, and who holds whose record.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use healthcare_application::{
    Permission, Permit, StoreError,
    access::Reach,
    identity::{Candidate, DuplicateFilter, IdentityModel, PairPlace, QueuedPair},
    order::Direction,
};
use healthcare_domain::id::PatientId;
use uuid::Uuid;

use super::{PgReadModel, order};
use crate::database::{Sight, unavailable};

/// Who shares keys with a description: $1 the keys, $2 who is not meant. A key that more than 300 share is not followed,
/// for it tells little and others serve. A hundred are compared: those first who share most, and what few have counts for more
/// than what a house full of people shares.
pub const CANDIDATES: &str = "
with near as (
    select found.patient_id as id, sum(1.0 / cardinality(of_key.ids)) as shared
    from unnest($1::bigint[]) k (key)
    cross join lateral (
        -- Once for each key: without the offset it is asked again for everybody who is found.
        select array(select m.patient_id from read.patient_match_key m where m.key = k.key limit 301) as ids offset 0) of_key
    cross join lateral unnest(of_key.ids) found (patient_id)
    where cardinality(of_key.ids) <= 300 and found.patient_id is distinct from $2::uuid
    group by 1 order by 2 desc, 1 limit 100)
select e.id, e.body from near n
-- One after the other by their keys: the offset keeps the planner of a house that is young from reading everybody for each.
cross join lateral (select * from read.entry one where one.id = n.id and one.item = 0 offset 0) e
where e.kind = 'patient' and not e.struck
    and not exists (select from es.survivor s where s.patient_id = n.id)
    and not exists (select from read.patient p where p.id = n.id and p.status = 'entered-in-error')
order by n.shared desc, e.id";

fn duplicates(direction: Direction) -> String {
    // Of a weight the pairs go the other way, so that one order is the other turned round, along the same index.
    let (behind, way) = (order::behind(direction), order::way(direction));
    let (beyond, pairs) = match direction {
        Direction::Down => (">", "asc"),
        Direction::Up => ("<", "desc"),
    };
    format!(
        "select p.weight, p.one, p.other, p.score, p.grade, p.reasons, p.found_at, a.body, b.body
from wf.duplicate_pair p
join read.entry a on a.id = p.one and a.item = 0 and a.kind = 'patient' and not a.struck
join read.entry b on b.id = p.other and b.item = 0 and b.kind = 'patient' and not b.struck
where p.state = 'open' and (cardinality($1::text[]) = 0 or p.grade = any($1))
    and ($2::uuid is null or p.one = $2 or p.other = $2)
    and p.one <> all($7::uuid[]) and p.other <> all($7::uuid[])
    and ($3::float8 is null or p.weight {behind} $3 or (p.weight = $3 and (p.one, p.other) {beyond} ($4, $5)))
    and not exists (select from es.survivor s where s.patient_id in (p.one, p.other))
    and not exists (select from read.patient x where x.id in (p.one, p.other) and x.status = 'entered-in-error')
order by p.weight {way}, p.one {pairs}, p.other {pairs} limit $6"
    )
}

const SURVIVORS: &str = "
select s.patient_id, e.id, e.body from es.survivor s
join read.entry e on e.id = s.survivor and e.item = 0 and e.kind = 'patient'
where s.patient_id = any($1)";

/// Of what a patient has one of, and of who they are, nothing is given away.
const BEGUN: &str = "
select count(*) from es.event e
where e.stream_id = any($2) and e.version = 1 and e.recorded_at > $3
    and es.survivor_of(es.home(e.stream_id, e.patient_id)) = $1
    and e.stream_type not in ('patient', 'identity', 'care_team', 'score', 'alarm_limits')";

/// Whether a permit is for looking at the directory.
fn directory(permit: &Permit) -> bool {
    matches!(permit.reach(), Reach::Directory | Reach::Everybody) || permit.permission() == Permission::RegisterPatient
}

#[async_trait]
impl IdentityModel for PgReadModel {
    async fn candidates(
        &self,
        permit: &Permit,
        keys: &[i64],
        but: Option<PatientId>,
    ) -> Result<Vec<Candidate>, StoreError> {
        if !directory(permit) {
            return Ok(vec![]);
        }
        let but = but.map(|patient| patient.0);
        let rows = self.db.read_as(&Sight::directory(), CANDIDATES, &[&keys, &but]).await?;
        Ok(rows.iter().map(|row| Candidate { patient: PatientId(row.get(0)), body: row.get(1) }).collect())
    }

    async fn shares(&self, permit: &Permit, keys: &[i64]) -> Result<bool, StoreError> {
        let anybody = "select exists (select from read.patient_match_key m where m.key = any($1))";
        if !directory(permit) {
            return Ok(false);
        }
        let rows = self.db.read_as(&Sight::directory_by_key(), anybody, &[&keys]).await?;
        Ok(rows.first().is_some_and(|row| row.get(0)))
    }

    async fn duplicates(&self, permit: &Permit, filter: &DuplicateFilter) -> Result<Vec<QueuedPair>, StoreError> {
        if !directory(permit) {
            return Ok(vec![]);
        }
        let grades: Vec<&str> = filter.grades.iter().map(|grade| grade.as_str()).collect();
        let patient = filter.patient.map(|patient| patient.0);
        let weight = filter.after.map(|place| place.weight);
        let (one, other) = filter.after.map(|place| place.pair).unzip();
        let limit = i64::from(filter.limit) + 1;
        let without: Vec<Uuid> = filter.without.iter().map(|patient| patient.0).collect();
        let rows = self
            .db
            .read_as(
                &Sight::directory(),
                &duplicates(filter.direction),
                &[&grades, &patient, &weight, &one, &other, &limit, &without],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(QueuedPair {
                    place: PairPlace { weight: row.get(0), pair: (row.get(1), row.get(2)) },
                    score: row.get(3),
                    grade: row.get::<_, &str>(4).parse().map_err(unavailable)?,
                    reasons: row.get(5),
                    found_at: row.get(6),
                    bodies: [row.get(7), row.get(8)],
                })
            })
            .collect()
    }

    async fn survivors(&self, permit: &Permit, of: &[PatientId]) -> Result<Vec<(PatientId, Candidate)>, StoreError> {
        if !directory(permit) {
            return Ok(vec![]);
        }
        let ids: Vec<Uuid> = of.iter().map(|patient| patient.0).collect();
        let rows = self.db.read_as(&Sight::directory_by_key(), SURVIVORS, &[&ids]).await?;
        let survivor = |row: &tokio_postgres::Row| Candidate { patient: PatientId(row.get(1)), body: row.get(2) };
        Ok(rows.iter().map(|row| (PatientId(row.get(0)), survivor(row))).collect())
    }

    async fn begun_since(
        &self,
        permit: &Permit,
        patient: PatientId,
        streams: &[Uuid],
        since: DateTime<Utc>,
    ) -> Result<usize, StoreError> {
        if permit.permission() != Permission::MergePatients {
            return Ok(0);
        }
        let rows = self.db.read_as(&Sight::whose(patient), BEGUN, &[&patient.0, &streams, &since]).await?;
        Ok(rows.first().map_or(0, |row| usize::try_from(row.get::<_, i64>(0)).unwrap_or(0)))
    }
}
