//! Plans of a patient, and what was measured last of what they aim at.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use healthcare_application::{
    Permit, StoreError,
    order::Direction,
    plan::{PlanFilter, PlanModel},
    read::{Cursor, Page, Paging},
    view::Row,
};
use healthcare_domain::id::PatientId;
use uuid::Uuid;

use super::{
    PgReadModel,
    entries::{raw, row_of},
    order,
};
use crate::{audit::answered, database::Sight};

fn listed(direction: Direction) -> String {
    format!(
        "select at, id, body from read.entry
         where patient_id = $1 and kind = 'plan' and not struck
            and ($2::text is null or code = $2) and ($3::bool is null or active = $3)
            and ($4::timestamptz is null or (at, id) {behind} ($4, $5))
         order by at {way}, id {way} limit $6",
        behind = order::behind(direction),
        way = order::way(direction),
    )
}

/// Of each code the newest vital sign and the newest result, along the index.
const MEASURED: &str = "select newest.* from unnest($2::text[]) c(code), unnest(array['vital', 'laboratory']) k(kind),
    lateral (select id, item, e.kind, patient_id, version, active, struck, at, e.code, body from read.entry e
             where patient_id = $1 and e.kind = k.kind and e.kind in ('vital', 'laboratory') and e.code = c.code
                and not struck
             order by at desc, id desc, item desc limit 1) newest";

#[async_trait]
impl PlanModel for PgReadModel {
    async fn plans(
        &self,
        permit: &Permit,
        patient: PatientId,
        filter: &PlanFilter,
        paging: &Paging,
    ) -> Result<Page, StoreError> {
        if permit.patient() != Some(patient) {
            return Ok(Page { items: vec![], next_cursor: None });
        }
        let select = listed(paging.direction);
        let after: (Option<DateTime<Utc>>, Option<Uuid>) =
            (paging.after.map(|one| one.at), paging.after.map(|one| one.id));
        let limit = i64::from(paging.limit) + 1;
        let reading = async {
            let values: [&(dyn tokio_postgres::types::ToSql + Sync); 6] =
                [&patient.0, &filter.status, &filter.active, &after.0, &after.1, &limit];
            let mut rows = self.db.read_as(&Sight::of(permit), &select, &values).await?;
            let more = rows.len() > usize::from(paging.limit);
            rows.truncate(usize::from(paging.limit));
            let place = |row: &tokio_postgres::Row| Cursor { at: row.get(0), id: row.get(1), item: 0 }.to_string();
            let next_cursor = rows.last().filter(|_| more).map(place);
            let items = rows.iter().map(|row| raw(row.get(2))).collect::<Result<_, _>>()?;
            Ok(Page { items, next_cursor })
        };
        answered(permit, reading).await
    }

    async fn newest(&self, permit: &Permit, patient: PatientId, codes: &[String]) -> Result<Vec<Row>, StoreError> {
        if permit.patient() != Some(patient) {
            return Ok(vec![]);
        }
        let reading = async {
            let rows = self.db.read_as(&Sight::of(permit), MEASURED, &[&patient.0, &codes]).await?;
            rows.iter().map(row_of).collect()
        };
        answered(permit, reading).await
    }
}
