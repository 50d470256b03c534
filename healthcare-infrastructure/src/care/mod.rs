//! Who cares for whom, from PostgreSQL.

mod grants;
mod staff;
mod standings;

pub use staff::{WHOLE_HOUSE, put_named_on_ward, put_on_ward};
pub use standings::Standings;

use std::collections::HashSet;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use healthcare_application::{
    Permit, StoreError,
    access::{CareRelations, Circle, Closeness, Followed, GrantState, Standing},
    read::{Page, Paging},
};
use healthcare_domain::id::{AccountId, BreakGlassId, PatientId};
use uuid::Uuid;

use crate::{
    database::{Database, unavailable},
    event_store::PgEventStore,
};

/// The closest relationship (one of the account's own making counts as the whole house does), the label and the last grant, in one look; whose, and out of which table, is filled in.
macro_rules! standing {
    ($patient:literal, $table:literal) => {
        concat!(
            "select greatest(
        coalesce((select max(case when r.by_account = $2 then 1 when r.valid_to is null or r.valid_to > $3 then 3 else 1 end)
            from access.relationship r
            where r.patient_id = ",
            $patient,
            " and r.account_id = $2 and r.valid_from <= $3::timestamptz + interval '1 minute'
                and (r.valid_to is null or r.valid_to > $3 or (r.graced and r.valid_to > $4))), 0),
        coalesce((select max(case when w.ward = '*' or r.by_account = $2 then 1
                when r.valid_to is null or r.valid_to > $3 then 2 else 1 end)
            from access.staff_ward w
            left join access.relationship r on r.patient_id = ",
            $patient,
            " and r.ward = w.ward
                and r.valid_from <= $3::timestamptz + interval '1 minute'
                and (r.valid_to is null or r.valid_to > $3 or (r.graced and r.valid_to > $4))
            where w.account_id = $2 and w.valid_from <= $3::timestamptz + interval '1 minute'
                and (w.valid_to is null or w.valid_to > $3) and (w.ward = '*' or r.patient_id is not null)), 0)),
    (select l.label from access.label l where l.patient_id = ",
            $patient,
            "), g.id, g.ends,
    (select s.survivor from es.survivor s where s.patient_id = ",
            $patient,
            "), k.id
from ",
            $table,
            " left join lateral (
    select b.id, least(b.until, b.closed_at) as ends from access.break_glass b
    where b.patient_id = ",
            $patient,
            " and b.account_id = $2 order by b.opened_at desc limit 1) g on true",
        )
    };
}

/// To one patient.
const STANDING: &str = standing!("$1", "(values ($1::uuid)) k (id)");
/// To each of several.
const STANDINGS: &str = standing!("k.id", "unnest($1::uuid[]) k (id)");

/// Care relationships over a pool that works for the system.
#[derive(Clone)]
pub struct PgCareRelations {
    db: Database,
    standings: Standings,
}

impl PgCareRelations {
    /// Over the pool of the store that changes them.
    pub fn new(store: &PgEventStore) -> Self {
        Self { db: store.database().clone(), standings: store.standings().clone() }
    }
}

/// What a row of [`STANDING`] or [`STANDINGS`] says.
fn read(row: &tokio_postgres::Row) -> Result<Standing, StoreError> {
    let label = row.get::<_, Option<&str>>(1).map(str::parse).transpose();
    let grant = row.get::<_, Option<Uuid>>(2).map(BreakGlassId).zip(row.get(3));
    Ok(Standing {
        closeness: Closeness::from_rank(row.get(0)),
        label: label.map_err(|e| StoreError::Damaged(Box::new(e)))?.unwrap_or_default(),
        grant,
        survivor: row.get::<_, Option<Uuid>>(4).map(PatientId),
    })
}

#[async_trait]
impl CareRelations for PgCareRelations {
    async fn standing(
        &self,
        account: AccountId,
        patient: PatientId,
        now: DateTime<Utc>,
        ended_after: DateTime<Utc>,
    ) -> Result<Standing, StoreError> {
        let asked = match self.standings.lately(account, patient, now) {
            Ok(standing) => return Ok(standing),
            Err(asked) => asked,
        };
        let row = self.db.look_up(STANDING, &[&patient.0, &account.0, &now, &ended_after]).await?;
        let row = row.ok_or_else(|| StoreError::Damaged("a question without an answer".into()))?;
        let standing = read(&row)?;
        self.standings.keep(asked, standing);
        Ok(standing)
    }

    async fn standings(
        &self,
        account: AccountId,
        patients: &[PatientId],
        now: DateTime<Utc>,
        ended_after: DateTime<Utc>,
    ) -> Result<Vec<(PatientId, Standing)>, StoreError> {
        let ids: Vec<Uuid> = patients.iter().map(|patient| patient.0).collect();
        let client = self.db.get().await?;
        let statement = client.prepare_cached(STANDINGS).await.map_err(unavailable)?;
        let rows = client.query(&statement, &[&ids, &account.0, &now, &ended_after]).await.map_err(unavailable)?;
        rows.iter().map(|row| Ok((PatientId(row.get(5)), read(row)?))).collect()
    }

    async fn very_restricted(&self) -> Result<Vec<(PatientId, PatientId)>, StoreError> {
        let all = "select l.patient_id, l.patient_id from access.label l where l.label = 'V'
            union select s.patient_id, s.survivor from es.survivor s
                join access.label l on l.patient_id = s.survivor where l.label = 'V'";
        let client = self.db.get().await?;
        let all = client.prepare_cached(all).await.map_err(unavailable)?;
        let rows = client.query(&all, &[]).await.map_err(unavailable)?;
        Ok(rows.iter().map(|row| (PatientId(row.get(0)), PatientId(row.get(1)))).collect())
    }

    async fn works_on(&self, account: AccountId, ward: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let works = "select exists (select from access.staff_ward where account_id = $1 and ward = $2
            and valid_from <= $3::timestamptz + interval '1 minute' and (valid_to is null or valid_to > $3))";
        let row = self.db.look_up(works, &[&account.0, &ward, &now]).await?;
        Ok(row.is_some_and(|row| row.get(0)))
    }

    async fn survivor(&self, patient: PatientId) -> Result<PatientId, StoreError> {
        let row = self.db.look_up("select es.survivor_of($1)", &[&patient.0]).await?;
        Ok(row.map_or(patient, |row| PatientId(row.get(0))))
    }

    async fn identities(&self, patient: PatientId) -> Result<Vec<PatientId>, StoreError> {
        let row = self.db.look_up("select es.identities($1)", &[&patient.0]).await?;
        let all: Vec<Uuid> = row.map_or_else(|| vec![patient.0], |row| row.get(0));
        Ok(all.into_iter().map(PatientId).collect())
    }

    async fn circle(
        &self,
        account: AccountId,
        known_well: bool,
        now: DateTime<Utc>,
        ended_after: DateTime<Utc>,
    ) -> Result<Followed, StoreError> {
        let client = self.db.get().await?;
        // Of each patient the closest relationship, held against what the label asks for; grants that hold, and whether
        // nothing but them opens the record.
        let near = "
            select f.patient_id, bool_and(f.by_grant) from (
                select c.patient_id, false as by_grant from (
                    select patient_id, max(rank) as rank from access.closeness($1, $2, $3) group by 1) c
                left join access.label l using (patient_id)
                where c.rank >= case l.label when 'V' then 3 when 'R' then 2 else 1 end
                    and (l.label is distinct from 'V' or $4)
                union all select patient_id, true from access.break_glass
                where account_id = $1 and until > $2 and (closed_at is null or closed_at > $2)) f
            group by 1";
        let house = "select exists (select from access.staff_ward where account_id = $1 and ward = '*'
            and valid_from <= $2::timestamptz + interval '1 minute' and (valid_to is null or valid_to > $2))";
        let near = client.prepare_cached(near).await.map_err(unavailable)?;
        let house = client.prepare_cached(house).await.map_err(unavailable)?;
        let rows = client.query(&near, &[&account.0, &now, &ended_after, &known_well]).await.map_err(unavailable)?;
        let near: HashSet<PatientId> = rows.iter().map(|row| PatientId(row.get(0))).collect();
        let by_grant = rows.iter().filter(|row| row.get(1)).map(|row| PatientId(row.get(0)));
        let mut by_grant: HashSet<PatientId> = by_grant.collect();
        if !client.query_one(&house, &[&account.0, &now]).await.map_err(unavailable)?.get::<_, bool>(0) {
            return Ok(Followed { circle: Circle::Only(near), by_grant });
        }
        let labelled = client
            .prepare_cached("select patient_id from access.label where label <> 'N'")
            .await
            .map_err(unavailable)?;
        let rows = client.query(&labelled, &[]).await.map_err(unavailable)?;
        let labelled: HashSet<PatientId> = rows.iter().map(|row| PatientId(row.get(0))).collect();
        // What has no label is open to the whole house without a grant.
        by_grant.retain(|patient| labelled.contains(patient));
        let closed = labelled.into_iter().filter(|patient| !near.contains(patient));
        Ok(Followed { circle: Circle::Except(closed.collect()), by_grant })
    }

    async fn grants(&self, permit: &Permit, state: Option<GrantState>, page: &Paging) -> Result<Page, StoreError> {
        grants::page(&self.db, permit, state, page).await
    }
}
