//! `encounter`, behind `fact_encounter`.

use deadpool_postgres::Transaction;
use healthcare_application::store::Recorded;
use healthcare_domain::encounter::{Admission, EncounterEvent};

use super::{Reporting, text_of, utc};
use crate::event_log::ConsumeError;

const ADMISSION: &str = "insert into {}.encounter as e
    (encounter_key, patient_key, class, ward, status, started_at, started_on, last_changed_at)
    values ($1, $2, $3, $4, $7, $5, $6, clock_timestamp() at time zone 'utc')
    on conflict (encounter_key) do update set
        patient_key = case when coalesce(e.home_key, e.patient_key) = excluded.patient_key then e.patient_key end,
        class = excluded.class, ward = excluded.ward,
        started_at = excluded.started_at, started_on = excluded.started_on, last_changed_at = excluded.last_changed_at";

const ARRIVAL: &str = "update {}.encounter set status = 'in-progress', started_at = $2, started_on = $3,
    last_changed_at = clock_timestamp() at time zone 'utc' where encounter_key = $1 and status = 'planned'";

const CLASS: &str = "update {}.encounter set class = $2,
    last_changed_at = clock_timestamp() at time zone 'utc' where encounter_key = $1";

const TRANSFER: &str = "update {}.encounter set ward = $2,
    last_changed_at = clock_timestamp() at time zone 'utc' where encounter_key = $1";

const DISCHARGE: &str = "update {}.encounter set status = 'finished', disposition = $2, ended_at = $3, ended_on = $4,
    last_changed_at = clock_timestamp() at time zone 'utc' where encounter_key = $1 and status <> 'entered-in-error'";

const OFF: &str = "update {}.encounter set status = $2,
    last_changed_at = clock_timestamp() at time zone 'utc' where encounter_key = $1";

impl Reporting {
    pub(super) async fn encounter(
        &self,
        tx: &Transaction<'_>,
        event: &Recorded,
        what: &EncounterEvent,
    ) -> Result<(), ConsumeError> {
        let key = self.key.key(event.stream_id);
        match what {
            EncounterEvent::EncounterPlanned { admission } => self.begun(tx, event, (admission, "planned")).await,
            EncounterEvent::PatientAdmitted { admission, .. } | EncounterEvent::AdmissionAmended { admission } => {
                self.begun(tx, event, (admission, "in-progress")).await
            }
            EncounterEvent::PatientArrived { at } => self.write(tx, ARRIVAL, &[&key, &utc(*at), &self.day(*at)]).await,
            EncounterEvent::ClassChanged { class, .. } => self.write(tx, CLASS, &[&key, &text_of(class)]).await,
            EncounterEvent::PatientTransferred { place, .. } => self.write(tx, TRANSFER, &[&key, &place.ward]).await,
            EncounterEvent::PatientDischarged { disposition, at } => {
                let on = at.map(|at| self.day(at));
                self.write(tx, DISCHARGE, &[&key, &text_of(disposition), &at.map(utc), &on]).await
            }
            EncounterEvent::EncounterCancelled { .. } => self.write(tx, OFF, &[&key, &"cancelled"]).await,
            EncounterEvent::EncounterEnteredInError { .. } => self.write(tx, OFF, &[&key, &"entered-in-error"]).await,
            // The report counts visits and how long they took, not what happened within.
            EncounterEvent::PatientTriaged { .. }
            | EncounterEvent::EncounterStarted { .. }
            | EncounterEvent::LeaveBegun { .. }
            | EncounterEvent::LeaveEnded { .. }
            | EncounterEvent::ParticipantJoined { .. }
            | EncounterEvent::ParticipantLeft { .. }
            | EncounterEvent::DiagnosisListed { .. }
            | EncounterEvent::DiagnosisRanked { .. }
            | EncounterEvent::DiagnosisRemoved { .. }
            | EncounterEvent::DischargeSummaryWritten { .. } => Ok(()),
        }
    }

    async fn begun(
        &self,
        tx: &Transaction<'_>,
        event: &Recorded,
        (admission, status): (&Admission, &str),
    ) -> Result<(), ConsumeError> {
        let patient = event.patient.ok_or_else(|| ConsumeError::Poison("a visit of nobody".into()))?;
        let (at, on) = (utc(admission.started_at), self.day(admission.started_at));
        let (key, patient, class) = (self.key.key(event.stream_id), self.key.key(patient.0), text_of(&admission.class));
        self.write(tx, ADMISSION, &[&key, &patient, &class, &admission.ward, &at, &on, &status]).await
    }
}
