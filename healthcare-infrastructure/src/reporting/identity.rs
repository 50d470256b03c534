//! Merges: what was begun under a merged registration counts for the survivor, as long as it is merged.

use deadpool_postgres::Transaction;
use healthcare_application::store::Recorded;
use healthcare_domain::{id::PatientId, identity::IdentityEvent};
use uuid::Uuid;

use super::Reporting;
use crate::event_log::ConsumeError;

/// The tables of facts, with the column that names a fact.
const FACTS: [(&str, &str); 3] =
    [("encounter", "encounter_key"), ("alert", "alert_key"), ("medication_order", "order_key")];

impl Reporting {
    pub(super) async fn identity(
        &self,
        tx: &Transaction<'_>,
        event: &Recorded,
        what: &IdentityEvent,
    ) -> Result<(), ConsumeError> {
        let Some(patient) = event.patient else { return Ok(()) };
        match what {
            IdentityEvent::MergedInto { survivor, .. } => self.merged(tx, patient, *survivor).await,
            IdentityEvent::Restored { survivor, assigned, .. } => self.restored(tx, patient, *survivor, assigned).await,
            IdentityEvent::TookIn { .. } | IdentityEvent::LetGo { .. } | IdentityEvent::FoundDistinct { .. } => Ok(()),
        }
    }

    async fn merged(&self, tx: &Transaction<'_>, duplicate: PatientId, into: PatientId) -> Result<(), ConsumeError> {
        let (from, to) = (self.key.key(duplicate.0), self.key.key(into.0));
        let known = "insert into {}.merged (patient_key, survivor_key, into_key) values ($1, $2, $2)
            on conflict (patient_key) do update set survivor_key = excluded.survivor_key, into_key = excluded.into_key";
        self.write(tx, known, &[&from, &to]).await?;
        self.write(tx, "update {}.merged set survivor_key = $2 where survivor_key = $1", &[&from, &to]).await?;
        for (table, _) in FACTS {
            let moves = format!(
                "update {{}}.{table} set patient_key = $2, home_key = coalesce(home_key, $1),
                     last_changed_at = clock_timestamp() at time zone 'utc' where patient_key = $1"
            );
            self.write(tx, &moves, &[&from, &to]).await?;
        }
        Ok(())
    }

    async fn restored(
        &self,
        tx: &Transaction<'_>,
        duplicate: PatientId,
        survivor: PatientId,
        assigned: &[Uuid],
    ) -> Result<(), ConsumeError> {
        let (back, from) = (self.key.key(duplicate.0), self.key.key(survivor.0));
        let given: Vec<i64> = assigned.iter().map(|stream| self.key.key(*stream)).collect();
        self.write(tx, "delete from {}.merged where patient_key = $1", &[&back]).await?;
        let under = "with recursive under as (
                select $1::bigint as key union select m.patient_key from {}.merged m join under u on m.into_key = u.key)
            update {}.merged m set survivor_key = $1 from under u where m.patient_key = u.key";
        self.write(tx, under, &[&back]).await?;
        for (table, key) in FACTS {
            let moves = format!(
                "with recursive under as (
                     select $1::bigint as key union select m.patient_key from {{}}.merged m join under u on m.into_key = u.key)
                 update {{}}.{table} f set patient_key = $1, home_key = nullif(f.home_key, $1),
                     last_changed_at = clock_timestamp() at time zone 'utc'
                 where f.patient_key = $2 and (f.home_key in (select u.key from under u) or f.{key} = any($3))"
            );
            self.write(tx, &moves, &[&back, &from, &given]).await?;
        }
        Ok(())
    }

    /// Brings what was just written for a merged registration to its survivor.
    pub(super) async fn follow_merge(&self, tx: &Transaction<'_>, event: &Recorded) -> Result<(), ConsumeError> {
        let Some(patient) = event.patient else { return Ok(()) };
        let key = self.key.key(patient.0);
        for (table, _) in FACTS {
            let moves = format!(
                "update {{}}.{table} f set patient_key = m.survivor_key, home_key = coalesce(f.home_key, m.patient_key)
                 from {{}}.merged m where m.patient_key = $1 and f.patient_key = m.patient_key"
            );
            self.write(tx, &moves, &[&key]).await?;
        }
        Ok(())
    }
}
