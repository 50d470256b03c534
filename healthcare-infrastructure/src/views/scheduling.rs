//! What is booked when. Written by hand: stretches of time are no type of the query builder's.

use std::collections::HashSet;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use healthcare_application::{
    Permission, Permit, StoreError,
    access::{Circle, Reach},
    entry::content_of,
    read::{Cursor, Page, Paging},
    scheduling::{
        AppointmentFilter, Candidates, FreedSlot, InCalendar, Kept, OfNobody, ScheduleModel, Scheduled, Waiting,
        WaitlistFilter,
    },
    view::Kind,
};
use healthcare_domain::{
    id::{AppointmentId, AppointmentTypeId, PatientId, ResourceId, SeriesId, WaitlistEntryId},
    scheduling::{availability::Stretch, resource::Schedule},
};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    PgReadModel,
    entries::{raw, row_of},
    order,
};
use crate::{audit::answered, database::Sight, projection::fold};

/// What a list may see of a circle's patients, as the conditions take it: those only, or all but those.
fn bounds(permit: &Permit, circle: &Circle) -> (Sight, Option<Vec<Uuid>>, Vec<Uuid>) {
    let ids = |patients: &HashSet<PatientId>| patients.iter().map(|one| one.0).collect::<Vec<_>>();
    match (permit.patient(), circle) {
        (Some(patient), _) => (Sight::of(permit), Some(vec![patient.0]), vec![]),
        (None, Circle::Only(patients)) => (Sight::around(circle), Some(ids(patients)), vec![]),
        (None, Circle::Except(patients)) => (Sight::schedules(), None, ids(patients)),
        (None, Circle::Everybody) => (Sight::schedules(), None, vec![]),
    }
}

/// Whether a permit is one of those that times of everybody are told to.
fn schedules(permit: &Permit) -> bool {
    matches!(permit.reach(), Reach::Everybody)
        || matches!(
            permit.permission(),
            Permission::ReadSchedules
                | Permission::ManageSchedules
                | Permission::BookAppointment
                | Permission::OverbookAppointment
        )
}

/// Whether each word that is asked for begins a word of a name.
fn is_named(name: &str, asked: &[String]) -> bool {
    let words = fold(name);
    asked.iter().all(|one| words.iter().any(|word| word.starts_with(one)))
}

const NOTHING: Page = Page { items: vec![], next_cursor: None };

/// A page of rows `(patient, at, id, body)` of which one too many was asked for.
async fn page(permit: &Permit, mut rows: Vec<Row>, limit: u16) -> Result<Page, StoreError> {
    let more = rows.len() > usize::from(limit);
    rows.truncate(usize::from(limit));
    permit.recorded_of(rows.iter().map(|row| PatientId(row.get(0)))).await?;
    let place = |row: &Row| Cursor { at: row.get(1), id: row.get(2), item: 0 }.to_string();
    let next_cursor = rows.last().filter(|_| more).map(place);
    let items = rows.iter().map(|row| raw(row.get(3))).collect::<Result<_, _>>()?;
    Ok(Page { items, next_cursor })
}

#[async_trait]
impl ScheduleModel for PgReadModel {
    async fn resources(&self, permit: &Permit, which: &Candidates) -> Result<Vec<(ResourceId, Schedule)>, StoreError> {
        let (ids, kinds): (Option<Vec<Uuid>>, Option<Vec<&str>>) = match which {
            Candidates::These(ids) => (Some(ids.iter().map(|id| id.0).collect()), None),
            Candidates::Kinds(kinds) => (None, Some(kinds.iter().map(|kind| kind.as_str()).collect())),
        };
        let select = "select id, item, kind, patient_id, version, active, struck, at, code, body from read.entry
            where kind = 'resource' and patient_id is null and active
                and ($1::uuid[] is null or id = any($1)) and ($2::text[] is null or code = any($2)) order by id";
        let rows = self.db.read_as(&Sight::of(permit), select, &[&ids, &kinds]).await?;
        rows.iter().map(|row| Ok((ResourceId(row.get(0)), content_of(&row_of(row)?)?))).collect()
    }

    async fn kept(&self, permit: &Permit, resources: &[ResourceId], within: Stretch) -> Result<Vec<Kept>, StoreError> {
        if !schedules(permit) {
            return Ok(vec![]);
        }
        let resources: Vec<Uuid> = resources.iter().map(|one| one.0).collect();
        let select = "select resource_id, appointment_id, patient_id, lower(during), upper(during), hold_until
            from read.booking
            where resource_id = any($1) and upper(during) > $2 and lower(during) < $3 and active
            order by resource_id, during, appointment_id";
        let rows = self.db.read_as(&Sight::schedules(), select, &[&resources, &within.0, &within.1]).await?;
        let kept = rows.iter().map(|row| Kept {
            resource: ResourceId(row.get(0)),
            appointment: AppointmentId(row.get(1)),
            patient: PatientId(row.get(2)),
            during: (row.get(3), row.get(4)),
            hold_until: row.get(5),
        });
        Ok(kept.collect())
    }

    async fn of_nobody(
        &self,
        permit: &Permit,
        kind: Kind,
        filter: &OfNobody<'_>,
        paging: &Paging,
    ) -> Result<Page, StoreError> {
        if !matches!(kind, Kind::Resource | Kind::AppointmentType | Kind::Template) {
            return Ok(NOTHING);
        }
        // Names are folded here and not in the database, which knows no accents: of the house's few hundred all are read.
        let select = format!(
            "select at, id, {what} from read.entry
            where kind = $1 and patient_id is null and item = 0
                and ($2::bool is null or active = $2) and ($3::text is null or code = $3)
                and ($4::timestamptz is null or (at, id) {behind} ($4, $5))
            order by at {way}, id {way} limit $6",
            what = if filter.name.is_some() { "body, body::json ->> 'name'" } else { "body" },
            behind = order::behind(paging.direction),
            way = order::way(paging.direction),
        );
        let after: (Option<DateTime<Utc>>, Option<Uuid>) =
            (paging.after.map(|one| one.at), paging.after.map(|one| one.id));
        let limit = filter.name.is_none().then_some(i64::from(paging.limit) + 1);
        let reading = async {
            let sight = Sight::of(permit);
            let kind = kind.as_str();
            let values: [&(dyn tokio_postgres::types::ToSql + Sync); 6] =
                [&kind, &filter.active, &filter.code, &after.0, &after.1, &limit];
            let mut rows = self.db.read_as(&sight, &select, &values).await?;
            if let Some(asked) = filter.name {
                let asked = fold(asked);
                rows.retain(|row| is_named(row.get::<_, Option<&str>>(3).unwrap_or_default(), &asked));
            }
            let more = rows.len() > usize::from(paging.limit);
            rows.truncate(usize::from(paging.limit));
            let place = |row: &Row| Cursor { at: row.get(0), id: row.get(1), item: 0 }.to_string();
            let next_cursor = rows.last().filter(|_| more).map(place);
            let items = rows.iter().map(|row| raw(row.get(2))).collect::<Result<_, _>>()?;
            Ok(Page { items, next_cursor })
        };
        answered(permit, reading).await
    }

    async fn appointments(
        &self,
        permit: &Permit,
        circle: &Circle,
        filter: &AppointmentFilter,
        paging: &Paging,
    ) -> Result<Page, StoreError> {
        let (sight, only, but) = bounds(permit, circle);
        let select = format!(
            "select a.patient_id, a.start_at, a.id, e.body
            from read.appointment a join read.entry e on e.id = a.id and e.item = 0
            where ($1::uuid[] is null or a.patient_id = any($1)) and a.patient_id <> all($2::uuid[])
                and ($3::text is null or a.status = $3) and ($4::uuid is null or a.appointment_type = $4)
                and ($5::timestamptz is null or a.start_at >= $5) and ($6::timestamptz is null or a.start_at < $6)
                and ($7::uuid is null or exists (select from read.booking b
                    where b.appointment_id = a.id and b.resource_id = $7))
                and ($8::timestamptz is null or (a.start_at, a.id) {behind} ($8, $9))
            order by a.start_at {way}, a.id {way} limit $10",
            behind = order::behind(paging.direction),
            way = order::way(paging.direction),
        );
        let (appointment_type, resource) = (filter.appointment_type.map(|one| one.0), filter.resource.map(|one| one.0));
        let (at, id) = (paging.after.map(|one| one.at), paging.after.map(|one| one.id));
        let limit = i64::from(paging.limit) + 1;
        let rows = self
            .db
            .read_as(
                &sight,
                &select,
                &[
                    &only,
                    &but,
                    &filter.status,
                    &appointment_type,
                    &filter.from,
                    &filter.until,
                    &resource,
                    &at,
                    &id,
                    &limit,
                ],
            )
            .await?;
        page(permit, rows, paging.limit).await
    }

    async fn waitlist(
        &self,
        permit: &Permit,
        circle: &Circle,
        filter: &WaitlistFilter,
        paging: &Paging,
    ) -> Result<Page, StoreError> {
        let (sight, only, but) = bounds(permit, circle);
        // The rank stands in the cursor's item, the order of joining in the identity.
        let select = format!(
            "select w.patient_id, w.from_at, w.id, e.body, w.rank
            from read.waitlist w join read.entry e on e.id = w.id and e.item = 0
            where ($1::uuid[] is null or w.patient_id = any($1)) and w.patient_id <> all($2::uuid[])
                and ($3::text is null or w.status = $3) and ($4::uuid is null or w.appointment_type = $4)
                and ($5::int2 is null or (w.rank, w.id) {behind} ($5, $6))
            order by w.rank {way}, w.id {way} limit $7",
            behind = order::behind(paging.direction),
            way = order::way(paging.direction),
        );
        let appointment_type = filter.appointment_type.map(|one| one.0);
        let (rank, id) = (paging.after.map(|one| one.item), paging.after.map(|one| one.id));
        let limit = i64::from(paging.limit) + 1;
        let mut rows = self
            .db
            .read_as(&sight, &select, &[&only, &but, &filter.status, &appointment_type, &rank, &id, &limit])
            .await?;
        let more = rows.len() > usize::from(paging.limit);
        rows.truncate(usize::from(paging.limit));
        permit.recorded_of(rows.iter().map(|row| PatientId(row.get(0)))).await?;
        let place = |row: &Row| Cursor { at: row.get(1), id: row.get(2), item: row.get(4) }.to_string();
        let next_cursor = rows.last().filter(|_| more).map(place);
        let items = rows.iter().map(|row| raw(row.get(3))).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor })
    }

    async fn day(&self, permit: &Permit, resource: ResourceId, within: Stretch) -> Result<Vec<Scheduled>, StoreError> {
        if permit.permission() != Permission::ManageSchedules {
            return Ok(vec![]);
        }
        let select = "select a.id, a.patient_id, a.start_at
            from read.appointment a join read.booking b on b.appointment_id = a.id
            where b.resource_id = $1 and b.active and upper(b.during) > $2 and lower(b.during) < $3
                and a.status in ('pending', 'booked', 'arrived')
            order by a.start_at, a.id";
        let rows = self.db.read_as(&Sight::schedules(), select, &[&resource.0, &within.0, &within.1]).await?;
        Ok(rows.iter().map(scheduled).collect())
    }

    async fn calendar(
        &self,
        permit: &Permit,
        resource: ResourceId,
        within: Stretch,
    ) -> Result<Vec<InCalendar>, StoreError> {
        if permit.permission() != Permission::ReadSchedules {
            return Ok(vec![]);
        }
        let select = "select a.id, a.patient_id, a.start_at, a.end_at, a.status, a.appointment_type
            from read.appointment a join read.booking b on b.appointment_id = a.id
            where b.resource_id = $1 and a.start_at >= $2 and a.start_at < $3 and b.active
            order by a.start_at, a.id limit 5000";
        let rows = self.db.read_as(&Sight::schedules(), select, &[&resource.0, &within.0, &within.1]).await?;
        let entries = rows.iter().map(|row| InCalendar {
            appointment: AppointmentId(row.get(0)),
            patient: PatientId(row.get(1)),
            start: row.get(2),
            end: row.get(3),
            status: row.get(4),
            appointment_type: AppointmentTypeId(row.get(5)),
        });
        Ok(entries.collect())
    }

    async fn series(&self, permit: &Permit, series: SeriesId) -> Result<Vec<Scheduled>, StoreError> {
        let Some(patient) = permit.patient() else { return Ok(vec![]) };
        let select = "select id, patient_id, start_at from read.appointment
            where series = $1 and patient_id = $2 and status = 'booked' order by start_at, id";
        let rows = self.db.read_as(&Sight::of(permit), select, &[&series.0, &patient.0]).await?;
        Ok(rows.iter().map(scheduled).collect())
    }

    async fn waiting(&self, permit: &Permit, slot: &FreedSlot) -> Result<Vec<Waiting>, StoreError> {
        if *permit.reach() != Reach::Everybody {
            return Ok(vec![]);
        }
        let resources: Vec<Uuid> = slot.place.participants.iter().map(|one| one.resource.0).collect();
        let select = "select id, patient_id from read.waitlist
            where status = 'waiting' and appointment_type = $1 and from_at <= $2 and until_at > $2
                and (resource_id is null or resource_id = any($3))
            order by rank, id";
        let parameters: &[&(dyn tokio_postgres::types::ToSql + Sync)] =
            &[&slot.appointment_type.0, &slot.place.start, &resources];
        let rows = self.db.read_as(&Sight::schedules(), select, parameters).await?;
        let waiting = |row: &Row| Waiting { entry: WaitlistEntryId(row.get(0)), patient: PatientId(row.get(1)) };
        let waiting: Vec<Waiting> = rows.iter().map(waiting).collect();
        if waiting.is_empty() {
            return Ok(waiting);
        }
        // Nothing is offered to who died, nor into a record that is laid down or was a mistake.
        let whose: HashSet<PatientId> = waiting.iter().map(|one| one.patient).collect();
        let ids: Vec<Uuid> = whose.iter().map(|one| one.0).collect();
        let select = "select id from read.patient where id = any($1) and status = 'active' and not deceased";
        let rows = self.db.read_as(&Sight::around(&Circle::Only(whose)), select, &[&ids]).await?;
        let open: HashSet<PatientId> = rows.iter().map(|row| PatientId(row.get(0))).collect();
        Ok(waiting.into_iter().filter(|one| open.contains(&one.patient)).collect())
    }
}

fn scheduled(row: &Row) -> Scheduled {
    Scheduled { appointment: AppointmentId(row.get(0)), patient: PatientId(row.get(1)), start: row.get(2) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_the_beginnings_of_its_words() {
        let is = |name: &str, asked: &str| is_named(name, &fold(asked));
        assert!(is("Dr. Zoë Müller-Lind", "zoe") && is("Dr. Zoë Müller-Lind", "LI mull"));
        assert!(is("Room 4", "room 4") && !is("Room 14", "room 4"));
        assert!(!is("Dr. Zoë Müller-Lind", "zoe moss") && !is("", "zoe"));
    }
}
