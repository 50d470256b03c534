//! What waits for somebody: what notes and plans ask, alerts nobody has answered, offers of the waitlist, broken glasses.

use std::collections::{BTreeMap, HashSet};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use healthcare_application::{
    Actor, Permit, StoreError,
    access::Circle,
    inbox::{
        Inbox, InboxFilter, InboxItem, InboxKind, InboxModel, InboxSort, Kinds, REVIEWS_FROM, SiteDays, Subject, ToDo,
    },
    read::{Cursor, Paging},
};
use healthcare_domain::id::PatientId;
use tokio_postgres::{Row, types::ToSql};
use uuid::Uuid;

use super::PgReadModel;
use crate::database::Sight;

/// All that waits for a reader: `$1` the account, `$2` its role, `$3` now, `$4` the kinds they deal with, `$5` and `$6`
/// the circle, `$7` one patient, `$8` today at the site, `$9` and `$10` the midnights of the site. A review is stored with the
/// midnight in UTC of its day, and waits since that of the site.
const WAITS: &str = "with waits as (
    select i.kind, i.id, i.item, i.version, i.patient_id, i.title, coalesce(d.midnight, i.since) as since,
            coalesce(d.midnight, i.due_at) as due_at, null::text as priority, null::text as reasons
        from read.inbox i left join lateral (
            select i.due_at + make_interval(secs => z.after) as midnight
            from unnest($9::timestamptz[], $10::int[]) z (day, after)
            where i.kind = 'review' and z.day <= i.due_at order by z.day desc limit 1) d on true
        where (i.account_id = $1 or i.role = $2) and i.kind = any($4) and (i.kind <> 'review' or i.due_at <= $8)
    union all
    select 'alert', a.id, 0::int2, a.version, a.patient_id, e.body::json ->> 'title', a.raised_at, null, a.priority, null
        from read.alert a join read.entry e on e.id = a.id and e.item = 0
        where 'alert' = any($4) and a.status = 'active'
    union all
    select 'suggestion', e.id, 0::int2, e.version, e.patient_id, e.body::json ->> 'summary',
            coalesce((e.body::json ->> 'raised_at')::timestamptz, e.at), null, e.body::json ->> 'severity',
            e.body::json ->> 'override_reasons'
        from read.entry e
        where 'suggestion' = any($4) and e.kind = 'suggestion' and e.active
            and coalesce((e.body::json ->> 'snoozed_until')::timestamptz <= $3, true)
    union all
    select 'offer', w.id, 0::int2, w.version, w.patient_id, 'Offer of the waitlist', e.at,
            (e.body::json -> 'offer' ->> 'until')::timestamptz, null, null
        from read.waitlist w join read.entry e on e.id = w.id and e.item = 0
        where 'offer' = any($4) and w.status = 'offered'
    union all
    select 'break_glass', b.id, 0::int2, b.version, null, 'Break-glass', b.opened_at, null, null, null
        from access.break_glass b where 'break_glass' = any($4) and b.reviewed_at is null and b.account_id <> $1
), mine as (
    select *, coalesce(due_at, since) as due from waits
    where (patient_id is null or (($5::uuid[] is null or patient_id = any($5)) and patient_id <> all($6::uuid[])))
        and ($7::uuid is null or patient_id = $7))";
const COLUMNS: &str = "kind, id, item, version, patient_id, title, since, due_at, priority, reasons";

fn listed(sort: InboxSort) -> String {
    let (key, direction, behind) = match sort {
        InboxSort::Due => ("due", "", ">"),
        InboxSort::LastDue => ("due", "desc", "<"),
        InboxSort::Oldest => ("since", "", ">"),
        InboxSort::Newest => ("since", "desc", "<"),
    };
    format!(
        "{WAITS} select {COLUMNS}, {key} from mine
         where ($11::text is null or kind = $11)
            and ($12::timestamptz is null or ({key}, id, item) {behind} ($12, $13, $14))
         order by {key} {direction}, id {direction}, item {direction} limit $15"
    )
}

#[async_trait]
impl InboxModel for PgReadModel {
    async fn inbox(
        &self,
        permit: &Permit,
        circle: &Circle,
        (reader, now, days): (&Actor, DateTime<Utc>, &SiteDays),
        filter: &InboxFilter,
        paging: &Paging,
    ) -> Result<Inbox, StoreError> {
        let kinds = Kinds::of(reader);
        let ids = |patients: &HashSet<PatientId>| patients.iter().map(|one| one.0).collect::<Vec<Uuid>>();
        let (only, but) = match circle {
            Circle::Only(patients) => (Some(ids(patients)), vec![]),
            Circle::Except(patients) => (None, ids(patients)),
            Circle::Everybody => (None, vec![]),
        };
        // Who reviews who broke the glass deals with nothing else.
        let sight = if kinds.has(InboxKind::BreakGlass) { Sight::review() } else { Sight::within(circle) };
        let (role, names) = (reader.role.as_str(), kinds.names());
        let patient = filter.patient.map(|one| one.0);
        let (from, after): (Vec<DateTime<Utc>>, Vec<i32>) = days.midnights.iter().copied().unzip();
        let whose: [&(dyn ToSql + Sync); 10] =
            [&reader.account.0, &role, &now, &names, &only, &but, &patient, &days.today, &from, &after];
        let count = format!("{WAITS} select kind, count(*) from mine group by kind order by kind");
        let counted = self.db.read_as(&sight, &count, &whose).await?;
        let mut counts: BTreeMap<&'static str, i64> = names.iter().map(|name| (*name, 0)).collect();
        for row in &counted {
            counts.insert(kind_of(row.get(0))?.as_str(), row.get(1));
        }
        let kind = filter.kind.map(InboxKind::as_str);
        let (at, id, item) =
            (paging.after.map(|one| one.at), paging.after.map(|one| one.id), paging.after.map(|one| one.item));
        let limit = i64::from(paging.limit) + 1;
        let which: [&(dyn ToSql + Sync); 5] = [&kind, &at, &id, &item, &limit];
        let values = [&whose[..], &which[..]].concat();
        let mut rows = self.db.read_as(&sight, &listed(filter.sort), &values).await?;
        let more = rows.len() > usize::from(paging.limit);
        rows.truncate(usize::from(paging.limit));
        permit.recorded_of(rows.iter().filter_map(|row| row.get::<_, Option<Uuid>>(4).map(PatientId))).await?;
        let place = |row: &Row| Cursor { at: row.get(10), id: row.get(1), item: row.get(2) }.to_string();
        let next_cursor = rows.last().filter(|_| more).map(place);
        let items = rows.iter().map(item_of).collect::<Result<_, _>>()?;
        Ok(Inbox { items, counts, next_cursor })
    }
}

fn kind_of(name: &str) -> Result<InboxKind, StoreError> {
    let found = InboxKind::ALL.into_iter().find(|kind| kind.as_str() == name);
    found.ok_or_else(|| StoreError::Damaged("the inbox holds a kind that is none of ours".into()))
}

fn item_of(row: &Row) -> Result<InboxItem, StoreError> {
    let kind = kind_of(row.get(0))?;
    let (id, item): (Uuid, i16) = (row.get(1), row.get(2));
    let number = match kind {
        InboxKind::Task => Some(item),
        InboxKind::Review => Some(item - REVIEWS_FROM),
        InboxKind::Sign
        | InboxKind::Cosign
        | InboxKind::Alert
        | InboxKind::Suggestion
        | InboxKind::Offer
        | InboxKind::BreakGlass => None,
    };
    let part = number.unwrap_or_default();
    let (of, url) = match kind {
        InboxKind::Sign => ("note", format!("/api/v1/notes/{id}/sign")),
        InboxKind::Cosign => ("note", format!("/api/v1/notes/{id}/cosign")),
        InboxKind::Task => ("plan", format!("/api/v1/plans/{id}/activities/{part}/done")),
        InboxKind::Review => ("plan", format!("/api/v1/plans/{id}/reviews/{part}/held")),
        InboxKind::Alert => ("alert", format!("/api/v1/alerts/{id}/acknowledge")),
        InboxKind::Suggestion => ("suggestion", format!("/api/v1/suggestions/{id}/accept")),
        InboxKind::Offer => ("waitlist", format!("/api/v1/waitlist/{id}/accept")),
        InboxKind::BreakGlass => ("break_glass", format!("/api/v1/break-glass/{id}/review")),
    };
    let reasons: Option<String> = row.get(9);
    let override_reasons = reasons.map(|list| serde_json::from_str(&list)).transpose();
    Ok(InboxItem {
        kind,
        patient: row.get::<_, Option<Uuid>>(4).map(PatientId),
        subject: Subject { kind: of, id, version: row.get(3), number },
        title: row.get::<_, Option<String>>(5).unwrap_or_default(),
        since: row.get(6),
        due_at: row.get(7),
        priority: row.get(8),
        override_reasons: override_reasons.map_err(|e| StoreError::Damaged(Box::new(e)))?.unwrap_or_default(),
        action: ToDo { method: "POST", url },
    })
}
