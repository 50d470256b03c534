//! `patient`, behind `dim_patient`.

use deadpool_postgres::Transaction;
use healthcare_application::store::Recorded;
use healthcare_domain::{
    partial_date::PartialDate,
    patient::{Demographics, PatientEvent},
};

use super::{Reporting, text_of, utc};
use crate::event_log::ConsumeError;

/// Two identities with one key would be refused (a sex is not null), not mixed up.
const DEMOGRAPHICS: &str = "insert into {}.patient as p
    (patient_key, pseudonym, sex, birth_year, deceased, registered_at, registered_on, last_changed_at)
    values ($1, $2, $3, $4, $5, $6, $7, clock_timestamp() at time zone 'utc')
    on conflict (patient_key) do update set
        sex = case when p.pseudonym = excluded.pseudonym then excluded.sex end, birth_year = excluded.birth_year,
        deceased = excluded.deceased, last_changed_at = excluded.last_changed_at";

const STAGE: &str = "update {}.patient set pathway_stage = $2, last_changed_at = clock_timestamp() at time zone 'utc'
    where patient_key = $1";

impl Reporting {
    pub(super) async fn patient(
        &self,
        tx: &Transaction<'_>,
        event: &Recorded,
        what: &PatientEvent,
    ) -> Result<(), ConsumeError> {
        let key = self.key.key(event.stream_id);
        match what {
            PatientEvent::PatientRegistered { demographics } | PatientEvent::PatientUpdated { demographics } => {
                let Demographics { gender, birth_date, deceased, .. } = &**demographics;
                let (since, on) = (utc(event.known_at), self.day(event.known_at));
                let (pseudonym, sex) = (self.key.pseudonym(event.stream_id), text_of(gender));
                let birth_year = birth_date.map(year);
                self.write(tx, DEMOGRAPHICS, &[&key, &pseudonym, &sex, &birth_year, &deceased.is_some(), &since, &on])
                    .await
            }
            PatientEvent::PathwayAdvanced { stage, .. } => self.write(tx, STAGE, &[&key, stage]).await,
            // Reports count who was registered; whether a record is in use is a question of the directory.
            PatientEvent::PatientDeactivated { .. }
            | PatientEvent::PatientReactivated { .. }
            | PatientEvent::PatientEnteredInError { .. } => Ok(()),
        }
    }
}

fn year(date: PartialDate) -> i32 {
    chrono::Datelike::year(&date.first_day())
}
