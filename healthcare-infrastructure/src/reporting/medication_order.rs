//! `medication_order`, behind `fact_medication_order`.

use deadpool_postgres::Transaction;
use healthcare_application::store::Recorded;
use healthcare_domain::{
    code::{Coding, RXNORM},
    medication::{MedicationOrderEvent, Prescription},
};

use super::{Reporting, text_of, utc};
use crate::event_log::ConsumeError;

const PRESCRIPTION: &str = "insert into {}.medication_order as o
    (order_key, patient_key, encounter_key, medication_system, medication_code, medication_name, as_needed, overrides,
     status, authored_at, authored_on, last_changed_at)
    values ($1, $2, $3, $4, $5, $6, $7, coalesce($8, 0), 'active', $9, $10, clock_timestamp() at time zone 'utc')
    on conflict (order_key) do update set
        patient_key = case when coalesce(o.home_key, o.patient_key) = excluded.patient_key then o.patient_key end,
        encounter_key = excluded.encounter_key,
        medication_system = excluded.medication_system, medication_code = excluded.medication_code,
        medication_name = excluded.medication_name, as_needed = excluded.as_needed,
        overrides = coalesce($8, o.overrides), authored_at = excluded.authored_at,
        authored_on = excluded.authored_on, last_changed_at = excluded.last_changed_at";

const ENDED: &str = "update {}.medication_order set status = $2, ended_at = $3, ended_on = $4,
    last_changed_at = clock_timestamp() at time zone 'utc' where order_key = $1 and status <> 'entered-in-error'";

const IN_ERROR: &str = "update {}.medication_order set status = 'entered-in-error',
    last_changed_at = clock_timestamp() at time zone 'utc' where order_key = $1";

impl Reporting {
    pub(super) async fn medication_order(
        &self,
        tx: &Transaction<'_>,
        event: &Recorded,
        what: &MedicationOrderEvent,
    ) -> Result<(), ConsumeError> {
        let key = self.key.key(event.stream_id);
        match what {
            MedicationOrderEvent::MedicationPrescribed { prescription, overrides } => {
                let overrides = i32::try_from(overrides.len()).unwrap_or(i32::MAX);
                self.prescription(tx, event, prescription, Some(overrides)).await
            }
            MedicationOrderEvent::PrescriptionAmended { prescription } => {
                self.prescription(tx, event, prescription, None).await
            }
            MedicationOrderEvent::MedicationEnded { how, at, .. } => {
                let on = at.map(|at| self.day(at));
                self.write(tx, ENDED, &[&key, &text_of(how), &at.map(utc), &on]).await
            }
            MedicationOrderEvent::MedicationOrderEnteredInError { .. } => self.write(tx, IN_ERROR, &[&key]).await,
        }
    }

    async fn prescription(
        &self,
        tx: &Transaction<'_>,
        event: &Recorded,
        prescription: &Prescription,
        overrides: Option<i32>,
    ) -> Result<(), ConsumeError> {
        let patient = event.patient.ok_or_else(|| ConsumeError::Poison("an order for nobody".into()))?;
        let Prescription { medication, as_needed, authored_at, encounter, .. } = prescription;
        let codes = &medication.coding;
        let coding = codes.iter().find(|coding| coding.system == RXNORM).or_else(|| codes.first());
        // Words that somebody wrote are not taken: they may name the patient.
        let name = coding.map_or("uncoded", |Coding { code, display, .. }| display.as_deref().unwrap_or(code));
        self.write(
            tx,
            PRESCRIPTION,
            &[
                &self.key.key(event.stream_id),
                &self.key.key(patient.0),
                &encounter.map(|encounter| self.key.key(encounter.0)),
                &coding.map(|coding| &coding.system),
                &coding.map(|coding| &coding.code),
                &name,
                as_needed,
                &overrides,
                &utc(*authored_at),
                &self.day(*authored_at),
            ],
        )
        .await
    }
}
