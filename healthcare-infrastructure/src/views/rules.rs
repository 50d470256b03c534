//! Stored rules, and what is counted of those in the shadow.

use async_trait::async_trait;
use healthcare_application::{
    Permit, StoreError,
    access::Circle,
    rule::{RuleModel, ShadowCounts, ShadowOnWard, ShadowQuery, StoredRule},
};
use healthcare_domain::id::{RuleId, WardId};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::PgReadModel;
use crate::{audit::answered, database::Sight};

#[async_trait]
impl RuleModel for PgReadModel {
    async fn rule_mark(&self, permit: &Permit) -> Result<(i64, i64), StoreError> {
        let select = "select count(*), coalesce(sum(version), 0)::bigint from read.rule";
        let rows = self.db.read_as(&Sight::of(permit), select, &[]).await?;
        Ok(rows.first().map_or((0, 0), |row| (row.get(0), row.get(1))))
    }

    async fn stored_rules(
        &self,
        permit: &Permit,
        seen: &[(RuleId, i32)],
    ) -> Result<Vec<(String, Option<StoredRule>)>, StoreError> {
        let (ids, versions): (Vec<Uuid>, Vec<i32>) = seen.iter().map(|(id, version)| (id.0, *version)).unzip();
        let select = "select r.id, r.version, r.name, case when s.version is distinct from r.version then r.body end
            from read.rule r left join unnest($1::uuid[], $2::int[]) s(id, version) on s.id = r.id order by r.name";
        let rows = self.db.read_as(&Sight::of(permit), select, &[&ids, &versions]).await?;
        let stored = rows.iter().map(|row| {
            let (id, version, name) = (RuleId(row.get(0)), row.get(1), row.get::<_, String>(2));
            let body: Option<String> = row.get(3);
            (name.clone(), body.map(|body| StoredRule::read(id, version, name, &body)))
        });
        Ok(stored.collect())
    }

    async fn shadow_counts(&self, permit: &Permit, query: &ShadowQuery) -> Result<ShadowCounts, StoreError> {
        let version = i32::try_from(query.version).unwrap_or(i32::MAX);
        let wards: Option<Vec<Uuid>> = query.wards.as_ref().map(|all| all.iter().map(|ward| ward.0).collect());
        let fired = "select count(*), count(distinct es.survivor_of(patient_id)),
                (select count(distinct (es.survivor_of(j.patient_id), f)) from es.shadow_judgement j, unnest(j.findings) f
                    where j.rule = $1 and j.rule_version = $2 and j.at >= $3 and j.at < $4)
            from es.shadow_judgement where rule = $1 and rule_version = $2 and at >= $3 and at < $4";
        let by_ward = "select ward_id, severity, count(*) from es.shadow_judgement
            where rule = $1 and rule_version = $2 and at >= $3 and at < $4
            group by ward_id, severity order by ward_id nulls last, severity";
        let days = "select round((coalesce(sum(extract(epoch from
                least(coalesce(e.ended_at, $2), $2) - greatest(e.started_at, $1))), 0) / 86400)::numeric, 6)::text
            from read.encounter e left join read.ward w on lower(w.name) = lower(e.ward) and w.active
            where e.status not in ('planned', 'cancelled', 'entered-in-error')
                and e.started_at < $2 and coalesce(e.ended_at, $2) > $1 and ($3::uuid[] is null or w.id = any($3))";
        let sight = Sight::rules();
        let (since, until) = (&query.since, &query.until);
        answered(permit, async {
            let fired = self.db.read_as(&sight, fired, &[&query.rule, &version, since, until]).await?;
            let on_wards = self.db.read_as(&sight, by_ward, &[&query.rule, &version, since, until]).await?;
            let days = self.db.read_as(&Sight::around(&Circle::Everybody), days, &[since, until, &wards]).await?;
            let (fired, patients, findings) =
                fired.first().map_or((0, 0, 0), |row| (row.get(0), row.get(1), row.get(2)));
            let by_ward = on_wards.iter().map(|row| ShadowOnWard {
                ward: row.get::<_, Option<Uuid>>(0).map(WardId),
                severity: row.get(1),
                fired: row.get(2),
            });
            let patient_days = days.first().map(|row| row.get::<_, String>(0).parse::<Decimal>()).transpose();
            let patient_days = patient_days.map_err(|e| StoreError::Damaged(Box::new(e)))?.unwrap_or_default();
            Ok(ShadowCounts { fired, findings, patients, patient_days, by_ward: by_ward.collect() })
        })
        .await
    }
}
