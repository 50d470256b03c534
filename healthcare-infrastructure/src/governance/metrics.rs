//! Counting `governance.telling`: findings before signing, suggestions, and cards of CDS Hooks.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use healthcare_application::{
    Permit, StoreError,
    governance::{ALIKE, Firings, MetricsFilter, MetricsModel, Part, Reason, RuleMetrics},
};
use tokio_postgres::{Row, types::ToSql};

use crate::{audit::answered, database::unavailable, views::PgReadModel};

/// `$1` and `$2` the time, `$3` the rule, `$4` the ward, `$5` the role.
const WHERE: &str = "fired_at >= $1 and fired_at < $2 and ($3::text is null or rule = $3)
    and ($4::text is null or ward = $4) and ($5::text is null or role = $5)";

/// Each rule in all, by ward, by role and by how it was told.
const COUNTED: &str = "select rule, grouping(ward), grouping(role), ward, role, count(*), count(shown_at),
        count(*) filter (where outcome = 'accepted'), count(*) filter (where outcome = 'overridden'),
        coalesce(sum(snoozes), 0)::bigint, count(*) filter (where outcome = 'withdrawn'),
        count(*) filter (where outcome = 'not-signed'), count(*) filter (where outcome = 'noted'),
        count(*) filter (where outcome = 'open'),
        (percentile_cont(0.5) within group (order by extract(epoch from answered_at - fired_at)::float8)
            filter (where via = 'suggestion' and outcome in ('accepted', 'overridden')))::bigint,
        grouping(via), via
    from governance.telling";

/// What was answered to each rule between `$1` and `$2`, here and in other systems each by itself: a person's last answer
/// to the same, nothing that is only for information, and of other systems what people of known clients say.
const FLAGGED: &str = "select rule, outside, count(*) filter (where outcome = 'overridden'), count(*),
        count(distinct person)
    from (select distinct on (rule, outside, coalesce(person, id), about) rule, outside, person, outcome
        from governance.telling
        where fired_at >= $1 and fired_at < $2 and outcome in ('accepted', 'overridden', 'not-signed')
            and severity <> 'info' and (person is not null or not outside)
        order by rule, outside, coalesce(person, id), about, answered_at desc nulls last, id desc) answer
    group by rule, outside";

fn count(row: &Row, column: usize) -> u64 {
    u64::try_from(row.get::<_, i64>(column)).unwrap_or_default()
}

fn firings(row: &Row) -> Firings {
    Firings {
        fired: count(row, 5),
        shown: count(row, 6),
        accepted: count(row, 7),
        overridden: count(row, 8),
        snoozed: count(row, 9),
        withdrawn: count(row, 10),
        not_signed: count(row, 11),
        noted: count(row, 12),
        open: count(row, 13),
        median_seconds_to_action: row.get(14),
    }
}

#[async_trait]
impl MetricsModel for PgReadModel {
    async fn rule_metrics(
        &self,
        permit: &Permit,
        filter: &MetricsFilter,
        lately: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Vec<RuleMetrics>, StoreError> {
        answered(permit, async {
            let client = self.db.get().await?;
            let MetricsFilter { from, to, rule, ward, role } = filter;
            let values: [&(dyn ToSql + Sync); 5] = [from, to, rule, ward, role];
            let counted = format!(
                "{COUNTED} where {WHERE} group by grouping sets ((rule), (rule, ward), (rule, role), (rule, via))
                 order by rule, ward nulls first, role nulls first, via"
            );
            let mut rules: BTreeMap<String, RuleMetrics> = BTreeMap::new();
            for row in client.query(&counted, &values).await.map_err(unavailable)? {
                let name: String = row.get(0);
                let entry = rules.entry(name.clone()).or_insert_with(|| RuleMetrics {
                    rule: name,
                    title: None,
                    all: Firings::default(),
                    by_ward: vec![],
                    by_role: vec![],
                    by_way: vec![],
                    reasons: vec![],
                    flagged: false,
                });
                match (row.get::<_, i32>(1), row.get::<_, i32>(2), row.get::<_, i32>(15)) {
                    (0, ..) => entry.by_ward.push(Part { name: row.get(3), firings: firings(&row) }),
                    (_, 0, _) => entry.by_role.push(Part { name: row.get(4), firings: firings(&row) }),
                    (.., 0) => entry.by_way.push(Part { name: row.get(16), firings: firings(&row) }),
                    _ => entry.all = firings(&row),
                }
            }
            let alike = i64::try_from(ALIKE).unwrap_or(i64::MAX);
            let reasons = format!(
                "select rule, reason, sum(times)::bigint from (
                     select rule, case when greatest(count(distinct person) filter (where outside),
                             count(distinct person) filter (where not outside)) >= $6 then min(reason) end as reason,
                         count(*) as times
                     from governance.telling where {WHERE} and outcome = 'overridden'
                     group by rule, lower(btrim(reason))) r
                 group by rule, reason order by rule, reason is null, 3 desc, reason"
            );
            let with_alike = [&values[..], &[&alike]].concat();
            for row in client.query(&reasons, &with_alike).await.map_err(unavailable)? {
                if let Some(entry) = rules.get_mut(row.get::<_, &str>(0)) {
                    entry.reasons.push(Reason { reason: row.get(1), times: count(&row, 2) });
                }
            }
            for row in client.query(FLAGGED, &[&lately.0, &lately.1]).await.map_err(unavailable)? {
                let Some(entry) = rules.get_mut(row.get::<_, &str>(0)) else { continue };
                // One other system is not to decide by itself what is looked at here.
                let enough = !row.get::<_, bool>(1) || count(&row, 4) >= ALIKE;
                entry.flagged |= enough && Firings::is_ignored(count(&row, 2), count(&row, 3));
            }
            Ok(rules.into_values().collect())
        })
        .await
    }
}
