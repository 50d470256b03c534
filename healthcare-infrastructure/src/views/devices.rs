//! The devices of the house, and whom they are on.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use healthcare_application::{
    Permission, Permit, StoreError,
    device::{DeviceFilter, DeviceModel, ListedDevice},
    order::Direction,
    read::Paging,
};
use healthcare_domain::id::PatientId;
use uuid::Uuid;

use super::{PgReadModel, entries::row_of, order};
use crate::database::Sight;

fn listed(direction: Direction) -> String {
    format!(
        "select e.id, e.item, e.kind, e.patient_id, e.version, e.active, e.struck, e.at, e.code, e.body, d.patient_id
         from read.device d join read.entry e on e.id = d.id and e.item = 0
         where ($1::text is null or d.serial = $1) and ($2::uuid is null or d.patient_id = $2)
            and ($3::bool is null or (d.patient_id is null) = $3)
            and ($4::timestamptz is null or (e.at, e.id) {behind} ($4, $5))
         order by e.at {way}, e.id {way} limit $6",
        behind = order::behind(direction),
        way = order::way(direction),
    )
}

#[async_trait]
impl DeviceModel for PgReadModel {
    async fn devices(
        &self,
        permit: &Permit,
        filter: &DeviceFilter,
        paging: &Paging,
    ) -> Result<Vec<ListedDevice>, StoreError> {
        let may = matches!(permit.permission(), Permission::AssignDevice | Permission::ManageDevices);
        if !may || filter.patient.is_some_and(|whose| permit.patient() != Some(whose)) {
            return Ok(vec![]);
        }
        let select = listed(paging.direction);
        let patient = filter.patient.map(|one| one.0);
        let after: (Option<DateTime<Utc>>, Option<Uuid>) =
            (paging.after.map(|one| one.at), paging.after.map(|one| one.id));
        let limit = i64::from(paging.limit) + 1;
        let values: [&(dyn tokio_postgres::types::ToSql + Sync); 6] =
            [&filter.serial, &patient, &filter.free, &after.0, &after.1, &limit];
        // Whoever is shown is recorded by who shows them.
        let rows = self.db.read_as(&Sight::of(permit), &select, &values).await?;
        let listed = rows.iter().map(|row| {
            let worn_by = row.get::<_, Option<Uuid>>(10).map(PatientId);
            Ok(ListedDevice { row: row_of(row)?, worn_by })
        });
        listed.collect()
    }
}
