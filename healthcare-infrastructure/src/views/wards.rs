//! Wards, beds, and who lies where. Written by hand: they join, and count.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use healthcare_application::{
    Permit, StoreError,
    access::Circle,
    read::{Cursor, Page, Paging},
    ward::{BedFilter, BedNamed, BedState, EncounterFilter, NamePaging, WardModel},
};
use healthcare_domain::id::{BedId, EncounterId, PatientId, WardId};
use serde_json::value::RawValue;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{PgReadModel, entries::raw, order};
use crate::{audit::answered, database::Sight};

/// What a list may see of a circle's patients, as the conditions take it: those only, or all but those.
fn bounds(permit: &Permit, circle: &Circle) -> (Sight, Option<Vec<Uuid>>, Vec<Uuid>) {
    let ids = |patients: &std::collections::HashSet<PatientId>| patients.iter().map(|one| one.0).collect::<Vec<_>>();
    match (permit.patient(), circle) {
        (Some(patient), _) => (Sight::of(permit), Some(vec![patient.0]), vec![]),
        (None, Circle::Only(patients)) => (Sight::around(circle), Some(ids(patients)), vec![]),
        (None, Circle::Except(patients)) => (Sight::around(circle), None, ids(patients)),
        (None, Circle::Everybody) => (Sight::around(circle), None, vec![]),
    }
}

/// What is asked for, as text that can be stored: PostgreSQL takes no NUL, and nothing holds one.
fn stored(asked: Option<&str>) -> Option<String> {
    asked.map(|text| text.replace('\0', "\u{fffd}"))
}

/// A page of rows whose second column is their place, and third their body, of which one too many was asked for.
fn paged(mut rows: Vec<Row>, limit: u16) -> Result<Page, StoreError> {
    let more = rows.len() > usize::from(limit);
    rows.truncate(usize::from(limit));
    let next_cursor = rows.last().filter(|_| more).map(|last| hex::encode(last.get::<_, String>(1)));
    let items = rows.iter().map(|row| raw(row.get(2))).collect::<Result<Vec<Box<RawValue>>, _>>()?;
    Ok(Page { items, next_cursor })
}

#[async_trait]
impl WardModel for PgReadModel {
    async fn ward_named(&self, permit: &Permit, name: &str) -> Result<Option<WardId>, StoreError> {
        let select = "select id from read.ward where lower(name) = lower($1) and active";
        let rows = self.db.read_as(&Sight::of(permit), select, &[&name]).await?;
        Ok(rows.first().map(|row| WardId(row.get(0))))
    }

    async fn may_be_ward(&self, permit: &Permit, name: &str) -> Result<bool, StoreError> {
        let select = "select exists (select from read.ward where lower(name) = lower($1) and active)
            or not exists (select from read.ward where active)";
        let rows = self.db.read_as(&Sight::of(permit), select, &[&name]).await?;
        Ok(rows.first().is_none_or(|row| row.get(0)))
    }

    async fn inpatient_stays(
        &self,
        permit: &Permit,
        patient: PatientId,
    ) -> Result<(Vec<EncounterId>, i64), StoreError> {
        if !permit.opens(Some(patient)) {
            return Err(StoreError::Foreign);
        }
        // Only those of which anything was done here: what an import brought as open is history that nobody closed. The events of a
        // registration that was merged are not in sight; there its source's name for it tells.
        let select = "select array(select e.id from read.encounter e
                where e.patient_id = $1 and e.active and e.class = 'inpatient' and e.status <> 'planned'
                    and (exists (select from es.event b
                            where b.stream_id = e.id and b.meta -> 'source' is null)
                        or not exists (select from import.source_identity i
                            where i.patient_id = coalesce(e.home, e.patient_id) and i.stream_id = e.id))
                order by e.started_at, e.id),
            coalesce((select version from es.safety where patient_id = $1), 0)";
        let rows = self.db.read_as(&Sight::whose(patient), select, &[&patient.0]).await?;
        let Some(row) = rows.first() else { return Ok((vec![], 0)) };
        Ok((row.get::<_, Vec<Uuid>>(0).into_iter().map(EncounterId).collect(), row.get(1)))
    }

    async fn ward_of(&self, permit: &Permit, patient: PatientId) -> Result<Option<WardId>, StoreError> {
        if !permit.opens(Some(patient)) {
            return Ok(None);
        }
        let select = "select w.id from read.encounter e join read.ward w on lower(w.name) = lower(e.ward) and w.active
            where e.patient_id = $1 and e.active and e.status <> 'planned'
            order by e.started_at desc, e.id desc limit 1";
        let rows = self.db.read_as(&Sight::whose(patient), select, &[&patient.0]).await?;
        Ok(rows.first().map(|row| WardId(row.get(0))))
    }

    async fn bed_named(&self, permit: &Permit, ward: &str, bed: &str) -> Result<BedNamed, StoreError> {
        let select = "select b.id, lower(b.name) = lower($2) from read.ward w join read.bed b on b.ward_id = w.id
            where lower(w.name) = lower($1) and w.active and b.state <> 'retired'
            order by lower(b.name) = lower($2) desc limit 1";
        let rows = self.db.read_as(&Sight::of(permit), select, &[&ward, &bed]).await?;
        Ok(match rows.first() {
            None => BedNamed::NotConfigured,
            Some(row) if row.get(1) => BedNamed::Here(BedId(row.get(0))),
            Some(_) => BedNamed::Nowhere,
        })
    }

    async fn wards(&self, permit: &Permit, active: Option<bool>, page: &NamePaging) -> Result<Page, StoreError> {
        let (behind, way) = (order::behind(page.direction), order::way(page.direction));
        let select = format!(
            "select w.id, place.of, json_build_object(
                'id', w.id, 'version', w.version, 'name', w.name, 'status', case when w.active then 'open' else 'closed' end,
                'beds', json_build_object('free', count(*) filter (where b.state = 'free'),
                    'occupied', count(*) filter (where b.state = 'occupied'),
                    'cleaning', count(*) filter (where b.state = 'cleaning'),
                    'blocked', count(*) filter (where b.state = 'blocked')))::text
            from read.ward w cross join lateral (select lower(w.name) || chr(31) || w.id::text as of) place
            left join read.bed b on b.ward_id = w.id and b.state <> 'retired'
            where ($1::bool is null or w.active = $1) and ($2::text is null or place.of collate \"C\" {behind} $2)
            group by w.id, place.of order by place.of collate \"C\" {way} limit $3"
        );
        let limits = i64::from(page.limit) + 1;
        let sight = Sight::of(permit);
        let reading =
            async { paged(self.db.read_as(&sight, &select, &[&active, &page.after, &limits]).await?, page.limit) };
        answered(permit, reading).await
    }

    async fn beds(
        &self,
        permit: &Permit,
        circle: Option<&Circle>,
        filter: &BedFilter,
        page: &NamePaging,
    ) -> Result<Page, StoreError> {
        // Who lies in a bed is seen by way of the visits, of which a sight shows those of its patients alone.
        let nobody = Circle::Only(std::collections::HashSet::new());
        let (sight, only, but) = bounds(permit, circle.unwrap_or(&nobody));
        let (behind, way) = (order::behind(page.direction), order::way(page.direction));
        let select = format!(
            "select e.patient_id, place.of, json_strip_nulls(json_build_object(
                'id', b.id, 'version', b.version, 'ward_id', b.ward_id, 'ward', b.ward, 'room', b.room, 'name', b.name,
                'state', b.state, 'reason', b.reason,
                'since', to_char(b.since at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),
                'encounter', e.id, 'patient', e.patient_id, 'class', e.class, 'status', e.status))::text
            from read.bed b
            cross join lateral (
                select concat_ws(chr(31), lower(b.ward), lower(b.room), lower(b.name), b.id::text) as of) place
            left join read.encounter e on e.id = b.encounter_id
                and ($1::uuid[] is null or e.patient_id = any($1)) and e.patient_id <> all($2::uuid[])
            where b.state <> 'retired' and ($3::uuid is null or b.ward_id = $3) and ($4::text is null or b.room = $4)
                and ($5::text is null or b.state = $5) and ($6::text is null or place.of collate \"C\" {behind} $6)
            order by place.of collate \"C\" {way} limit $7"
        );
        let (ward, state) = (filter.ward.map(|ward| ward.0), filter.state.map(BedState::as_str));
        let room = stored(filter.room.as_deref());
        let limits = i64::from(page.limit) + 1;
        let params: [&(dyn tokio_postgres::types::ToSql + Sync); 7] =
            [&only, &but, &ward, &room, &state, &page.after, &limits];
        let rows = self.db.read_as(&sight, &select, &params).await?;
        let shown = rows.iter().take(usize::from(page.limit)).filter_map(|row| row.get::<_, Option<Uuid>>(0));
        permit.recorded_of(shown.map(PatientId)).await?;
        paged(rows, page.limit)
    }

    async fn encounters(
        &self,
        permit: &Permit,
        circle: &Circle,
        filter: &EncounterFilter,
        paging: &Paging,
    ) -> Result<Page, StoreError> {
        let (sight, only, but) = bounds(permit, circle);
        let select = format!(
            "select v.patient_id, v.started_at, v.id, e.body
            from read.encounter v join read.entry e on e.id = v.id and e.item = 0
            where ($1::uuid[] is null or v.patient_id = any($1)) and v.patient_id <> all($2::uuid[])
                and v.status <> 'entered-in-error' and ($3::text is null or v.ward = $3)
                and ($4::text is null or v.class = $4) and ($5::text is null or v.status = $5)
                and ($6::bool is null or v.active = $6) and ($7::timestamptz is null or v.started_at >= $7)
                and ($8::timestamptz is null or v.started_at < $8)
                and ($9::timestamptz is null or (v.started_at, v.id) {behind} ($9, $10))
            order by v.started_at {way}, v.id {way} limit $11",
            behind = order::behind(paging.direction),
            way = order::way(paging.direction),
        );
        let class = filter.class.map(|class| class.as_str());
        let (ward, status) = (stored(filter.ward.as_deref()), stored(filter.status.as_deref()));
        let after: (Option<DateTime<Utc>>, Option<Uuid>) =
            (paging.after.map(|one| one.at), paging.after.map(|one| one.id));
        let limit = i64::from(paging.limit) + 1;
        let params: [&(dyn tokio_postgres::types::ToSql + Sync); 11] = [
            &only,
            &but,
            &ward,
            &class,
            &status,
            &filter.active,
            &filter.from,
            &filter.until,
            &after.0,
            &after.1,
            &limit,
        ];
        let mut rows = self.db.read_as(&sight, &select, &params).await?;
        let more = rows.len() > usize::from(paging.limit);
        rows.truncate(usize::from(paging.limit));
        permit.recorded_of(rows.iter().map(|row| PatientId(row.get(0)))).await?;
        let place = |row: &Row| Cursor { at: row.get(1), id: row.get(2), item: 0 }.to_string();
        let next_cursor = rows.last().filter(|_| more).map(place);
        let items = rows.iter().map(|row| raw(row.get(3))).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor })
    }
}
